"""What happens behind a shop's pages while a browser test looks on: staff, sellers, the bank, time.

Run as a process with the shop's environment, it answers one JSON line with another; `Backstage` is
the test's end of it. Everything goes through the services that the real cause would call.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from marketplace.local_stack.children import bound_to_parent, end
from marketplace.local_stack.processes import ROOT


class Backstage:
    """`backstage.name(argument=...)` runs the function `name` of this module in the shop."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            bound_to_parent([sys.executable, "-m", __name__]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=dict(environment),
            cwd=ROOT,
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            line = json.dumps({"name": name, "arguments": arguments}) + "\n"
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
            assert "error" not in answer, f"{name}: {answer['error']}"
            return answer["value"]

        return call

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        end(self._process)


def free_units(*, offer_id: str) -> int:
    """Units that nobody holds, as the product's page counts them."""
    return sum(stock.on_hand - stock.reserved for stock in _stocks(offer_id))


def set_free_units(*, offer_id: str, units: int) -> None:
    """Write off, or receive, until so many units are free."""
    import uuid

    from apps.catalog.models import StockMovement
    from apps.catalog.services.stock import move_stock

    for index, stock in enumerate(_stocks(offer_id)):
        wanted = units if index == 0 else 0
        if difference := wanted - (stock.on_hand - stock.reserved):
            move_stock(
                item_id=stock.item_id,
                warehouse_id=stock.warehouse_id,
                quantity=difference,
                kind=StockMovement.Kind.CORRECTION,
                key=f"e2e:{uuid.uuid4()}",
                actor_id=None,
                reason="counted",
            )


def _stocks(offer_id: str) -> list[Any]:
    from apps.catalog.models import OfferComponent, Stock

    items = OfferComponent.objects.filter(offer_id=offer_id).values("item_id")
    return list(Stock.objects.filter(item_id__in=items).order_by("id"))


def raise_price(*, offer_id: str, percent: int) -> None:
    from apps.catalog.models import Offer
    from apps.catalog.services.offers import change_price
    from apps.core import clock
    from apps.core.money import Money

    offer = Offer.objects.get(id=offer_id)
    price = Money(offer.price_minor * (100 + percent) // 100 // 100 * 100, offer.currency)
    change_price(offer_id=offer.id, price=price, old_price=None, now=clock.now())


def move_order(*, number: str, to: str) -> None:
    """One seller's order goes on, as the seller centre will do it."""
    from django.db import transaction

    from apps.core import clock
    from apps.core.locks import lock_row
    from apps.core.viewer import SYSTEM
    from apps.orders.locks import ORDER
    from apps.orders.models import Order
    from apps.orders.services import lifecycle
    from apps.orders.types import OrderStatus

    with transaction.atomic():
        order = lock_row(Order.objects.filter(number=number), rank=ORDER)
        lifecycle.move_order(order=order, to=OrderStatus(to), actor=SYSTEM, now=clock.now())


def let_hold_run_out(*, number: str) -> None:
    """The quarter of an hour passes; then the timer looks, as it does by itself every 15 seconds."""
    from apps.catalog.models import Reservation
    from apps.core import clock
    from apps.orders.models import OrderGroup
    from apps.orders.tasks import expire_unpaid

    group = OrderGroup.objects.get(number=number)
    OrderGroup.objects.filter(id=group.id).update(hold_expires_at=clock.now())
    Reservation.objects.filter(group_id=group.id).update(expires_at=clock.now())
    expire_unpaid.delay()


def ask_the_bank(*, number: str) -> None:
    """The minutes pass after which an open payment is asked about."""
    from apps.core import clock
    from apps.orders.models import OrderGroup
    from apps.orders.services.paying import REFERENCE
    from apps.payments.models import PaymentAttempt
    from apps.payments.tasks import settle_unknown

    group = OrderGroup.objects.get(number=number)
    PaymentAttempt.objects.filter(
        payment__reference_type=REFERENCE, payment__reference_id=group.id
    ).update(check_at=clock.now())
    settle_unknown.delay()


def orders_of(*, email: str) -> list[dict[str, Any]]:
    """The order groups of an address: numbers, status, what each seller's part came to."""
    from apps.orders.models import OrderGroup

    return [
        {
            "number": group.number,
            "status": group.status,
            "total_minor": group.total_minor,
            "currency": group.currency,
            "orders": [
                {"number": order.number, "status": order.status, "kind": order.delivery_kind}
                for order in group.orders.order_by("number")
            ],
        }
        for group in OrderGroup.objects.filter(email=email).order_by("placed_at")
    ]


def deliver_order(*, number: str) -> None:
    """One seller's order is confirmed, sent, and brought by the demo's courier with the buyer's code."""
    from apps.accounts.models import User
    from apps.core import clock
    from apps.core.viewer import SYSTEM, viewer_of
    from apps.logistics.models import Shipment
    from apps.logistics.services import delivering
    from apps.orders.models import Order
    from apps.orders.services import fulfilment

    order, now = Order.objects.get(number=number), clock.now()
    fulfilment.confirm_order(order_id=order.id, actor=SYSTEM, now=now)
    fulfilment.ship_order(order_id=order.id, actor=SYSTEM, now=now)
    courier = viewer_of(User.objects.get(email="courier@karvon.example"))
    for parcel in order.parcels.all():
        moment = {"shipment_id": parcel.id, "actor": courier, "now": now}
        code = Shipment.objects.get(id=parcel.id).handover_code
        delivering.take_task(**moment)
        delivering.start_delivery(key=f"{parcel.id}:out", **moment)
        delivering.deliver(code=code, key=f"{parcel.id}:in", **moment)


def order_id(*, number: str) -> str:
    from apps.orders.models import Order

    return str(Order.objects.get(number=number).id)


def let_settlement_be_due(*, number: str) -> None:
    """The days pass until the money of an order is its seller's; then the timer looks."""
    from apps.orders.models import Order
    from apps.payments.models import Settlement
    from apps.payments.services.releasing import make_due_available

    settlement = Settlement.objects.get(reference_id=Order.objects.get(number=number).id)
    make_due_available(now=settlement.available_at)


def payout_at_provider(*, number: str) -> str:
    """The provider's name for a payout that it was asked for; empty until then."""
    from apps.payments.models import Payout

    return str(Payout.objects.get(number=number).provider_payout_id)


def forget_limits() -> None:
    """Every test's visitor is a new one to the rate limits."""
    from django.conf import settings

    from apps.core.redis import client

    client(settings.RATE_LIMIT_REDIS_URL).flushdb()


def _serve() -> None:
    import django

    django.setup()
    # Whatever else prints must not come between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"value": globals()[asked["name"]](**asked["arguments"])}
        except Exception as error:  # noqa: BLE001  the test's end raises it again
            answer = {"error": repr(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    _serve()

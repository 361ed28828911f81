"""Orders placed through the services, paid on the sandbox's page or by a report."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from apps.catalog.models import Stock
from apps.core.viewer import Viewer
from apps.orders.models import Checkout, OrderGroup
from apps.orders.services import carts, checkouts, paying, placing
from apps.orders.types import Quote
from apps.payments.models import PaymentAttempt
from apps.payments.services.paying import apply_report
from apps.payments.types import PaymentState, ProviderPayment
from marketplace.tests.world import ADDRESS, World


def now() -> datetime:
    return datetime.now(UTC)


def filled_checkout(
    world: World, *, offers: tuple[int, ...] = (0,), quantity: int = 1, viewer: Viewer | None = None
) -> tuple[Checkout, Quote]:
    viewer = viewer or world.viewer()
    for index in offers:
        carts.add_line(viewer=viewer, offer_id=world.offers[index].id, quantity=quantity, now=now())
    checkout = checkouts.open_checkout(viewer=viewer, language="en", currency="UZS", now=now())
    checkouts.update_checkout(
        viewer=viewer,
        checkout_id=checkout.id,
        given=checkouts.CheckoutInput(email="buyer@people.example", address=ADDRESS),
    )
    return checkouts.refresh_quote(viewer=viewer, checkout_id=checkout.id, now=now())


def place(world: World, **given: Any) -> OrderGroup:
    checkout, quote = filled_checkout(world, **given)
    return placing.place_order(
        viewer=given.get("viewer") or world.viewer(),
        checkout_id=checkout.id,
        quote_digest=quote.digest,
        now=now(),
    )


def pay(world: World, group: OrderGroup) -> PaymentAttempt:
    return paying.pay(
        viewer=world.viewer(), group_id=group.id, return_url="http://shop.test/", now=now()
    )


def capture(attempt_id: UUID, group: OrderGroup) -> None:
    """Book money as if the provider had said so."""
    apply_report(
        provider="stripe",
        report=ProviderPayment(
            session_id=f"cs_{attempt_id}",
            intent_id=f"pi_{attempt_id}",
            attempt_id=attempt_id,
            state=PaymentState.CAPTURED,
            amount=group.total,
            captured=group.total,
        ),
        now=now(),
    )


def units(world: World, index: int = 0) -> tuple[int, int]:
    """Return (on hand, reserved) of an offer's item."""
    row = Stock.objects.get(item_id=world.offers[index].components.get().item_id)
    return row.on_hand, row.reserved

"""Orders of the demo in several states, made by the same services as a shopper's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import Address, User
from apps.catalog.models import Offer
from apps.core.viewer import SYSTEM, Viewer, viewer_of
from apps.logistics.models import CourierTask
from apps.logistics.services.delivering import complete_delivery
from apps.logistics.services.moving import locked_shipment, move_shipment
from apps.logistics.services.pickup import STORAGE
from apps.logistics.types import DeliveryKind, ShipmentStatus, TaskState
from apps.orders.models import Order, OrderGroup
from apps.orders.rules import ADDRESS_FIELDS
from apps.orders.services import (
    carts,
    checkouts,
    fulfilment,
    lifecycle,
    paying,
    placing,
    settling,
)
from apps.orders.types import CancelReason, GroupStatus, OrderStatus
from apps.payments.services.paying import apply_report
from apps.payments.types import PaymentState, ProviderPayment
from apps.sandbox.demo.people import MOSCOW, TASHKENT
from apps.sandbox.demo.provider import charge
from apps.sandbox.demo.returns import tell_case
from apps.sandbox.stripe.server import Sandbox

S = OrderStatus
P = ShipmentStatus
OLIVIA, IVAN, AZIZA = (f"{name}@karvon.example" for name in ("olivia", "ivan", "aziza"))


@dataclass(frozen=True, slots=True)
class Story:
    """An order: who, how long ago, of which sellers, how far it came. No steps: never paid."""

    buyer: str
    days: float
    sellers: Sequence[str]
    steps: Sequence[OrderStatus] = ()
    is_cancelled: bool = False
    # Which of demo.returns.STEPS is told of its order once it was delivered.
    case: int | None = None


DELIVERED = (S.PAID, S.PROCESSING, S.SHIPPED, S.DELIVERED)
STORIES = (
    Story(AZIZA, 34, (TASHKENT,), (S.PAID, S.PROCESSING, S.SHIPPED, S.DELIVERED)),
    Story(IVAN, 27, (TASHKENT, MOSCOW), (S.PAID, S.PROCESSING, S.SHIPPED, S.DELIVERED)),
    Story(OLIVIA, 12, (MOSCOW,), (S.PAID, S.PROCESSING, S.SHIPPED, S.DELIVERED)),
    Story(AZIZA, 4, (TASHKENT, MOSCOW), (S.PAID, S.PROCESSING, S.SHIPPED)),
    Story(IVAN, 2.2, (MOSCOW,), (S.PAID, S.PROCESSING, S.SHIPPED)),
    Story(OLIVIA, 1.1, (TASHKENT,), (S.PAID, S.PROCESSING)),
    Story(OLIVIA, 0.2, (TASHKENT, MOSCOW), (S.PAID,)),
    Story(IVAN, 0.1, (TASHKENT,), (S.PAID,)),
    Story(AZIZA, 9, (MOSCOW,), is_cancelled=True),
    Story(AZIZA, 0.002, (TASHKENT,)),
    Story(OLIVIA, 8, (TASHKENT,), DELIVERED, case=0),
    Story(AZIZA, 9, (TASHKENT,), DELIVERED, case=1),
    Story(IVAN, 12, (MOSCOW,), DELIVERED, case=2),
    Story(AZIZA, 10, (MOSCOW,), DELIVERED, case=3),
    Story(OLIVIA, 0.5, (TASHKENT,), (S.PAID, S.PROCESSING, S.SHIPPED)),
    Story(OLIVIA, 0.4, (TASHKENT,), (S.PAID, S.PROCESSING, S.SHIPPED)),
)


def ensure_orders(
    *, sandbox: Sandbox, source: str, now: datetime, progress: Callable[[str, int, int], None]
) -> None:
    """Tell every story once: none when the demo's buyers have orders already."""
    if OrderGroup.objects.filter(email__in=[OLIVIA, IVAN, AZIZA]).exists():
        return
    told = sorted(enumerate(STORIES), key=lambda one: -one[1].days)
    for count, (index, story) in enumerate(told, start=1):
        _tell(sandbox, story, index, source, now)
        progress("orders", count, len(STORIES))
    # What was due by then is available by now: sellers have something to be paid out.
    settling.release_due(now=now - timedelta(days=5))
    settling.release_due(now=now)


def _tell(sandbox: Sandbox, story: Story, index: int, source: str, now: datetime) -> None:
    user = User.objects.get(email=story.buyer)
    viewer = viewer_of(user)
    at = now - timedelta(days=story.days)
    for seller in story.sellers:
        for number in range(1 + index % 2):
            offer = _offer(seller, source, index * 3 + number)
            carts.add_line(viewer=viewer, offer_id=offer.id, quantity=1 + index % 2, now=at)
    group = _place(viewer, user, at)
    if story.is_cancelled:
        lifecycle.cancel_unpaid(
            group_id=group.id,
            reason=CancelReason.BY_BUYER,
            actor=viewer,
            now=at + timedelta(minutes=9),
        )
        return
    if story.steps:
        _capture(sandbox, viewer, group, at + timedelta(minutes=3))
        _advance(group, story.steps, at, now)
    if story.case is not None:
        tell_case(group.orders.get(), story.case, now)


def _offer(seller: str, source: str, number: int) -> Offer:
    """One of the seller's offers with plenty in stock; another for each number."""
    found = Offer.objects.filter(
        seller__slug=seller,
        is_active=True,
        variant__product__source=source,
        variant__product__status="PUBLISHED",
        variant__weight_grams__lt=4000,
        components__item__stocks__on_hand__gte=6,
    ).order_by("variant__sku")
    ids = list(found.values_list("id", flat=True).distinct()[:4000])
    return Offer.objects.get(id=ids[number * 97 % len(ids)])


def _place(viewer: Viewer, user: User, at: datetime) -> OrderGroup:
    address = Address.objects.get(user=user, is_default=True)
    checkout = checkouts.open_checkout(
        viewer=viewer, language=user.language, currency=user.currency, now=at
    )
    checkouts.update_checkout(
        viewer=viewer,
        checkout_id=checkout.id,
        given=checkouts.CheckoutInput(
            email=user.email,
            address={name: getattr(address, name, "") for name in ADDRESS_FIELDS},
        ),
    )
    checkout, quote = checkouts.refresh_quote(viewer=viewer, checkout_id=checkout.id, now=at)
    return placing.place_order(
        viewer=viewer, checkout_id=checkout.id, quote_digest=quote.digest, now=at
    )


def _capture(sandbox: Sandbox, viewer: Viewer, group: OrderGroup, at: datetime) -> None:
    attempt = paying.pay(
        viewer=viewer, group_id=group.id, return_url="http://127.0.0.1:8000/", now=at
    )
    apply_report(
        provider=attempt.provider,
        report=ProviderPayment(
            session_id=f"cs_demo_{attempt.id.hex}",
            intent_id=charge(sandbox, attempt),
            attempt_id=attempt.id,
            state=PaymentState.CAPTURED,
            amount=group.total,
            captured=group.total,
        ),
        now=at,
    )
    lifecycle.accept_payment(group_id=group.id, now=at)


def _advance(group: OrderGroup, steps: Sequence[OrderStatus], at: datetime, now: datetime) -> None:
    """Walk every order of the group along the steps after PAID; the last ends before now."""
    later = [step for step in steps if step != S.PAID]
    pause = min(timedelta(days=2), (now - at) / (len(later) + 1))
    group.refresh_from_db()
    if group.status != GroupStatus.PAID:
        raise RuntimeError(f"the demo's order {group.number} was not paid")
    for order in group.orders.order_by("number"):
        for number, step in enumerate(later, start=1):
            _STEPS[step](order, at + pause * number)


def _confirm(order: Order, at: datetime) -> None:
    fulfilment.confirm_order(order_id=order.id, actor=SYSTEM, now=at)


def _ship(order: Order, at: datetime) -> None:
    fulfilment.ship_order(order_id=order.id, actor=SYSTEM, now=at)


def _deliver(order: Order, at: datetime) -> None:
    """Bring every parcel at a moment of the past, when no courier of today could."""
    for parcel in order.parcels.all():
        with transaction.atomic():
            shipment = locked_shipment(parcel.id)
            if shipment.kind == DeliveryKind.COURIER:
                move_shipment(shipment=shipment, to=P.OUT_FOR_DELIVERY, actor=SYSTEM, now=at)
            else:
                shipment.storage_until = at + STORAGE
                shipment.save(update_fields=["storage_until"])
                move_shipment(shipment=shipment, to=P.READY_FOR_PICKUP, actor=SYSTEM, now=at)
            key = f"demo:{shipment.id}"
            complete_delivery(shipment, actor=SYSTEM, now=at, place=shipment.city, key=key)
            CourierTask.objects.filter(shipment=shipment, state=TaskState.OFFERED).update(
                state=TaskState.RELEASED, released_at=at
            )
        fulfilment.accept_delivery(order_id=order.id, shipment_id=parcel.id, actor=SYSTEM, now=at)


_STEPS = {S.PROCESSING: _confirm, S.SHIPPED: _ship, S.DELIVERED: _deliver}

"""Chargebacks as orders have them: what each bears of one that is lost, and what waited for its end.

Invariant: under the locks of all its orders; an order bears no more than is left of its money, escrow
first, then what was released, split again by the rule (docs/money.md has worked numbers).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from apps.core.locks import lock_rows, money_path
from apps.core.viewer import SYSTEM
from apps.logistics.selectors.shipments import shipments_of
from apps.logistics.types import ShipmentStatus, ShipmentView
from apps.orders.locks import ORDER, ORDER_LINE
from apps.orders.models import Order, OrderLine, Parcel
from apps.orders.services import seller_messages
from apps.orders.services.cancelling import take_back
from apps.orders.services.fulfilment import note
from apps.orders.services.refunding import refundable, taken_from_release
from apps.orders.types import CancelReason
from apps.payments.models import Chargeback
from apps.payments.selectors import escrow_balance
from apps.payments.selectors_chargebacks import get_chargeback, part_of, references_of
from apps.payments.services.chargeback_losses import bear_chargeback
from apps.payments.services.refunds import RefundUnderChargeback
from apps.payments.types_chargebacks import Borne, ChargebackState

log = structlog.get_logger(__name__)

# How a parcel ended that its order has not been told of.
_ENDS = {
    ShipmentStatus.LOST: CancelReason.LOST,
    ShipmentStatus.RETURNED: CancelReason.REFUSED,
}


def begin(*, chargeback_id: UUID) -> None:
    """Note a chargeback on its orders and tell their sellers."""
    row = get_chargeback(chargeback_id)
    for order in _orders_of(row):
        note(order, "orders.chargeback_opened", SYSTEM, _facts(row, order))
        seller_messages.tell_chargeback_opened(order, row, part_of(row, order.id))


@money_path
def bear(*, chargeback_id: UUID, now: datetime) -> None:
    """Take a lost chargeback out of its orders' money; repeating changes nothing.

    What an order has no money left for, the marketplace bears, and all of an order of which its
    carriers lost a parcel meanwhile: that is not its seller's fault (losses).
    """
    row = get_chargeback(chargeback_id)
    if row.settled_at is not None:
        return
    ids = references_of(row)
    orders = lock_rows(Order.objects.filter(id__in=ids), rank=ORDER)
    lines = lock_rows(OrderLine.objects.filter(order_id__in=ids), rank=ORDER_LINE)
    lost = {order_id for order_id, ended in _ended_parcels(ids).items() if _is_lost(ended)}
    borne = [
        _borne(row, order, [one for one in lines if one.order_id == order.id])
        for order in orders
        if order.id not in lost
    ]
    bear_chargeback(chargeback_id=row.id, borne=borne, now=now)


def _borne(row: Chargeback, order: Order, lines: Sequence[OrderLine]) -> Borne:
    amount = min(part_of(row, order.id), refundable(order))
    held = escrow_balance(order.id, order.currency)
    released = taken_from_release(order, lines, amount - min(amount, held))
    return Borne(order.id, amount, released)


def _is_lost(ended: Sequence[ShipmentView]) -> bool:
    return any(view.status == ShipmentStatus.LOST for view in ended)


def _ended_parcels(order_ids: Sequence[UUID]) -> dict[UUID, list[ShipmentView]]:
    """Return, by order, the parcels that came back or were lost while nothing could be refunded."""
    open_parcels = Parcel.objects.filter(
        order_id__in=order_ids, delivered_at=None, returned_at=None, lost_at=None
    )
    waiting = set(open_parcels.values_list("id", flat=True))
    if not waiting:
        return {}
    return {
        order_id: [view for view in views if view.id in waiting and view.status in _ENDS]
        for order_id, views in shipments_of(order_ids).items()
    }


def end(*, chargeback_id: UUID, now: datetime) -> None:
    """Tell the sellers how a chargeback ended, and take up what waited for that."""
    row = get_chargeback(chargeback_id)
    for order in _orders_of(row):
        what = "won" if row.state == ChargebackState.WON else "lost"
        note(order, f"orders.chargeback_{what}", SYSTEM, _facts(row, order))
        seller_messages.tell_chargeback_ended(order, row, part_of(row, order.id))
    _take_back_what_waited(row, now)


def _orders_of(row: Chargeback) -> list[Order]:
    found = Order.objects.filter(id__in=references_of(row)).select_related("group", "seller")
    return list(found.order_by("number"))


def _facts(row: Chargeback, order: Order) -> dict[str, object]:
    return {
        "chargeback": row.provider_chargeback_id,
        "reason": row.reason,
        "bearer": row.bearer,
        "amount_minor": part_of(row, order.id).minor,
        "currency": row.currency,
    }


def take_back_when_free(
    *, order_id: UUID, shipment_id: UUID, reason: CancelReason, now: datetime
) -> None:
    """React to a parcel that did not reach its buyer, or leave it to the end of a chargeback.

    While a bank has the payment nothing can be refunded for it.
    """
    try:
        with transaction.atomic():
            take_back(
                order_id=order_id, shipment_id=shipment_id, reason=reason, actor=SYSTEM, now=now
            )
    except RefundUnderChargeback:
        log.info("take_back_waits_for_the_bank", order_id=str(order_id))


def _take_back_what_waited(row: Chargeback, now: datetime) -> None:
    """Take back the parcels of every order of the payment that ended meanwhile."""
    ids = list(row.payment.allocations.values_list("reference_id", flat=True))
    for order_id, ended in _ended_parcels(ids).items():
        for view in ended:
            take_back_when_free(
                order_id=order_id, shipment_id=view.id, reason=_ENDS[view.status], now=now
            )

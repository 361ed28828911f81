"""Cancelling paid orders: the units go back to stock, the money back to the buyer.

Invariant: what is cancelled is refunded in the same transaction; when the buyer gets nothing of an
order, everything that is still held for it goes back, delivery too.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Q, QuerySet

from apps.catalog.models import StockMovement
from apps.catalog.services.restocking import Restock, restock
from apps.core.errors import DomainError, InvalidInput
from apps.core.locks import money_path
from apps.core.money import Money, total
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.viewer import SYSTEM, Viewer
from apps.logistics.selectors.shipments import ended_at
from apps.orders.events import OrderUnitsCancelled
from apps.orders.models import Order, OrderLine
from apps.orders.services.access import (
    check_buyer,
    check_seller,
    check_staff,
    check_units,
    locked_lines,
    locked_order,
)
from apps.orders.services.fulfilment import advance, came_to_nothing, note, open_parcel
from apps.orders.services.lifecycle import MoveNotAllowed, move_order
from apps.orders.services.losses import make_good, split_now
from apps.orders.services.refunding import give_back
from apps.orders.services.surcharges import drop_waiting
from apps.orders.types import SELLER_REASONS, CancelReason, OrderStatus
from apps.payments.selectors import escrow_balance
from apps.sellers.types import Power

log = structlog.get_logger(__name__)

BATCH = 500
_OPEN = {OrderStatus.PAID, OrderStatus.PROCESSING}
Units = Sequence[tuple[OrderLine, int]]


class ReasonNotAllowed(InvalidInput):
    code = "orders.reason_not_allowed"


@money_path
def cancel_order(
    *, order_id: UUID, reason: CancelReason, actor: Viewer, now: datetime, why: str = ""
) -> Order:
    """Cancel a whole paid order before anything of it is shipped; repeating changes nothing.

    BY_BUYER is the buyer's reason; OUT_OF_STOCK and BY_SELLER the seller's; BY_STAFF that of staff,
    whose own words (`why`) go to the audit.

    :raises NotFound: the actor is neither its buyer nor may cancel for its seller
    :raises MoveNotAllowed: something of it is shipped, or it is not paid
    """
    order = locked_order(order_id)
    _check_may_cancel(actor, order, reason)
    if order.status == OrderStatus.CANCELLED and order.paid_at:
        return order
    lines = locked_lines(order)
    if order.status not in _OPEN or any(line.shipped_quantity for line in lines):
        raise MoveNotAllowed(current=order.status, target=OrderStatus.CANCELLED)
    pause_point("orders.cancel")
    _cancel_whole(order, lines, reason, actor, now, why)
    return order


def _check_may_cancel(actor: Viewer, order: Order, reason: CancelReason) -> None:
    if reason == CancelReason.BY_BUYER:
        check_buyer(actor, order)
    elif reason in SELLER_REASONS:
        check_seller(actor, order, Power.CANCEL_ORDERS)
    elif reason == CancelReason.BY_STAFF and not actor.is_system:
        check_staff(actor)
    elif not actor.is_system:
        raise ReasonNotAllowed(field="reason")


def _cancel_whole(
    order: Order,
    lines: Sequence[OrderLine],
    reason: CancelReason,
    actor: Viewer,
    now: datetime,
    why: str = "",
) -> None:
    units = [(line, line.unshipped_quantity) for line in lines if line.unshipped_quantity]
    _mark_cancelled(units)
    note(order, "orders.cancel", actor, {"reason": reason}, why)
    _restock(units, f"order:{order.id}:cancel", StockMovement.Kind.CANCEL, actor)
    give_back(
        order=order,
        lines=lines,
        amount=escrow_balance(order.id, order.currency),
        key="refund:cancel",
        reason=reason,
        actor=actor,
        now=now,
    )
    drop_waiting(order, now)
    move_order(order=order, to=OrderStatus.CANCELLED, actor=actor, now=now, reason=reason)


@money_path
def cancel_units(
    *,
    order_id: UUID,
    items: Mapping[UUID, int],
    reason: CancelReason,
    actor: Viewer,
    now: datetime,
) -> Order:
    """Cancel units that the seller cannot send ({line id: quantity}); the rest of the order goes on.

    All units that are left of an order of which nothing is shipped: the same as cancel_order.

    :raises NotFound: the actor may not cancel for its seller
    :raises MoveNotAllowed: not paid, or nothing is left to send
    :raises UnitsUnavailable: more than are left of a line, none at all, or another order's line
    """
    order = locked_order(order_id)
    if reason not in SELLER_REASONS:
        raise ReasonNotAllowed(field="reason")
    check_seller(actor, order, Power.CANCEL_ORDERS)
    _cancel_part(order, items, reason, actor, now)
    return order


def _cancel_part(
    order: Order,
    items: Mapping[UUID, int] | None,
    reason: CancelReason,
    actor: Viewer,
    now: datetime,
) -> None:
    """Cancel units of a locked order (None: all that are left to ship)."""
    if order.status not in _OPEN:
        raise MoveNotAllowed(current=order.status, target=OrderStatus.CANCELLED)
    lines = locked_lines(order)
    chosen = check_units(lines, items)
    is_all = sum(units for _line, units in chosen) == sum(row.unshipped_quantity for row in lines)
    if is_all and not any(line.shipped_quantity for line in lines):
        _cancel_whole(order, lines, reason, actor, now)
        return
    number = _mark_cancelled(chosen)
    note(order, "orders.cancel_units", actor, {"reason": reason, "units": _plain(chosen)})
    key = f"cancel:{sum(row.cancelled_quantity for row in lines)}"
    _restock(chosen, f"order:{order.id}:{key}", StockMovement.Kind.CANCEL, actor)
    amount = give_back_amount(order, lines, chosen)
    give_back(
        order=order,
        lines=lines,
        amount=amount,
        key=f"refund:{key}",
        reason=reason,
        actor=actor,
        now=now,
    )
    advance(order, lines, actor=actor, now=now, reason=reason)
    emit(
        OrderUnitsCancelled(
            group_id=order.group_id, order_id=order.id, units=number, reason=reason, amount=amount
        )
    )


@money_path
def take_back(
    *,
    order_id: UUID,
    shipment_id: UUID,
    reason: CancelReason,
    actor: Viewer,
    now: datetime,
) -> None:
    """React to a parcel that did not reach its buyer: REFUSED came back to the shelf, LOST is gone.

    Its units are refunded; the whole of what is held, when the buyer gets nothing of the order. What
    a lost parcel would have brought its seller, the marketplace pays. Repeating changes nothing.
    """
    order = locked_order(order_id)
    parcel = open_parcel(order, shipment_id)
    if parcel is None:
        return
    lines = locked_lines(order)
    is_lost = reason == CancelReason.LOST
    before = split_now(order, lines, now) if is_lost else None
    by_id = {line.id: line for line in lines}
    units = [(by_id[item.line_id], item.quantity) for item in parcel.items.all()]
    for line, quantity in units:
        line.returned_quantity += quantity
        line.save(update_fields=["returned_quantity"])
    stamp = "lost_at" if is_lost else "returned_at"
    at = ended_at(shipment_id) or now
    setattr(parcel, stamp, at)
    parcel.save(update_fields=[stamp])
    note(order, "orders.take_back", actor, {"parcel": parcel.number, "reason": reason})
    if not is_lost:
        _restock(units, f"parcel:{parcel.id}", StockMovement.Kind.RETURN, actor)
    amount = give_back_amount(order, lines, units)
    give_back(
        order=order,
        lines=lines,
        amount=amount,
        key=f"refund:parcel:{parcel.number}",
        reason=reason,
        actor=actor,
        now=now,
    )
    if before is not None:
        after = split_now(order, lines, now)
        make_good(
            order=order, parcel_id=parcel.id, before=before, after=after, actor=actor, now=now
        )
    # What the buyer kept of it may be sent back from now on: only the end of nothing is the carrier's.
    is_nothing = came_to_nothing(lines)
    advance(order, lines, actor=actor, now=at if is_nothing else now, reason=reason)


def cancel_late(*, now: datetime) -> int:
    """Cancel what sellers did not confirm or send in time; return how many orders.

    Of an order that was sent in part, the rest is cancelled.
    """
    cancelled = 0
    for order_id in _late_orders(now).values_list("id", flat=True)[:BATCH]:
        try:
            cancelled += _cancel_if_late(order_id=order_id, now=now)
        except DomainError as refusal:
            log.warning("cancel_late_refused", order_id=str(order_id), code=refusal.code)
    return cancelled


def _late_orders(now: datetime) -> QuerySet[Order]:
    limit = now - timedelta(hours=settings.ORDER_LATE_HOURS)
    return Order.objects.filter(Q(confirm_by__lte=limit) | Q(ship_by__lte=limit)).order_by("id")


@money_path
def _cancel_if_late(*, order_id: UUID, now: datetime) -> bool:
    order = locked_order(order_id)
    if not _late_orders(now).filter(id=order.id).exists():
        return False
    _cancel_part(order, None, CancelReason.SELLER_LATE, SYSTEM, now)
    return True


def _mark_cancelled(units: Units) -> int:
    for line, quantity in units:
        line.cancelled_quantity += quantity
        line.save(update_fields=["cancelled_quantity"])
    return sum(quantity for _line, quantity in units)


def _restock(units: Units, key: str, kind: StockMovement.Kind, actor: Viewer) -> None:
    rows = [Restock(line.id, quantity, line.quantity) for line, quantity in units]
    restock(units=rows, key=key, kind=kind, actor_id=actor.user_id)


def give_back_amount(order: Order, lines: Sequence[OrderLine], units: Units) -> Money:
    """Return what goes back for units that the buyer will not get; never more than is held."""
    held = escrow_balance(order.id, order.currency)
    if came_to_nothing(lines):
        return held
    return min(total([line.unit * quantity for line, quantity in units], order.currency), held)


def _plain(units: Units) -> dict[str, int]:
    return {str(line.id): quantity for line, quantity in units}

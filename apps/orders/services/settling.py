"""The end of an order: the buyer confirms receipt or the term passes, and escrow is released.

Invariant: under the order's lock; an order is released once, with all that is held for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.locks import money_path
from apps.core.money import Money, total
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.viewer import SYSTEM, Viewer
from apps.orders.economics import economics, settled_lines
from apps.orders.events import OrderReleased
from apps.orders.models import Order, OrderLine
from apps.orders.selectors_cases import check_no_open_case, orders_with_cases
from apps.orders.services.access import check_buyer, check_staff, locked_order
from apps.orders.services.fulfilment import note
from apps.orders.services.lifecycle import MoveNotAllowed, move_order
from apps.orders.types import CancelReason, OrderStatus
from apps.payments.models import EscrowHold
from apps.payments.selectors import escrow_balance
from apps.payments.selectors_chargebacks import frozen_references
from apps.payments.services.releasing import release_escrow
from apps.payments.types import Release
from apps.pricing.selectors import market_vat_bps

log = structlog.get_logger(__name__)

BATCH = 500


class RefundUnpaid(DomainError):
    code = "orders.refund_unpaid"
    message = _("A refund of this order could not be paid. Our people solve this first.")


@money_path
def confirm_receipt(*, order_id: UUID, viewer: Viewer, now: datetime) -> Order:
    """Release the money because the buyer has the goods; repeating changes nothing.

    :raises NotFound: not the viewer's order
    :raises MoveNotAllowed: it is not delivered
    :raises CaseOpen: a return or a dispute of it is not over
    :raises EscrowFrozen: the money is on hold
    """
    order = locked_order(order_id)
    check_buyer(viewer, order)
    if order.status != OrderStatus.DELIVERED:
        raise MoveNotAllowed(current=order.status, target=OrderStatus.DELIVERED)
    if order.released_at is None:
        check_no_open_case(order)
        pause_point("orders.confirm_receipt")
        settle_order(order=order, actor=viewer, now=now)
    return order


@money_path
def release_order(*, order_id: UUID, actor: Viewer, now: datetime, why: str) -> Order:
    """Pay the seller before the term is over, because staff decided so; repeating changes nothing.

    :raises NotFound: the actor may not change orders
    :raises MoveNotAllowed: it is not delivered
    :raises CaseOpen: a return or a dispute of it is not over
    :raises EscrowFrozen: the money is on hold
    """
    order = locked_order(order_id)
    check_staff(actor)
    if order.status != OrderStatus.DELIVERED:
        raise MoveNotAllowed(current=order.status, target=OrderStatus.DELIVERED)
    if order.released_at is None:
        check_no_open_case(order)
        settle_order(order=order, actor=actor, now=now, why=why)
    return order


def settle_order(*, order: Order, actor: Viewer, now: datetime, why: str = "") -> None:
    """Release the escrow of a locked, delivered order. Emits OrderReleased.

    Nothing is booked where all of it was refunded before.

    :raises RefundUnpaid: money of units that the buyer does not have came back from the provider
    """
    held = escrow_balance(order.id, order.currency)
    if held:
        release_escrow(release=release_of(order, held, now), actor=actor, now=now)
    note(order, "orders.release", actor, why=why)
    mark_released(order, actor=actor, now=now)


def mark_released(order: Order, *, actor: Viewer, now: datetime) -> None:
    """Close a locked order whose escrow is empty; one that was sent back whole is RETURNED."""
    order.released_at = now
    order.release_due_at = None
    order.save(update_fields=["released_at", "release_due_at"])
    emit(OrderReleased(group_id=order.group_id, order_id=order.id))
    end_if_sent_back(order, actor=actor, now=now)


def end_if_sent_back(order: Order, *, actor: Viewer, now: datetime) -> None:
    """Move a locked order of which the buyer keeps nothing to RETURNED."""
    lines = list(order.lines.all())
    if order.status == OrderStatus.DELIVERED and came_back(lines):
        reason = CancelReason.SENT_BACK
        move_order(order=order, to=OrderStatus.RETURNED, actor=actor, now=now, reason=reason)


def came_back(lines: Sequence[OrderLine]) -> bool:
    """Tell whether the buyer had goods and keeps none."""
    sent_back = any(line.sent_back_quantity for line in lines)
    return sent_back and not any(line.kept_quantity for line in lines)


def release_of(order: Order, held: Money, now: datetime) -> Release:
    """Return how what is held for a locked order would be split now.

    :raises RefundUnpaid: more is held than was paid for what the buyer keeps
    """
    lines = settled_lines(order.lines.all())
    goods = total([line.unit * line.kept for line in lines], order.currency)
    if held > goods + order.delivery_price:
        raise RefundUnpaid
    return Release(
        reference_id=order.id,
        payee_id=order.seller_id,
        split=economics(
            lines, delivery=order.delivery_price, held=held, vat_bps=market_vat_bps(now.date())
        ),
        available_at=now + timedelta(hours=settings.SETTLEMENT_PENDING_HOURS),
    )


def release_due(*, now: datetime) -> int:
    """Release every delivered order whose term is over and whose money is neither on hold nor charged
    back; return how many.
    """
    held = EscrowHold.objects.filter(lifted_at=None).values("reference_id")
    waiting = orders_with_cases(now).values("id")
    due = Order.objects.filter(release_due_at__lte=now).exclude(id__in=held)
    due = due.exclude(id__in=waiting).exclude(id__in=frozen_references())
    released = 0
    for order_id in due.order_by("release_due_at").values_list("id", flat=True)[:BATCH]:
        try:
            released += _release_if_due(order_id=order_id, now=now)
        except DomainError as refusal:
            log.warning("release_refused", order_id=str(order_id), code=refusal.code)
    return released


@money_path
def _release_if_due(*, order_id: UUID, now: datetime) -> bool:
    order = locked_order(order_id)
    if order.release_due_at is None or order.release_due_at > now:
        return False
    if orders_with_cases(now).filter(id=order.id).exists():
        return False
    pause_point("orders.release_due")
    settle_order(order=order, actor=SYSTEM, now=now)
    return True

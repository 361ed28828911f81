"""The life of an order: paid, expired, cancelled (docs/reservations.md tells the races).

Invariant: the winner of a group's reservations decides. Payment consumes them, the sweeper expires
them; money that comes after the expiry takes new units, or goes back by itself.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Reservation
from apps.catalog.services import products, reservations
from apps.catalog.services.reservations import OfferSoldOut
from apps.catalog.types import Demand
from apps.core.errors import DomainError
from apps.core.locks import lock_row, lock_rows, money_path
from apps.core.money import Money
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.rows import insert
from apps.core.viewer import SYSTEM, Viewer
from apps.orders import rules
from apps.orders.events import (
    OrderGroupCancelled,
    OrderGroupExpired,
    OrderGroupPaid,
    OrderStatusChanged,
)
from apps.orders.locks import ORDER, ORDER_GROUP
from apps.orders.models import Order, OrderEvent, OrderGroup, OrderLine
from apps.orders.types import CancelReason, ClockTerms, GroupStatus, OrderStatus
from apps.payments.services.refunds import RefundOrder, issue_refunds

# How long an unpaid group whose hold ran out can still be paid for, before it is cancelled for good.
LATE_PAYMENT = timedelta(hours=24)
BATCH = 500


class MoveNotAllowed(DomainError):
    code = "orders.move_not_allowed"
    message = _("The order is not in a state that allows this.")


def move_order(
    *, order: Order, to: OrderStatus, actor: Viewer, now: datetime, reason: str = ""
) -> None:
    """Change the status of a locked order: timestamp, clocks, history, event.

    :raises MoveNotAllowed: rules.ALLOWED_MOVES has no such move
    """
    if not rules.may_move(OrderStatus(order.status), to):
        raise MoveNotAllowed(current=order.status, target=to)
    changed: dict[str, Any] = {"status": to, f"{to.lower()}_at": now}
    changed |= rules.clocks_from(
        to, now=now, handling_days=order.handling_days, terms=clock_terms()
    )
    if to in {OrderStatus.CANCELLED, OrderStatus.RETURNED}:
        changed["cancel_reason"] = reason
    for name, value in changed.items():
        setattr(order, name, value)
    last = order.events.aggregate(last=Max("seq"))["last"] or 0
    insert(
        OrderEvent(
            order=order,
            seq=last + 1,
            status=to,
            actor_id=actor.user_id,
            actor_label=actor.label,
            reason=reason,
            at=now,
        )
    )
    order.save(update_fields=list(changed))
    emit(OrderStatusChanged(group_id=order.group_id, order_id=order.id, status=to))


def clock_terms() -> ClockTerms:
    return ClockTerms(
        confirm_hours=settings.ORDER_CONFIRM_HOURS,
        ship_hours=settings.ORDER_SHIP_HOURS,
        late_hours=settings.ORDER_LATE_HOURS,
    )


def _locked_group(group_id: UUID) -> tuple[OrderGroup, list[Order]]:
    group = lock_row(OrderGroup.objects.filter(id=group_id), rank=ORDER_GROUP)
    if group is None:
        raise LookupError(f"no order group {group_id}")
    return group, lock_rows(Order.objects.filter(group=group), rank=ORDER)


@money_path
def accept_payment(*, group_id: UUID, now: datetime) -> None:
    """React to captured money: sell the held goods, or hold new ones, or give the money back.

    Idempotent. Emits OrderGroupPaid or OrderGroupCancelled.
    """
    group, orders = _locked_group(group_id)
    if group.status == GroupStatus.PAID:
        return
    if group.status == GroupStatus.CANCELLED:
        _refund_all(group, orders, now)
        return
    pause_point("orders.accept_payment")
    if not reservations.consume(group_id=group.id, now=now):
        try:
            with transaction.atomic():
                _reserve_again(group, orders, now)
        except OfferSoldOut:
            _cancel(group, orders, CancelReason.SOLD_OUT, now)
            _refund_all(group, orders, now)
            return
        reservations.consume(group_id=group.id, now=now)
    group.status = GroupStatus.PAID
    group.paid_at = now
    group.save(update_fields=["status", "paid_at"])
    for order in orders:
        move_order(order=order, to=OrderStatus.PAID, actor=SYSTEM, now=now)
    emit(OrderGroupPaid(group_id=group.id))


def _reserve_again(group: OrderGroup, orders: list[Order], now: datetime) -> None:
    lines = OrderLine.objects.filter(order__in=orders).order_by("id")
    reservations.reserve(
        group_id=group.id,
        demands=[Demand(line.id, line.offer_id, line.quantity) for line in lines],
        expires_at=now + timedelta(seconds=settings.RESERVATION_SECONDS),
    )


@money_path
def hold_again(*, group_id: UUID, now: datetime) -> OrderGroup:
    """Hold the goods of an expired group once more, because its buyer wants to pay after all.

    :raises OfferSoldOut: they are gone
    :raises MoveNotAllowed: paid or cancelled
    """
    group, orders = _locked_group(group_id)
    if group.status == GroupStatus.AWAITING_PAYMENT:
        return group
    if group.status != GroupStatus.EXPIRED:
        raise MoveNotAllowed(current=group.status, target=GroupStatus.AWAITING_PAYMENT)
    _reserve_again(group, orders, now)
    group.status = GroupStatus.AWAITING_PAYMENT
    group.hold_expires_at = now + timedelta(seconds=settings.RESERVATION_SECONDS)
    group.expired_at = None
    group.save(update_fields=["status", "hold_expires_at", "expired_at"])
    return group


@money_path
def expire_hold(*, group_id: UUID, now: datetime) -> bool:
    """End the hold of an unpaid group whose time is over. Emits OrderGroupExpired; true when it did.

    Payment that is being booked at this moment wins or loses by the group's lock.
    """
    group, _orders = _locked_group(group_id)
    if group.status != GroupStatus.AWAITING_PAYMENT or group.hold_expires_at > now:
        return False
    pause_point("orders.expire_hold")
    reservations.release(group_id=group.id, now=now, state=Reservation.State.EXPIRED)
    group.status = GroupStatus.EXPIRED
    group.expired_at = now
    group.save(update_fields=["status", "expired_at"])
    emit(OrderGroupExpired(group_id=group.id))
    return True


@money_path
def cancel_unpaid(
    *, group_id: UUID, reason: CancelReason, actor: Viewer, now: datetime
) -> OrderGroup:
    """Cancel a group that is not paid; late money is refunded. Emits OrderGroupCancelled.

    :raises MoveNotAllowed: it is paid
    """
    group, orders = _locked_group(group_id)
    if group.status == GroupStatus.CANCELLED:
        return group
    if group.status == GroupStatus.PAID:
        raise MoveNotAllowed(current=group.status, target=GroupStatus.CANCELLED)
    reservations.release(group_id=group.id, now=now)
    _cancel(group, orders, reason, now, actor)
    return group


def _cancel(
    group: OrderGroup,
    orders: list[Order],
    reason: CancelReason,
    now: datetime,
    actor: Viewer = SYSTEM,
) -> None:
    group.status = GroupStatus.CANCELLED
    group.cancelled_at = now
    group.cancel_reason = reason
    group.save(update_fields=["status", "cancelled_at", "cancel_reason"])
    for order in orders:
        move_order(order=order, to=OrderStatus.CANCELLED, actor=actor, now=now, reason=reason)
    emit(OrderGroupCancelled(group_id=group.id, reason=reason))


def _refund_all(group: OrderGroup, orders: list[Order], now: datetime) -> None:
    issue_refunds(
        orders=[
            RefundOrder(
                key=f"order:{order.id}:refund:late",
                reference_id=order.id,
                amount=Money(order.total_minor, order.currency),
            )
            for order in orders
        ],
        reason=group.cancel_reason or CancelReason.NOT_PAID,
        actor=SYSTEM,
        now=now,
    )


def sweep(*, now: datetime) -> int:
    """Expire every hold that is over and cancel what stayed unpaid; return how many groups moved."""
    due = OrderGroup.objects.filter(
        status=GroupStatus.AWAITING_PAYMENT, hold_expires_at__lte=now
    ).order_by("hold_expires_at")
    moved = sum(
        expire_hold(group_id=group_id, now=now)
        for group_id in due.values_list("id", flat=True)[:BATCH]
    )
    stale = OrderGroup.objects.filter(
        status=GroupStatus.EXPIRED, expired_at__lte=now - LATE_PAYMENT
    ).order_by("expired_at")
    for group_id in stale.values_list("id", flat=True)[:BATCH]:
        cancel_unpaid(group_id=group_id, reason=CancelReason.NOT_PAID, actor=SYSTEM, now=now)
        moved += 1
    return moved


def count_sales(*, group_id: UUID) -> None:
    """Tell the catalogue what was sold."""
    sold: dict[UUID, int] = {}
    for line in OrderLine.objects.filter(order__group_id=group_id):
        sold[line.product_id] = sold.get(line.product_id, 0) + line.quantity
    products.add_sales(quantities=sold)

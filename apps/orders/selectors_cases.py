"""What returns and disputes of an order are open: its money waits for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import DomainError
from apps.orders.models import Dispute, Order, OrderLine, Return, ReturnLine
from apps.orders.rules_returns import return_until
from apps.orders.types import OrderStatus
from apps.orders.types_returns import OPEN_DISPUTES, OPEN_RETURNS, ReturnReason, ReturnState


class CaseOpen(DomainError):
    code = "orders.case_open"
    message = _(
        "Case %(number)s of this order is open. The money waits until it is over: finish or withdraw"
        " it first."
    )


def open_case(order: Order) -> Return | Dispute | None:
    """Return the open dispute or return of an order."""
    dispute = Dispute.objects.filter(order=order, state__in=OPEN_DISPUTES).first()
    return dispute or Return.objects.filter(order=order, state__in=OPEN_RETURNS).first()


def check_no_open_case(order: Order) -> None:
    """:raises CaseOpen: a return or a dispute of it is not over"""
    if found := open_case(order):
        raise CaseOpen(number=found.number)


def orders_with_cases(now: datetime) -> QuerySet[Order]:
    """Orders that are not released by the clock: a case is open, or a refusal can be disputed still."""
    appealable = Q(state=ReturnState.REJECTED, due_at__gt=now)
    returns = Return.objects.filter(Q(state__in=OPEN_RETURNS) | appealable).values("order_id")
    disputes = Dispute.objects.filter(state__in=OPEN_DISPUTES).values("order_id")
    return Order.objects.filter(Q(id__in=returns) | Q(id__in=disputes))


def units_in_returns(line_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many units of lines are in open returns; lines without any are left out."""
    rows = ReturnLine.objects.filter(line_id__in=line_ids, return_case__state__in=OPEN_RETURNS)
    return dict(rows.values_list("line_id").annotate(units=Sum("quantity")))


@dataclass(frozen=True, slots=True)
class OrderCases:
    """What of returns and disputes a delivered order has, and what its buyer may begin now."""

    all: tuple[Return | Dispute, ...]
    is_open: bool
    can_return: bool
    can_dispute: bool


def cases_of(orders: Sequence[Order]) -> dict[UUID, OrderCases]:
    """Return the cases of orders with their lines loaded, by id; three queries once one was delivered."""
    delivered = [order for order in orders if order.delivered_at]
    taken: dict[UUID, int] = {}
    found = all_cases(orders)
    if delivered:
        taken = units_in_returns([line.id for order in delivered for line in order.lines.all()])
    return {order.id: _cases(order, found[order.id], taken, clock.now()) for order in orders}


def all_cases(orders: Sequence[Order]) -> dict[UUID, list[Return | Dispute]]:
    """Return the returns and then the disputes of orders, the oldest first, by the order's id.

    Two queries once one was delivered: before that there is neither.
    """
    found: dict[UUID, list[Return | Dispute]] = {order.id: [] for order in orders}
    if delivered := [order for order in orders if order.delivered_at]:
        for case in Return.objects.filter(order__in=delivered).order_by("id"):
            found[case.order_id].append(case)
        for dispute in Dispute.objects.filter(order__in=delivered).order_by("id"):
            found[dispute.order_id].append(dispute)
    return found


def _cases(
    order: Order, cases: Sequence[Return | Dispute], taken: dict[UUID, int], now: datetime
) -> OrderCases:
    disputed = any(isinstance(one, Dispute) and one.state in OPEN_DISPUTES for one in cases)
    is_open = disputed or any(
        isinstance(one, Return) and one.state in OPEN_RETURNS for one in cases
    )
    if order.status != OrderStatus.DELIVERED or order.delivered_at is None:
        return OrderCases(tuple(cases), is_open, can_return=False, can_dispute=False)
    until = order.delivered_at + timedelta(days=settings.DISPUTE_DAYS)
    return OrderCases(
        tuple(cases),
        is_open,
        can_return=not disputed and bool(returnable_lines(order, now, taken)),
        can_dispute=not is_open and now < until,
    )


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """Units of a line that the buyer has outside of returns; `until` as of a change of mind.

    `until_fault` is the end where the seller is at fault; `is_fault_only`: the other is over.
    """

    line: OrderLine
    free: int
    until: datetime
    until_fault: datetime
    is_fault_only: bool


def returnable_lines(
    order: Order, now: datetime, taken: Mapping[UUID, int]
) -> list[ReturnableLine]:
    """Return the lines of a delivered order, loaded, of which units can be sent back; no query.

    `taken` is units_in_returns of its lines.
    """
    found = []
    for line in order.lines.all():
        free = line.delivered_quantity - line.sent_back_quantity - taken.get(line.id, 0)
        until, until_fault = (
            return_until(order.delivered_at or now, line.return_days, reason, settings.RETURN_DAYS)
            for reason in (ReturnReason.CHANGED_MIND, ReturnReason.FAULTY)
        )
        if free > 0 and now < until_fault:
            found.append(ReturnableLine(line, free, until, until_fault, now >= until))
    return found

"""The end of a return: it arrived, it is looked at, its money goes back; and the clocks of returns.

Invariant: what is accepted is refunded, put back to stock or written off in one transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from apps.catalog.models import StockMovement
from apps.catalog.services.restocking import Restock, restock
from apps.core.errors import DomainError
from apps.core.locks import money_path
from apps.core.money import Money
from apps.core.pauses import pause_point
from apps.core.viewer import SYSTEM, Viewer
from apps.orders import rules_returns
from apps.orders.models import Order, OrderLine, Return, ReturnLine
from apps.orders.services.access import (
    UnitsUnavailable,
    check_seller,
    locked_lines,
)
from apps.orders.services.refunding import give_back, refundable
from apps.orders.services.returning import (
    ReasonMissing,
    ReturnMoveNotAllowed,
    approve,
    move_return,
    opened_return,
)
from apps.orders.services.settling import (
    came_back,
    end_if_sent_back,
    mark_released,
    release_of,
)
from apps.orders.types_returns import OPEN_RETURNS, Condition, ReturnState, Verdict
from apps.payments.selectors import escrow_balance, is_held
from apps.payments.services.deciding import decide_escrow
from apps.payments.services.refunds import RefundOrder
from apps.sellers.types import Power

log = structlog.get_logger(__name__)

BATCH = 500
Units = Sequence[tuple[OrderLine, int]]


@money_path
def mark_received(*, return_id: UUID, actor: Viewer, now: datetime) -> Return:
    """Note that the parcel is with the seller, who now has its time to look; repeating changes nothing.

    :raises NotFound: the actor does not fulfil orders of this seller
    :raises ReturnMoveNotAllowed: it is neither approved nor on its way
    """
    case, order = opened_return(return_id)
    check_seller(actor, order, Power.FULFIL_ORDERS)
    if case.state != ReturnState.RECEIVED:
        move_return(case, order, to=ReturnState.RECEIVED, actor=actor, now=now)
    return case


@money_path
def inspect_return(
    *, return_id: UUID, verdicts: Sequence[Verdict], actor: Viewer, now: datetime
) -> Return:
    """Accept units of a return that arrived, or none; what is accepted is refunded at once.

    Of accepted units those that can be sold again go back to stock, the others are written off.
    None accepted: the return is REJECTED, and the buyer may dispute it. Repeating changes nothing.

    :raises NotFound: the actor does not decide on returns of this seller
    :raises ReturnMoveNotAllowed: it has not arrived
    :raises UnitsUnavailable: the verdicts are not of its lines, or more is accepted than came
    :raises ReasonMissing: fewer are accepted than came, without a word why
    """
    case, order = opened_return(return_id)
    check_seller(actor, order, Power.CANCEL_ORDERS)
    if case.state == ReturnState.REFUNDED:
        return case
    if case.state != ReturnState.RECEIVED:
        raise ReturnMoveNotAllowed(current=case.state, target=ReturnState.REFUNDED)
    pause_point("orders.inspect_return")
    _accept(case, order, _by_line(case, verdicts), actor=actor, now=now)
    return case


def _by_line(case: Return, verdicts: Sequence[Verdict]) -> dict[ReturnLine, Verdict]:
    given = {verdict.line_id: verdict for verdict in verdicts}
    rows = list(case.lines.order_by("id"))
    if {row.line_id for row in rows} != set(given) or len(given) != len(verdicts):
        raise UnitsUnavailable
    for row in rows:
        verdict = given[row.line_id]
        if not 0 <= verdict.accepted <= row.quantity:
            raise UnitsUnavailable
        if verdict.accepted < row.quantity and not verdict.why.strip():
            raise ReasonMissing(field="why")
    return {row: given[row.line_id] for row in rows}


def _accept(
    case: Return,
    order: Order,
    verdicts: Mapping[ReturnLine, Verdict],
    *,
    actor: Viewer,
    now: datetime,
    is_by_clock: bool = False,
) -> None:
    lines = locked_lines(order)
    by_id = {line.id: line for line in lines}
    for row, verdict in verdicts.items():
        row.accepted_quantity, row.why = verdict.accepted, verdict.why.strip()
        row.condition = verdict.condition if verdict.accepted else ""
        row.save(update_fields=["accepted_quantity", "condition", "why"])
        line = by_id[row.line_id]
        line.sent_back_quantity += verdict.accepted
        line.save(update_fields=["sent_back_quantity"])
    units = [(by_id[row.line_id], v.accepted) for row, v in verdicts.items() if v.accepted]
    if not units:
        _turn_down(case, order, verdicts, actor=actor, now=now)
        return
    _shelve(case, by_id, verdicts, actor)
    amount = refund_of(case, order, lines, units)
    is_settled = _pay(case, order, lines, amount, actor=actor, now=now)
    case.refund_minor = amount.minor
    move_return(
        case,
        order,
        to=ReturnState.REFUNDED,
        actor=actor,
        now=now,
        is_by_clock=is_by_clock,
        changed=("refund_minor",),
    )
    if is_settled:
        mark_released(order, actor=actor, now=now)
    elif order.released_at is not None or not refundable(order):
        end_if_sent_back(order, actor=actor, now=now)


def _turn_down(
    case: Return,
    order: Order,
    verdicts: Mapping[ReturnLine, Verdict],
    *,
    actor: Viewer,
    now: datetime,
) -> None:
    case.answer = " ".join(dict.fromkeys(verdict.why.strip() for verdict in verdicts.values()))[
        :2000
    ]
    move_return(case, order, to=ReturnState.REJECTED, actor=actor, now=now, changed=("answer",))


def _shelve(
    case: Return,
    by_id: Mapping[UUID, OrderLine],
    verdicts: Mapping[ReturnLine, Verdict],
    actor: Viewer,
) -> None:
    for condition in Condition:
        rows = [
            Restock(row.line_id, verdict.accepted, by_id[row.line_id].quantity)
            for row, verdict in verdicts.items()
            if verdict.accepted and verdict.condition == condition
        ]
        if rows:
            restock(
                units=rows,
                key=f"return:{case.number}",
                kind=StockMovement.Kind.RETURN,
                actor_id=actor.user_id,
                is_written_off=condition == Condition.WRITE_OFF,
            )


def _pay(
    case: Return,
    order: Order,
    lines: Sequence[OrderLine],
    amount: Money,
    *,
    actor: Viewer,
    now: datetime,
) -> bool:
    """Book the refund; tell whether the order is settled by the same entry.

    Where the buyer keeps nothing, what is left in escrow is delivery: it is released at once, save
    where staff hold the money; then the clock of release waits for them.
    """
    key = f"refund:return:{case.number}"
    rest = escrow_balance(order.id, order.currency) - amount
    if came_back(lines) and order.released_at is None and rest and not is_held(order.id):
        decide_escrow(
            refund=RefundOrder(f"order:{order.id}:{key}", order.id, amount),
            release=release_of(order, rest, now),
            reason=case.reason,
            actor=actor,
            now=now,
        )
        return True
    give_back(
        order=order,
        lines=lines,
        amount=amount,
        key=key,
        reason=case.reason,
        actor=actor,
        now=now,
    )
    return False


def refund_of(case: Return, order: Order, lines: Sequence[OrderLine], units: Units) -> Money:
    """Return what goes back for accepted units, already counted on the lines as sent back."""
    earlier = Return.objects.filter(order=order, state=ReturnState.REFUNDED).exclude(id=case.id)
    reasons = [case.reason, *earlier.values_list("reason", flat=True)]
    return rules_returns.return_refund(
        [line.unit * quantity for line, quantity in units],
        delivery=order.delivery_price,
        left=refundable(order),
        has_delivery=rules_returns.owes_delivery(reasons, is_everything_back=came_back(lines)),
    )


def move_due_returns(*, now: datetime) -> int:
    """Take the step that silence means for every open return whose clock ran out; return how many."""
    due = Return.objects.filter(state__in=OPEN_RETURNS, due_at__lte=now).order_by("due_at")
    moved = 0
    for return_id in due.values_list("id", flat=True)[:BATCH]:
        try:
            moved += _move_if_due(return_id=return_id, now=now)
        except DomainError as refusal:
            log.warning("return_clock_refused", return_id=str(return_id), code=refusal.code)
    return moved


@money_path
def _move_if_due(*, return_id: UUID, now: datetime) -> bool:
    case, order = opened_return(return_id)
    if case.state not in OPEN_RETURNS or case.due_at is None or case.due_at > now:
        return False
    match case.state:
        case ReturnState.REQUESTED:
            approve(case, order, actor=SYSTEM, now=now, is_by_clock=True)
        case ReturnState.APPROVED:
            _move_by_clock(case, order, ReturnState.EXPIRED, now)
        case ReturnState.IN_TRANSIT:
            _move_by_clock(case, order, ReturnState.RECEIVED, now)
        case _:
            _accept(case, order, _unseen(case), actor=SYSTEM, now=now, is_by_clock=True)
    return True


def _move_by_clock(case: Return, order: Order, to: ReturnState, now: datetime) -> None:
    move_return(case, order, to=to, actor=SYSTEM, now=now, is_by_clock=True)


def _unseen(case: Return) -> dict[ReturnLine, Verdict]:
    """All of it, and none of it to be sold: nobody has looked."""
    return {
        row: Verdict(row.line_id, row.quantity, Condition.WRITE_OFF)
        for row in case.lines.order_by("id")
    }

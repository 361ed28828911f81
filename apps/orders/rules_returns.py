"""Pure rules of returns and disputes: moves, windows, clocks (docs/returns.md)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from apps.core.money import Money, total
from apps.orders.types_returns import (
    FAULT_REASONS,
    Asked,
    DisputeState,
    ReturnState,
    ReturnTerms,
    Side,
)

R = ReturnState
# The same table stands in the trigger of migrations/0009; a test compares them.
RETURN_MOVES: dict[ReturnState, frozenset[ReturnState]] = {
    R.REQUESTED: frozenset({R.APPROVED, R.REJECTED, R.CANCELLED}),
    R.APPROVED: frozenset({R.IN_TRANSIT, R.RECEIVED, R.EXPIRED, R.CANCELLED}),
    R.IN_TRANSIT: frozenset({R.RECEIVED, R.REJECTED}),
    R.RECEIVED: frozenset({R.REFUNDED, R.REJECTED}),
    R.REFUNDED: frozenset(),
    R.REJECTED: frozenset(),
    R.EXPIRED: frozenset(),
    R.CANCELLED: frozenset(),
}
D = DisputeState
DISPUTE_MOVES: dict[DisputeState, frozenset[DisputeState]] = {
    D.OPEN: frozenset({D.SELLER_ANSWERED, D.IN_ARBITRATION, D.DECIDED, D.WITHDRAWN}),
    D.SELLER_ANSWERED: frozenset({D.IN_ARBITRATION, D.DECIDED, D.WITHDRAWN}),
    D.IN_ARBITRATION: frozenset({D.DECIDED, D.WITHDRAWN}),
    D.DECIDED: frozenset(),
    D.WITHDRAWN: frozenset(),
}


def is_fault(reason: str) -> bool:
    """Tell whether the seller answers for a reason."""
    return reason in FAULT_REASONS


def window_days(line_days: int, reason: str, default_days: int) -> int:
    """Return for how many days after delivery a line may be sent back for a reason.

    Goods that are not taken back (0 days) may be, within the usual time, where the seller is at fault.
    """
    return max(line_days, default_days) if is_fault(reason) else line_days


def return_until(delivered_at: datetime, line_days: int, reason: str, default: int) -> datetime:
    return delivered_at + timedelta(days=window_days(line_days, reason, default))


def return_due(state: ReturnState, *, now: datetime, terms: ReturnTerms) -> datetime | None:
    """Return the end of the clock that a return starts on coming to `state`."""
    match state:
        case R.REQUESTED:
            return now + timedelta(hours=terms.answer_hours)
        case R.APPROVED:
            return now + timedelta(days=terms.send_days)
        case R.IN_TRANSIT:
            return now + timedelta(days=terms.transit_days)
        case R.RECEIVED:
            return now + timedelta(hours=terms.inspect_hours)
        case R.REJECTED | R.REFUNDED:
            return now + timedelta(days=terms.appeal_days)
    return None


def dispute_due(state: DisputeState, *, now: datetime, terms: ReturnTerms) -> datetime | None:
    if state in {D.OPEN, D.SELLER_ANSWERED}:
        return now + timedelta(hours=terms.dispute_answer_hours)
    return None


def awaited(asked_of: str, answered: Iterable[str]) -> bool:
    """Tell whether a request of staff still waits for a side: `answered` are who spoke after it."""
    sides = (Side.BUYER, Side.SELLER) if asked_of == Asked.BOTH else (Side(asked_of),)
    return not set(sides) <= set(answered)


def return_refund(
    goods: Iterable[Money], *, delivery: Money, left: Money, has_delivery: bool
) -> Money:
    """Return what goes back for accepted units: their price, the delivery when it is owed.

    Never more than is left of what was paid for the order. No rounding: prices are whole units.
    """
    sum_of_goods = total(list(goods), left.currency)
    return min(sum_of_goods + delivery if has_delivery else sum_of_goods, left)


def owes_delivery(reasons: Iterable[str], *, is_everything_back: bool) -> bool:
    """Tell whether the delivery goes back: all goods came back, and always by the seller's fault."""
    return is_everything_back and all(is_fault(reason) for reason in reasons)

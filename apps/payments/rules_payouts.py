"""Pure rules of payouts: which state may follow which, how entries are named, when a schedule is due."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from apps.payments.types_payouts import PayoutRhythm
from apps.payments.types_payouts import PayoutState as S

# The trigger of migrations/0021 holds the same table; a test compares them.
MOVES: dict[S, frozenset[S]] = {
    S.HELD: frozenset({S.CREATED, S.STOPPED}),
    S.CREATED: frozenset({S.SENT_TRANSFER, S.UNKNOWN, S.STOPPED, S.FAILED}),
    S.UNKNOWN: frozenset({S.SENT_TRANSFER, S.IN_TRANSIT, S.PAID, S.RETURNING, S.FAILED}),
    S.SENT_TRANSFER: frozenset({S.IN_TRANSIT, S.UNKNOWN, S.PAID, S.RETURNING}),
    S.IN_TRANSIT: frozenset({S.PAID, S.RETURNING}),
    # Some payouts read paid and come back from the bank within days.
    S.PAID: frozenset({S.RETURNING}),
    S.RETURNING: frozenset({S.FAILED}),
    S.STOPPED: frozenset(),
    S.FAILED: frozenset(),
}
# Failures that come again with the next payout to the same bank account. Source: Stripe docs, "Payout failure codes".
BANK_REFUSALS = frozenset(
    {
        "account_closed",
        "account_frozen",
        "bank_account_restricted",
        "bank_ownership_changed",
        "debit_not_authorized",
        "incorrect_account_holder_name",
        "invalid_account_number",
        "invalid_currency",
        "no_account",
    }
)
GAVE_BACK = (S.STOPPED, S.FAILED)
# Their amount lies on "payouts in transit".
OPEN = tuple(state for state in S if state not in (S.PAID, *GAVE_BACK))
# The hour of the day (UTC) at which a scheduled payout is due.
DUE_HOUR = 3
_DUE = time(DUE_HOUR, tzinfo=UTC)


def may_move(current: S, to: S) -> bool:
    return to in MOVES[current]


def request_key(payout_id: UUID) -> str:
    return f"payout:{payout_id}:request"


def paid_key(payout_id: UUID) -> str:
    return f"payout:{payout_id}:paid"


def bounced_key(payout_id: UUID) -> str:
    """The entry that takes a paid payout back into transit: the bank sent it back."""
    return f"payout:{payout_id}:bounced"


def returned_key(payout_id: UUID) -> str:
    return f"payout:{payout_id}:returned"


def entry_keys(payout_id: UUID) -> list[str]:
    return [name(payout_id) for name in (request_key, paid_key, bounced_key, returned_key)]


def schedule_key(payee_id: UUID, currency: str, due: datetime) -> str:
    return f"schedule:{payee_id}:{currency}:{due.date()}"


def last_due(rhythm: PayoutRhythm, weekday: int, now: datetime) -> datetime | None:
    """Return the latest moment up to `now` at which a rhythm asks for a payout; weekday 1 is Monday."""
    if rhythm == PayoutRhythm.NONE:
        return None
    day = now.astimezone(UTC).date()
    if datetime.combine(day, _DUE) > now:
        day -= timedelta(days=1)
    if rhythm == PayoutRhythm.WEEKLY:
        day -= timedelta(days=(day.isoweekday() - weekday) % 7)
    elif rhythm == PayoutRhythm.MONTHLY:
        day = day.replace(day=1)
    return datetime.combine(day, _DUE)


def next_due(rhythm: PayoutRhythm, weekday: int, now: datetime) -> datetime | None:
    """Return the first moment after `now` at which a rhythm asks for a payout."""
    last = last_due(rhythm, weekday, now)
    if last is None:
        return None
    if rhythm == PayoutRhythm.MONTHLY:
        return (last + timedelta(days=31)).replace(day=1)
    return last + timedelta(days=7 if rhythm == PayoutRhythm.WEEKLY else 1)

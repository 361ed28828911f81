"""Pure rules of reconciliation: two lists in, differences out. No query, no clock, no settings.

Invariant: what is on one side alone is found on whichever day it stands; a pair is judged on the
provider's day, so that two neighbouring periods never report one difference twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from apps.payments.types_reconciling import (
    BookLine,
    Difference,
    DifferenceKind,
    StatementKind,
    StatementLine,
    Terms,
)

Kind = DifferenceKind
Name = tuple[str, str]

# A transfer is booked when the money has reached the bank, days after the provider's line.
DATED = (StatementKind.CHARGE, StatementKind.REFUND, StatementKind.REFUND_FAILURE)
BPS = 10_000


def expected_fee(line: StatementLine, terms: Terms) -> int:
    """Return the fee that was agreed, half to even: a rate and a fixed part of a charge, else nothing."""
    if line.kind != StatementKind.CHARGE:
        return 0
    whole, rest = divmod(line.amount_minor * terms.fee_bps, BPS)
    is_up = rest * 2 > BPS or (rest * 2 == BPS and whole % 2 == 1)
    return whole + is_up + terms.fee_fixed_minor.get(line.currency, 0)


def differences(
    *,
    statement: Iterable[StatementLine],
    books: Iterable[BookLine],
    start: datetime,
    end: datetime,
    terms: Terms,
) -> list[Difference]:
    """Compare a statement with the books; return what differs in [start, end), in the order of days.

    Give both lists some days beyond the period: a line of its edge may stand outside on the other
    side.
    """
    theirs, ours = _by_name(statement), _by_name(books)
    found: list[Difference] = []
    for name in sorted(theirs.keys() | ours.keys()):
        found += _compare(theirs.get(name, []), ours.get(name, []), theirs, terms)
    inside = [one for one in found if start <= one.line.at < end]
    return sorted(inside, key=lambda one: (one.line.at, one.key))


def _by_name[L: (StatementLine, BookLine)](lines: Iterable[L]) -> dict[Name, list[L]]:
    named: dict[Name, list[L]] = defaultdict(list)
    for line in lines:
        named[str(line.kind), line.reference].append(line)
    return dict(named)


def _compare(
    theirs: Sequence[StatementLine],
    ours: Sequence[BookLine],
    statement: dict[Name, list[StatementLine]],
    terms: Terms,
) -> list[Difference]:
    """Compare the lines of one name: each of ours takes the nearest of theirs, the rest is too many."""
    left = list(theirs)
    found: list[Difference] = []
    for mine in sorted(ours, key=lambda line: (not line.is_booked, line.at, line.key)):
        if not left:
            if _must_be_there(mine, statement):
                found.append(Difference(Kind.MISSING, None, mine))
            continue
        line = min(left, key=partial(_distance, mine))
        left.remove(line)
        found += _judge(line, mine, terms)
    if not ours:
        first = min(left, key=lambda line: (line.at, line.transaction_id))
        left.remove(first)
        found.append(Difference(Kind.EXTRA, first, None))
    first_of_ours = ours[0] if ours else None
    return found + [Difference(Kind.DUPLICATE, line, first_of_ours) for line in left]


def _must_be_there(mine: BookLine, statement: dict[Name, list[StatementLine]]) -> bool:
    if mine.is_booked:
        return True
    return mine.needed_after is not None and (mine.needed_after, mine.reference) in statement


def _distance(mine: BookLine, line: StatementLine) -> tuple[bool, int, datetime, str]:
    """Of lines that are equally right in money the first is the one, the later ones are repeats."""
    return (
        line.currency != mine.currency,
        abs(line.amount_minor - mine.amount_minor),
        line.at,
        line.transaction_id,
    )


def _judge(line: StatementLine, mine: BookLine, terms: Terms) -> list[Difference]:
    """Judge a pair. A fee follows from the amount, so it is judged only where the amount is right."""
    found = []
    if line.currency != mine.currency:
        found.append(Difference(Kind.CURRENCY, line, mine))
    elif line.amount_minor != mine.amount_minor:
        found.append(Difference(Kind.AMOUNT, line, mine))
    else:
        fee = expected_fee(line, terms)
        if abs(line.fee_minor - fee) > terms.fee_slack_minor:
            found.append(Difference(Kind.FEE, line, mine, expected_fee_minor=fee))
    is_dated = mine.is_booked and line.kind in DATED
    if is_dated and abs(line.at - mine.at) > terms.apart:
        found.append(Difference(Kind.DATE, line, mine))
    return found

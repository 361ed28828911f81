"""Statements and books made from a seed: what really happened, and faults planted into the statement."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from apps.payments.reconciling_rules import expected_fee
from apps.payments.types_reconciling import (
    BookLine,
    DifferenceKind,
    StatementKind,
    StatementLine,
    Terms,
)

START = datetime(2026, 11, 24, tzinfo=UTC)
END = START + timedelta(days=1)
TERMS = Terms(fee_bps=290, fee_fixed_minor={"UZS": 1_000_00, "USD": 30})
Kind = DifferenceKind
CURRENCIES = ("UZS", "RUB", "USD", "JPY")


@dataclass
class Pair:
    """One movement on both sides; `theirs` None: a refund that the provider never made."""

    theirs: StatementLine | None
    ours: BookLine


@dataclass
class Statement:
    """`planted` says which fault stands where: (kind, provider's transaction or our key)."""

    theirs: list[StatementLine]
    ours: list[BookLine]
    planted: set[tuple[str, str]]


def pair(chance: random.Random, number: int, kind: StatementKind, at: datetime) -> Pair:
    minor = chance.randint(100, 500_000_00)
    currency = chance.choice(CURRENCIES)
    reference = f"pi_{number}" if kind == StatementKind.CHARGE else str(UUID(int=number))
    signed = -minor if kind == StatementKind.REFUND else minor
    line = StatementLine(f"txn_{number}", kind, reference, signed, 0, currency, at)
    line = replace(line, fee_minor=expected_fee(line, TERMS) + chance.choice((-1, 0, 0, 0, 1)))
    # Our booking of it comes late by a webhook, now and then by hours, or by a clock a little early.
    lag = timedelta(seconds=chance.choice((-2, 1, 1, 5, 40, 9 * 3600)))
    ours = BookLine(f"entry:{number}", kind, reference, signed, currency, at + lag)
    return Pair(line, ours)


def under_way(chance: random.Random, number: int, at: datetime) -> Pair:
    """A refund that is not booked: the provider has made it already, or has not."""
    made = pair(chance, number, StatementKind.REFUND, at)
    return Pair(chance.choice((made.theirs, None)), replace(made.ours, is_booked=False))


def day(seed: int, rows: int) -> list[Pair]:
    """A day of `rows` movements, a few of them under way."""
    chance = random.Random(seed)
    seconds = int((END - START).total_seconds())
    pairs = []
    for number in range(1, rows + 1):
        at = START + timedelta(seconds=chance.randrange(seconds))
        kind = chance.choices(
            (StatementKind.CHARGE, StatementKind.REFUND, StatementKind.REFUND_FAILURE), (80, 18, 2)
        )[0]
        is_open = chance.random() < 0.01
        pairs.append(under_way(chance, number, at) if is_open else pair(chance, number, kind, at))
    return pairs


def planted(pairs: list[Pair], faults: int, seed: int) -> Statement:
    """Spoil `faults` movements, each once, every kind in turn; then shuffle both sides."""
    chance = random.Random(seed)
    fit = [index for index, one in enumerate(pairs) if one.theirs and one.ours.is_booked]
    chosen = set(chance.sample(fit, faults))
    kinds = iter([*DifferenceKind] * (faults // len(DifferenceKind) + 1))
    result = Statement([], [], set())
    for index, one in enumerate(pairs):
        if index in chosen:
            _spoil(one, next(kinds), chance, result)
        else:
            result.theirs += [one.theirs] if one.theirs else []
            result.ours.append(one.ours)
    chance.shuffle(result.theirs)
    chance.shuffle(result.ours)
    return result


def _spoil(one: Pair, kind: DifferenceKind, chance: random.Random, into: Statement) -> None:
    line = one.theirs
    assert line is not None
    off = chance.choice((-1, 1)) * chance.randint(1, 5000)
    lines, at = [line], line.transaction_id
    match kind:
        case Kind.MISSING:
            lines, at = [], one.ours.key
            into.ours.append(replace(one.ours, at=line.at))
        case Kind.AMOUNT:
            lines = [replace(line, amount_minor=line.amount_minor + off)]
        case Kind.CURRENCY:
            lines = [replace(line, currency=chance.choice(("EUR", "GBP", "KZT")))]
        case Kind.FEE:
            lines = [replace(line, fee_minor=line.fee_minor + off + 3 * (1 if off > 0 else -1))]
        case Kind.DUPLICATE:
            later = replace(line, transaction_id=f"{at}_again", at=line.at + timedelta(seconds=9))
            lines, at = [line, later], later.transaction_id
        case Kind.DATE:
            # Told on its day, booked by us on another.
            days = timedelta(days=chance.choice((-3, -2, 2, 3)))
            into.ours.append(replace(one.ours, at=line.at + days))
    into.theirs += lines
    if kind not in (Kind.MISSING, Kind.EXTRA, Kind.DATE):
        into.ours.append(one.ours)
    into.planted.add((str(kind), at))


def found_at(kind: DifferenceKind, theirs: StatementLine | None, ours: BookLine | None) -> str:
    return ours.key if kind == Kind.MISSING and ours else theirs.transaction_id if theirs else ""

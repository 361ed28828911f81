"""R12: whatever is ordered, the parts of the money sum to the whole, to the minor unit."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest

from apps.core.money import CURRENCIES, Money
from apps.core.rules import allocate
from apps.pricing.rules import LineAmounts, LineTerms, line_amounts

Split = Callable[[int, Sequence[int]], list[int]]


@dataclass(frozen=True)
class Part:
    """One seller's part of a purchase: priced lines and the delivery."""

    lines: list[tuple[LineTerms, LineAmounts]]
    delivery: Money


def random_part(chance: random.Random, charged: str) -> Part:
    currency = chance.choice(list(CURRENCIES))
    rate = Decimal(1) if currency == charged else Decimal(chance.randint(1, 10**9)).scaleb(-5)
    terms = [
        LineTerms(
            offer_unit=Money(chance.randint(1, 10**7), currency),
            quantity=chance.randint(1, 99),
            charge_currency=charged,
            rate=rate,
            commission_bps=chance.randint(0, 3000),
            tax_bps=chance.choice([0, 500, 1000, 1200, 2000]),
        )
        for _ in range(chance.randint(1, 2))
    ]
    delivery = Money(chance.randint(0, 10**6), charged)
    return Part([(one, line_amounts(one)) for one in terms], delivery)


def line_faults(terms: LineTerms, amounts: LineAmounts) -> list[str]:
    step = CURRENCIES[terms.charge_currency].step_minor
    is_converted = terms.offer_unit.currency != terms.charge_currency
    facts = {
        "n units cost n times the price": amounts.total == amounts.unit * terms.quantity,
        "tax and base make the total": amounts.tax + amounts.tax_base == amounts.total,
        "nothing is free by rounding": amounts.unit.minor > 0,
        "shown prices are whole steps": not is_converted or amounts.unit.minor % step == 0,
        "tax is inside": 0 <= amounts.tax.minor <= amounts.total.minor,
        "commission is inside": 0 <= amounts.commission.minor <= amounts.total.minor,
    }
    return [fact for fact, holds in facts.items() if not holds]


def split_faults(chance: random.Random, split: Split) -> list[str]:
    """Make a purchase from 1 to 10 sellers, discount it, pay it, refund it; return what does not sum."""
    charged = chance.choice(["UZS", "RUB", "USD", "JPY", "KWD"])
    parts = [random_part(chance, charged) for _ in range(chance.randint(1, 10))]
    lines = [line for part in parts for line in part.lines]
    faults = [fault for line in lines for fault in line_faults(*line)]
    goods = [amounts.total.minor for _terms, amounts in lines]
    fees = [part.delivery.minor for part in parts]
    discount, voucher = chance.randint(0, sum(goods)), chance.randint(0, sum(fees))
    charge = sum(goods) - discount + sum(fees) - voucher

    off = split(discount, goods)
    free = split(voucher, fees)
    owner = [index for index, part in enumerate(parts) for _line in part.lines]
    escrow = [fee - less for fee, less in zip(fees, free, strict=True)]
    for index, total, less in zip(owner, goods, off, strict=True):
        escrow[index] += total - less
    if sum([-charge, *escrow]):
        faults.append("escrow is not what was charged")
    if any(part < 0 for part in escrow):
        faults.append("a seller owes money for a sale")
    returned = chance.randrange(len(lines))
    paid, units = goods[returned] - off[returned], lines[returned][0].quantity
    if sum(split(paid, [1] * units)) != paid:
        faults.append("unit by unit, the refunds of a line are not what was paid")
    return faults


def wrong_orders(count: int, *, seed: int, split: Split = allocate) -> int:
    chance = random.Random(seed)
    return sum(bool(split_faults(chance, split)) for _ in range(count))


def test_twenty_thousand_random_orders_split_to_the_unit() -> None:
    assert wrong_orders(20_000, seed=12) == 0


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_hundred_thousand_random_orders_split_to_the_unit() -> None:
    assert wrong_orders(100_000, seed=13) == 0


def test_rounding_each_part_for_itself_loses_units() -> None:
    """The control: without the largest remainder hardly an order sums."""

    def naive(amount: int, weights: Sequence[int]) -> list[int]:
        whole = sum(weights) or 1
        return [round(amount * weight / whole) for weight in weights]

    assert wrong_orders(200, seed=12, split=naive) > 100

"""The worked numbers of docs/pricing.md."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import Money
from apps.core.rules import allocate
from apps.pricing.rules import LineTerms, line_amounts


@pytest.mark.parametrize(
    ("offer", "quantity", "currency", "rate", "unit", "total", "tax", "commission"),
    [
        (("100000", "UZS"), 2, "UZS", "1", "100000", "200000", "21428.57", "20000"),
        (("990", "RUB"), 2, "UZS", "150", "148500", "297000", "31821.43", "29700"),
        (("100000", "UZS"), 3, "USD", "0.00008", "8", "24", "2.57", "2.40"),
        (("999", "RUB"), 1, "USD", "0.012", "11.99", "11.99", "1.28", "1.20"),
        (("12345", "UZS"), 1, "RUB", "0.00666667", "83", "83", "8.89", "8.30"),
    ],
)
def test_line_amounts_match_the_documented_table(
    offer: tuple[str, str],
    quantity: int,
    currency: str,
    rate: str,
    unit: str,
    total: str,
    tax: str,
    commission: str,
) -> None:
    amounts = line_amounts(
        LineTerms(
            offer_unit=Money.from_major(*offer),
            quantity=quantity,
            charge_currency=currency,
            rate=Decimal(rate),
            commission_bps=1000,
            tax_bps=1200,
        )
    )

    assert amounts.unit == Money.from_major(unit, currency)
    assert amounts.total == Money.from_major(total, currency)
    assert amounts.tax == Money.from_major(tax, currency)
    assert amounts.commission == Money.from_major(commission, currency)
    assert amounts.tax + amounts.tax_base == amounts.total


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1000, [3, 3, 1], [429, 428, 143]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 0], [3, 2]),
    ],
)
def test_allocate_gives_remainders_to_the_largest(
    amount: int, weights: list[int], parts: list[int]
) -> None:
    assert allocate(amount, weights) == parts


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=12),
)
def test_allocate_always_sums_to_the_amount(amount: int, weights: list[int]) -> None:
    parts = allocate(amount, weights)

    assert sum(parts) == amount
    assert len(parts) == len(weights)
    assert all(part == 0 or (part > 0) == (amount > 0) for part in parts)

"""Splits, shares and conversion: nothing is lost, nothing appears."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import CURRENCIES, Money
from apps.core.rules import allocate, convert, included_tax, share_bps

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@given(amount=st.integers(-(10**15), 10**15), weights=WEIGHTS)
def test_allocate_sums_to_the_amount_and_is_never_a_unit_off(
    amount: int, weights: list[int]
) -> None:
    parts = allocate(amount, weights)
    fair = weights if any(weights) else [1] * len(weights)
    whole = sum(fair)

    assert sum(parts) == amount
    for part, weight in zip(parts, fair, strict=True):
        assert abs(part * whole - amount * weight) < whole


@given(amount=st.integers(0, 10**12), weights=WEIGHTS)
def test_allocate_of_a_negative_amount_mirrors_the_positive(
    amount: int, weights: list[int]
) -> None:
    assert allocate(-amount, weights) == [-part for part in allocate(amount, weights)]


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (2, [1, 1, 1], [1, 1, 0]),  # equal remainders: the earlier part first
        (10, [1, 2], [3, 7]),  # the larger remainder first
        (7, [0, 5, 0], [0, 7, 0]),
        (1, [0, 0, 0], [1, 0, 0]),
        (0, [3, 4], [0, 0]),
    ],
)
def test_allocate_gives_leftover_units_to_the_largest_remainders(
    amount: int, weights: list[int], parts: list[int]
) -> None:
    assert allocate(amount, weights) == parts


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_allocate_by_no_or_negative_weights_raises(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"nothing to split|negative"):
        allocate(1, weights)


@pytest.mark.parametrize(
    ("amount", "bps", "share"),
    [(5, 1000, 0), (15, 1000, 2), (25, 1000, 2), (-15, 1000, -2), (999, 10_000, 999), (1, 0, 0)],
)
def test_share_rounds_half_to_even(amount: int, bps: int, share: int) -> None:
    assert share_bps(amount, bps) == share


@given(gross=st.integers(0, 10**13), bps=st.integers(0, 5000))
def test_included_tax_is_the_nearest_unit_of_the_exact_tax(gross: int, bps: int) -> None:
    tax = included_tax(gross, bps)
    assert 0 <= tax <= gross
    assert abs(tax * (10_000 + bps) - gross * bps) * 2 <= 10_000 + bps


@pytest.mark.parametrize(
    ("amount", "to", "rate", "minor"),
    [
        (Money(990_00, "RUB"), "UZS", "150", 148_500_00),
        (Money(1, "USD"), "UZS", "12500", 200_00),  # 125 soʻm, up to the step of 100
        (Money(1, "RUB"), "JPY", "1.6", 1),
        (Money(19, "JPY"), "KWD", "0.0021", 40),
        (Money(1_00, "USD"), "RUB", "83.0001", 84_00),
        (Money(5, "USD"), "USD", "7", 5),
    ],
)
def test_convert_rounds_up_to_the_price_step(amount: Money, to: str, rate: str, minor: int) -> None:
    assert convert(amount, to=to, rate=Decimal(rate)) == Money(minor, to)


@given(
    minor=st.integers(0, 10**12),
    source=st.sampled_from(sorted(CURRENCIES)),
    to=st.sampled_from(sorted(CURRENCIES)),
    rate=st.decimals("0.0001", "20000", places=6),
)
def test_converted_price_is_whole_steps_and_less_than_one_step_above(
    minor: int, source: str, to: str, rate: Decimal
) -> None:
    price = convert(Money(minor, source), to=to, rate=rate)
    if source == to:
        assert price.minor == minor
        return
    target = CURRENCIES[to]
    exact = Money(minor, source).major * rate
    step = Decimal(target.step_minor).scaleb(-target.exponent)
    assert price.minor % target.step_minor == 0
    assert 0 <= price.major - exact < step

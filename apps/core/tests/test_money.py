"""Money: exact whole minor units, one currency at a time."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import CURRENCIES, CurrencyMismatchError, Money, total

CODES = st.sampled_from(sorted(CURRENCIES))
MINORS = st.integers(-(10**15), 10**15)


def test_arithmetic_of_one_currency_is_exact() -> None:
    ten, four, same = Money(10_00, "USD"), Money(4_01, "USD"), Money(4_01, "USD")

    assert ten + four == Money(14_01, "USD")
    assert four - ten == Money(-5_99, "USD")
    assert four * 3 == Money(12_03, "USD")
    assert -ten == Money(-10_00, "USD")
    assert (four < ten, four <= same, ten > four, four >= same) == (True, True, True, True)
    assert (four < same, ten <= four, four > same, four >= ten) == (False, False, False, False)
    assert (bool(Money.zero("USD")), bool(-four)) == (False, True)


@pytest.mark.parametrize(
    "operation",
    [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge],
)
def test_operation_of_two_currencies_raises(operation: Callable[[Any, Any], Any]) -> None:
    with pytest.raises(CurrencyMismatchError):
        operation(Money(1, "USD"), Money(1, "EUR"))


def test_equal_minors_of_two_currencies_are_not_equal() -> None:
    assert Money(0, "USD") != Money(0, "EUR")
    assert len({Money(0, "USD"), Money(0, "EUR"), Money(0, "USD")}) == 2


@pytest.mark.parametrize("minor", [1.0, True, Decimal(1), "1", None])
def test_money_of_anything_but_a_whole_number_raises(minor: Any) -> None:
    with pytest.raises(TypeError):
        Money(minor, "USD")


def test_money_times_a_fraction_raises() -> None:
    with pytest.raises(TypeError):
        Money(100, "USD") * 0.5  # type: ignore[operator]


@pytest.mark.parametrize("code", ["XXX", "usd", "", "US"])
def test_money_of_unknown_currency_raises(code: str) -> None:
    with pytest.raises(ValueError, match="unknown currency"):
        Money(1, code)


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("19.99", "USD", 1999),
        ("-0.01", "USD", -1),
        ("1e3", "USD", 1000_00),
        ("100000", "UZS", 100_000_00),
        ("19", "JPY", 19),
        ("19.0", "JPY", 19),
        ("1.234", "KWD", 1234),
        ("0.1", "KWD", 100),
    ],
)
def test_from_major_reads_the_decimals_of_the_currency(text: str, code: str, minor: int) -> None:
    assert Money.from_major(text, code) == Money(minor, code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("19.999", "USD"),
        ("0.5", "JPY"),
        ("1.2345", "KWD"),
        ("NaN", "USD"),
        ("Infinity", "USD"),
        ("ten", "USD"),
        ("", "USD"),
        ("1,5", "USD"),
    ],
)
def test_from_major_of_what_does_not_fit_raises(text: str, code: str) -> None:
    with pytest.raises(ValueError, match=r"not an amount|does not fit"):
        Money.from_major(text, code)


@given(minor=MINORS, code=CODES)
def test_major_and_back_is_the_same_amount(minor: int, code: str) -> None:
    amount = Money(minor, code)
    assert Money.from_major(str(amount.major), code) == amount
    assert amount.major.as_tuple().exponent == -CURRENCIES[code].exponent


@given(minors=st.lists(MINORS, max_size=20), code=CODES)
def test_total_is_the_sum_and_zero_of_nothing(minors: list[int], code: str) -> None:
    assert total([Money(minor, code) for minor in minors], code) == Money(sum(minors), code)


def test_total_with_a_foreign_amount_raises() -> None:
    with pytest.raises(CurrencyMismatchError):
        total([Money(1, "USD"), Money(1, "EUR")], "USD")

"""How the rate of an order's line is told: by the dearer currency, no more exact than it was kept."""

from decimal import Decimal

import pytest

from apps.core.money import Money
from apps.orders.rules import rate_told


@pytest.mark.parametrize(
    ("rate", "source", "target", "one", "worth"),
    [
        ("157.89470000", "RUB", "UZS", Money(100, "RUB"), Money(157_89, "UZS")),
        ("0.00007905", "UZS", "USD", Money(100, "USD"), Money(12_650_00, "UZS")),
        ("0.00633333", "UZS", "RUB", Money(100, "RUB"), Money(157_90, "UZS")),
        ("0.01250000", "RUB", "USD", Money(100, "USD"), Money(80_00, "RUB")),
        ("1.00000000", "EUR", "USD", Money(100, "EUR"), Money(100, "USD")),
        ("0.00000001", "UZS", "USD", Money(100, "USD"), Money(100_000_000_00, "UZS")),
        ("0.00666667", "JPY", "USD", Money(100, "USD"), Money(150, "JPY")),
        ("3.25733333", "KWD", "USD", Money(1_000, "KWD"), Money(3_26, "USD")),
    ],
)
def test_rate_any_is_told_by_one_unit_of_the_dearer_currency(
    rate: str, source: str, target: str, one: Money, worth: Money
) -> None:
    assert rate_told(Decimal(rate), source=source, target=target) == (one, worth)

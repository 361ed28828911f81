"""Money: integer minor units and an ISO 4217 code, never a float.

Invariant: two amounts of different currencies never meet in one operation.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self


@dataclass(frozen=True, slots=True)
class Currency:
    """`exponent` is ISO 4217's; `step_minor` is the smallest difference a shop price may have."""

    code: str
    exponent: int
    step_minor: int


CURRENCIES = {
    currency.code: currency
    for currency in (
        Currency("UZS", 2, 100_00),
        Currency("RUB", 2, 100),
        Currency("USD", 2, 1),
        Currency("EUR", 2, 1),
        Currency("KZT", 2, 100),
        Currency("JPY", 0, 1),
        Currency("KWD", 3, 1),
    )
}


class CurrencyMismatchError(ValueError):
    """Two currencies met where one was expected: a programming error, not a refusal."""


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency`; negative amounts are allowed (postings, differences)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise TypeError(f"minor units are whole numbers, not {self.minor!r}")
        if self.currency not in CURRENCIES:
            raise ValueError(f"unknown currency {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    @classmethod
    def from_major(cls, text: str, currency: str) -> Self:
        """Read "19.99" exactly.

        :raises ValueError: not a number, or more decimals than the currency has
        """
        exponent = CURRENCIES[currency].exponent
        try:
            minor = Decimal(text).scaleb(exponent)
        except InvalidOperation:
            raise ValueError(f"{text!r} is not an amount") from None
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise ValueError(f"{text!r} does not fit the {exponent} decimals of {currency}")
        return cls(int(minor), currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-CURRENCIES[self.currency].exponent)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, factor: int) -> "Money":
        return Money(self.minor * factor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} do not mix")
        return other.minor


def total(amounts: list[Money], currency: str) -> Money:
    """Sum amounts of one currency; an empty list is zero of `currency`."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result

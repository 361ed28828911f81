"""Arithmetic of money that several apps share: splitting, shares, conversion."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal

from apps.core.money import CURRENCIES, Money

BPS = 10_000


def allocate(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to weights (>= 0, not all 0) so that the parts sum to it.

    Largest remainder (Hamilton): every part is rounded toward zero; the units that are left go, one
    each, to the largest remainders, the earlier part first among equals. All-zero weights count as equal.
    """
    if not weights:
        raise ValueError("nothing to split between")
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    if not any(weights):
        weights = [1] * len(weights)
    sign, size, whole = (-1 if amount_minor < 0 else 1), abs(amount_minor), sum(weights)
    parts = [size * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for i in order[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def share_bps(amount_minor: int, rate_bps: int) -> int:
    """Return `rate_bps` of an amount, rounded half to even; the payer of the share keeps the rest."""
    return int((Decimal(amount_minor) * rate_bps / BPS).to_integral_value(rounding=ROUND_HALF_EVEN))


def included_tax(gross_minor: int, rate_bps: int) -> int:
    """Return the tax inside a gross amount: gross * rate / (1 + rate), rounded half to even."""
    return int(
        (Decimal(gross_minor) * rate_bps / (BPS + rate_bps)).to_integral_value(
            rounding=ROUND_HALF_EVEN
        )
    )


def convert(amount: Money, *, to: str, rate: Decimal) -> Money:
    """Convert a price at `rate` (units of `to` for one unit of the source currency).

    Rounds up to the price step of `to` (100 soʻm, 1 rouble, 1 cent): the price shown is the price
    charged, and the shop bears no loss by rounding. The same currency passes unchanged.
    """
    if amount.currency == to:
        return amount
    target = CURRENCIES[to]
    exact = amount.major * rate
    steps = (exact.scaleb(target.exponent) / target.step_minor).to_integral_value(rounding=ROUND_UP)
    return Money(int(steps) * target.step_minor, to)

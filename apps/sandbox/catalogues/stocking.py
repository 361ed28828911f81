"""Prices and stock for catalogues that bring none: the same at every run, spread over the demo's sellers."""

from decimal import ROUND_HALF_UP, Decimal
from random import Random

from apps.core.money import CURRENCIES, Money
from apps.sandbox.demo.compose import SELLERS
from apps.sandbox.demo.market import RATES
from apps.sandbox.demo.people import MOSCOW, TASHKENT


def sellers_of(key: str) -> list[str]:
    """Choose who offers a product: half the one, a third the other, the rest both."""
    share = Random(f"seller:{key}").random()
    if share < 0.5:  # noqa: PLR2004  the shares of the docstring
        return [TASHKENT]
    return [MOSCOW] if share < 0.83 else [TASHKENT, MOSCOW]  # noqa: PLR2004  likewise


def price_in(seller: str, cents: int) -> Money:
    """Convert US cents at the demo's first rate to a shop price of the seller's currency (half up)."""
    currency = SELLERS[seller][0]
    soum = Decimal(cents) * RATES["USD"] / 100
    amount = soum if currency == "UZS" else soum / RATES["RUB"]
    step = Decimal(1000 if currency == "UZS" else 10)
    rounded = max(step, (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step)
    return Money(int(rounded) * 10 ** CURRENCIES[currency].exponent, currency)


def units(seller: str, sku: str) -> dict[str, int]:
    """Units by warehouse: one in twenty is sold out, one in eight nearly so."""
    dice = Random(f"units:{seller}:{sku}")
    main, other = SELLERS[seller][1]
    kind = dice.random()
    if kind < 0.05:  # noqa: PLR2004  the shares of the docstring
        return {main: 0}
    if kind < 0.17:  # noqa: PLR2004  likewise
        return {main: dice.randint(1, 3)}
    return {main: dice.randint(8, 90), other: dice.randint(0, 25)}

"""Reads of rates: exchange, commission, tax. Small tables, kept in the process for a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings

from apps.core.money import Money
from apps.core.rules import convert
from apps.pricing.models import CommissionRate, ExchangeRate, TaxRate

KEEP_SECONDS = 60
_kept: dict[str, tuple[float, Any]] = {}


def _keep[T](name: str, read: Callable[[], T]) -> T:
    found = _kept.get(name)
    if found is None or time.monotonic() - found[0] > KEEP_SECONDS:
        _kept[name] = found = (time.monotonic(), read())
    value: T = found[1]
    return value


def forget_rates() -> None:
    _kept.clear()


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of the target for one unit of the source, and the date it is of."""

    value: Decimal
    on: date


def base_rates() -> dict[str, Rate]:
    """Return, for each currency, what one unit is worth in the base currency."""

    def read() -> dict[str, Rate]:
        rows = ExchangeRate.objects.filter(quote=settings.BASE_CURRENCY)
        rows = rows.order_by("base", "-valid_on").distinct("base")
        return {row.base: Rate(row.rate, row.valid_on) for row in rows}

    return _keep("exchange", read)


def exchange_rate(source: str, target: str) -> Rate:
    """Return the rate from `source` to `target`, through the base currency where needed.

    :raises LookupError: one of the two has no rate
    """
    if source == target:
        return Rate(Decimal(1), date.today())  # noqa: DTZ011  the same currency has no rate to date
    rates = base_rates()
    base = settings.BASE_CURRENCY
    one = Rate(Decimal(1), date.max)
    from_rate = one if source == base else rates[source]
    to_rate = one if target == base else rates[target]
    value = (from_rate.value / to_rate.value).quantize(Decimal("0.00000001"))
    return Rate(value, min(from_rate.on, to_rate.on))


def default_currency(language: str) -> str:
    """Return the currency of a visitor who has not chosen one."""
    fallback = settings.SHOP_CURRENCIES[0]
    return str(settings.DEFAULT_CURRENCY_BY_LANGUAGE.get(language, fallback))


def in_currency(amount: Money, currency: str) -> Money:
    """Convert a price for showing and charging: the same rule for both (core.rules.convert)."""
    if amount.currency == currency:
        return amount
    return convert(amount, to=currency, rate=exchange_rate(amount.currency, currency).value)


def commission_bps(seller_id: UUID, category_path: str, on: date) -> int:
    """Return the commission of a line in basis points: the most specific rate that is valid.

    :raises LookupError: not even a default is set
    """

    def read() -> list[tuple[UUID | None, str | None, int, date]]:
        rows = CommissionRate.objects.values_list(
            "seller_id", "category__path", "rate_bps", "valid_from"
        )
        return list(rows)

    best: tuple[tuple[bool, int, date], int] | None = None
    for row_seller, row_path, rate, valid_from in _keep("commission", read):
        if valid_from > on or row_seller not in (None, seller_id):
            continue
        if row_path is not None and not category_path.startswith(row_path):
            continue
        weight = (row_seller is not None, len(row_path or ""), valid_from)
        if best is None or weight > best[0]:
            best = (weight, rate)
    if best is None:
        raise LookupError("no default commission rate")
    return best[1]


@dataclass(frozen=True, slots=True)
class Tax:
    code: str
    rate_bps: int


def tax_of(*, country: str, tax_class: str, on: date) -> Tax | None:
    """Return the VAT rate of a country for a tax class, or None where it has none."""

    def read() -> list[TaxRate]:
        return list(TaxRate.objects.order_by("valid_from"))

    found = None
    for row in _keep("tax", read):
        if row.country == country and row.tax_class == tax_class and row.valid_from <= on:
            found = Tax(row.code, row.rate_bps)
    return found


def market_vat_bps(on: date) -> int:
    """Return the VAT that the marketplace owes on its own services (commission, delivery), or 0."""
    tax = tax_of(country=settings.MARKET_COUNTRY, tax_class="STANDARD", on=on)
    return tax.rate_bps if tax else 0


def rate_row(*, currency: str, valid_on: date) -> ExchangeRate:
    """Return the row that sets a currency's worth in the base currency from a day on."""
    return ExchangeRate.objects.get(base=currency, quote=settings.BASE_CURRENCY, valid_on=valid_on)

"""The quote's arithmetic: unit prices, commission, tax (docs/pricing.md has worked numbers)."""

from dataclasses import dataclass
from decimal import Decimal

from apps.core.money import Money
from apps.core.rules import convert, included_tax, share_bps


@dataclass(frozen=True, slots=True)
class LineTerms:
    """`rate` is charge units for one unit of the offer's currency; `tax_bps` is 0 where none is due."""

    offer_unit: Money
    quantity: int
    charge_currency: str
    rate: Decimal
    commission_bps: int
    tax_bps: int


@dataclass(frozen=True, slots=True)
class LineAmounts:
    unit: Money
    total: Money
    commission: Money
    tax: Money
    tax_base: Money


def line_amounts(terms: LineTerms) -> LineAmounts:
    """Price one line. The unit is converted first and then multiplied: n units cost n times the price shown.

    Commission is a share of the line's total (half to even; the seller keeps the rest). Tax is inside
    the total (half to even).
    """
    unit = convert(terms.offer_unit, to=terms.charge_currency, rate=terms.rate)
    total = unit * terms.quantity
    tax = Money(included_tax(total.minor, terms.tax_bps), total.currency)
    return LineAmounts(
        unit=unit,
        total=total,
        commission=Money(share_bps(total.minor, terms.commission_bps), total.currency),
        tax=tax,
        tax_base=total - tax,
    )

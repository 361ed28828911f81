"""The arithmetic of a settlement (docs/fulfilment.md has worked numbers; they are tests).

Invariant: the five parts sum to what is held, to the minor unit, whatever was refunded before.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from apps.core.money import Money, total
from apps.core.rules import included_tax, share_bps
from apps.orders.models import OrderLine
from apps.orders.types import SettledLine
from apps.payments.types import Split


def economics(lines: Sequence[SettledLine], *, delivery: Money, held: Money, vat_bps: int) -> Split:
    """Split what is held for an order between the marketplace, the tax and the seller.

    Commission is the frozen share of every kept line (half to even), VAT inside it; `delivery`, as it
    was paid, is the marketplace's, VAT inside it. A refund that took no units away lowers the goods
    first, and the commission in proportion (half to even); what is beyond the goods, the delivery.

    :raises ValueError: more is held than was paid for what is kept
    """
    currency = held.currency
    goods = total([line.unit * line.kept for line in lines], currency)
    if held > goods + delivery:
        raise ValueError(f"{held} held for {goods} and {delivery}")
    left = max(held - delivery, Money.zero(currency))
    commission = _part(_commission(lines, currency), left.minor, goods.minor)
    vat = included_tax(commission.minor, vat_bps)
    way = held - left
    way_vat = included_tax(way.minor, vat_bps)
    seller = left - commission
    return Split(
        commission=commission - Money(vat, currency),
        commission_vat=Money(vat, currency),
        delivery=way - Money(way_vat, currency),
        delivery_vat=Money(way_vat, currency),
        seller=seller,
        payout=_payout(lines, seller, left.minor, goods.minor),
    )


def taken_back(left: Split, target: Split, amount: Money, *, vat_bps: int) -> Split:
    """Return the parts of `amount` that come out of a settlement of which `left` is left.

    `target` is how the rest would be split by the rule. No part may grow: what commission and
    delivery would gain by it stays the seller's. The parts sum to `amount`.

    :raises ValueError: the amount is more than is left
    """
    if amount > left.total:
        raise ValueError(f"{amount} of {left.total}")
    fee = min(target.commission + target.commission_vat, left.commission + left.commission_vat)
    way = min(target.delivery + target.delivery_vat, left.delivery + left.delivery_vat)
    rest = left.total - amount
    way = min(way, rest)
    fee = min(fee, rest - way)
    fee_vat = Money(included_tax(fee.minor, vat_bps), fee.currency)
    seller = min(rest - fee - way, left.seller)
    way = rest - fee - seller
    way_vat = Money(included_tax(way.minor, vat_bps), way.currency)
    return left - Split(
        commission=fee - fee_vat,
        commission_vat=fee_vat,
        delivery=way - way_vat,
        delivery_vat=way_vat,
        seller=seller,
        payout=_rest_of_payout(left, target, seller),
    )


def _rest_of_payout(left: Split, target: Split, seller: Money) -> Money:
    if left.payout.currency == left.seller.currency:
        return seller
    if not seller:
        return Money.zero(left.payout.currency)
    if target.payout.currency == left.payout.currency and target.seller == seller:
        return min(target.payout, left.payout)
    return _part(left.payout, seller.minor, left.seller.minor)


def settled_lines(lines: Iterable[OrderLine]) -> list[SettledLine]:
    """Return what is settled of each line: units neither cancelled, come back nor sent back."""
    return [
        SettledLine(
            kept=line.kept_quantity,
            unit=line.unit,
            offer_unit=Money(line.offer_unit_minor, line.offer_currency),
            commission_bps=line.commission_bps,
        )
        for line in lines
    ]


def _commission(lines: Sequence[SettledLine], currency: str) -> Money:
    return total(
        [
            Money(share_bps((line.unit * line.kept).minor, line.commission_bps), currency)
            for line in lines
        ],
        currency,
    )


def _payout(lines: Sequence[SettledLine], seller: Money, left: int, goods: int) -> Money:
    """Return the seller's part in the currency of its own prices; no exchange rate is asked again.

    Where a seller priced the lines in several currencies, it gets the charge currency.
    """
    own = {line.offer_unit.currency for line in lines}
    if own in ({seller.currency}, set()) or len(own) > 1:
        return seller
    currency = own.pop()
    parts = [line.offer_unit * line.kept for line in lines]
    shares = [
        Money(share_bps(part.minor, line.commission_bps), currency)
        for part, line in zip(parts, lines, strict=True)
    ]
    return _part(total(parts, currency) - total(shares, currency), left, goods)


def _part(amount: Money, part: int, whole: int) -> Money:
    """Return part/whole of an amount, rounded half to even."""
    if part == whole:
        return amount
    exact = Decimal(amount.minor) * part / whole
    return Money(int(exact.to_integral_value(rounding=ROUND_HALF_EVEN)), amount.currency)

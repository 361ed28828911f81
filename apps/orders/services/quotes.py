"""Quotes: what a cart costs, delivered there, in that currency, now.

Invariant: a quote is computed from our own tables alone; what a client sends (a price, a total) is
never read. Its digest covers every amount, so a quote that was shown is charged or asked again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors.offers import SellableOffer
from apps.core.errors import DomainError
from apps.core.events import encode
from apps.core.money import total
from apps.logistics.rules import handed_over_on
from apps.logistics.selectors import delivery_options
from apps.logistics.types import DeliveryOption, Parcel
from apps.orders.models import CartLine
from apps.orders.rules import digest
from apps.orders.types import Quote, QuotedDelivery, QuotedLine, QuotedTax
from apps.pricing import selectors as pricing
from apps.pricing.rules import LineTerms, line_amounts


class CartEmpty(DomainError):
    code = "checkout.cart_empty"
    message = _("The cart is empty. Put something in first.")


class LineUnavailable(DomainError):
    code = "checkout.line_unavailable"
    message = _("Something in the cart is sold out or not for sale any more. Look at the cart.")


class NoDelivery(DomainError):
    code = "checkout.no_delivery"
    message = _("%(seller)s cannot deliver this there.")


@dataclass(frozen=True, slots=True)
class DeliveryChoice:
    kind: str
    carrier: str
    pickup_point_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    country: str
    city: str


def quote_lines(
    *,
    lines: Sequence[CartLine],
    offers: Mapping[UUID, SellableOffer],
    destination: str,
    currency: str,
    on: date,
) -> tuple[QuotedLine, ...]:
    """Price cart lines in the charge currency.

    :raises LineUnavailable: an offer is closed or has too few units
    """
    return tuple(
        _quote_line(offers[line.offer_id], line.quantity, destination, currency, on)
        for line in lines
    )


def _quote_line(
    offer: SellableOffer, quantity: int, destination: str, currency: str, on: date
) -> QuotedLine:
    if not offer.is_buyable or offer.free < quantity:
        raise LineUnavailable(offer_id=offer.offer_id)
    rate = pricing.exchange_rate(offer.price.currency, currency)
    # VAT is inside the price where seller and buyer are of one country; an export bears none.
    tax = (
        pricing.tax_of(country=destination, tax_class=offer.tax_class, on=on)
        if offer.seller_is_vat_payer and offer.seller_country == destination
        else None
    )
    commission_bps = pricing.commission_bps(offer.seller_id, offer.category_path, on)
    amounts = line_amounts(
        LineTerms(
            offer_unit=offer.price,
            quantity=quantity,
            charge_currency=currency,
            rate=rate.value,
            commission_bps=commission_bps,
            tax_bps=tax.rate_bps if tax else 0,
        )
    )
    return QuotedLine(
        offer_id=offer.offer_id,
        offer_version=offer.version,
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        quantity=quantity,
        offer_unit=offer.price,
        unit=amounts.unit,
        total=amounts.total,
        rate=rate.value,
        rate_on=rate.on,
        commission_bps=commission_bps,
        commission=amounts.commission,
        taxes=(
            (QuotedTax(tax.code, tax.rate_bps, amounts.tax_base, amounts.tax, is_inclusive=True),)
            if tax
            else ()
        ),
    )


def options_by_seller(
    *,
    lines: Sequence[CartLine],
    offers: Mapping[UUID, SellableOffer],
    destination: Destination,
    currency: str,
    now: datetime,
) -> dict[UUID, list[DeliveryOption]]:
    """Return each seller's ways to deliver, priced in the charge currency, cheapest first."""
    by_seller: dict[UUID, list[tuple[SellableOffer, int]]] = defaultdict(list)
    for line in lines:
        offer = offers[line.offer_id]
        by_seller[offer.seller_id].append((offer, line.quantity))
    result = {}
    for seller_id, parts in by_seller.items():
        slowest = max(parts, key=lambda part: part[0].handling_days)[0]
        leaves = handed_over_on(
            now.astimezone(ZoneInfo(slowest.warehouse_zone)),
            handling_days=slowest.handling_days,
            cutoff_hour=slowest.warehouse_cutoff_hour,
            working_days=slowest.warehouse_days,
        )
        options = delivery_options(
            from_country=slowest.warehouse_country,
            to_country=destination.country,
            to_city=destination.city,
            parcels=[
                Parcel(quantity, offer.weight_grams, *offer.size_mm) for offer, quantity in parts
            ],
            handed_over_on=leaves,
        )
        result[seller_id] = [
            replace(option, price=pricing.in_currency(option.price, currency)) for option in options
        ]
    return result


def build_quote(
    *,
    lines: Sequence[CartLine],
    offers: Mapping[UUID, SellableOffer],
    destination: Destination,
    choices: Mapping[UUID, DeliveryChoice],
    currency: str,
    now: datetime,
) -> Quote:
    """Compute the whole quote. Sellers without a choice get their cheapest delivery to the door.

    :raises CartEmpty: no lines
    :raises LineUnavailable: see quote_lines
    :raises NoDelivery: a seller has no way there, or not the chosen one
    """
    if not lines:
        raise CartEmpty
    quoted = quote_lines(
        lines=lines,
        offers=offers,
        destination=destination.country,
        currency=currency,
        on=now.date(),
    )
    options = options_by_seller(
        lines=lines, offers=offers, destination=destination, currency=currency, now=now
    )
    names = {offer.seller_id: offer.seller_name for offer in offers.values()}
    deliveries = tuple(
        _quote_delivery(seller_id, names[seller_id], options[seller_id], choices.get(seller_id))
        for seller_id in sorted(options)
    )
    items = total([line.total for line in quoted], currency)
    delivery = total([part.price for part in deliveries], currency)
    quote = Quote(
        currency=currency,
        lines=quoted,
        deliveries=deliveries,
        items=items,
        delivery=delivery,
        tax=total([tax.amount for line in quoted for tax in line.taxes], currency),
        total=items + delivery,
    )
    return replace(quote, digest=digest(quote_payload(quote)))


def _quote_delivery(
    seller_id: UUID, name: str, options: Sequence[DeliveryOption], choice: DeliveryChoice | None
) -> QuotedDelivery:
    fitting = [
        option
        for option in options
        if choice is None or (option.kind, option.carrier) == (choice.kind, choice.carrier)
    ]
    if choice is None:
        fitting = [option for option in fitting if option.kind == "COURIER"] or fitting
    if not fitting:
        raise NoDelivery(seller=name, seller_id=seller_id)
    option = fitting[0]
    return QuotedDelivery(
        seller_id=seller_id,
        kind=option.kind,
        carrier=option.carrier,
        pickup_point_id=choice.pickup_point_id if choice and option.kind == "PICKUP" else None,
        weight_grams=option.weight_grams,
        price=option.price,
        promised_from=option.promised_from,
        promised_to=option.promised_to,
    )


def quote_payload(quote: Quote) -> dict[str, Any]:
    """Return the quote as plain JSON values: what the digest is made of and what a checkout keeps."""
    return {
        "currency": quote.currency,
        "items": encode(quote.items),
        "delivery": encode(quote.delivery),
        "tax": encode(quote.tax),
        "total": encode(quote.total),
        "lines": [
            {
                "offer_id": str(line.offer_id),
                "offer_version": line.offer_version,
                "quantity": line.quantity,
                "unit": encode(line.unit),
                "total": encode(line.total),
                "commission_bps": line.commission_bps,
                "commission": encode(line.commission),
                "rate": str(line.rate),
                "taxes": [[tax.code, tax.rate_bps, tax.amount.minor] for tax in line.taxes],
            }
            for line in sorted(quote.lines, key=lambda line: line.offer_id)
        ],
        "deliveries": [
            {
                "seller_id": str(part.seller_id),
                "kind": part.kind,
                "carrier": part.carrier,
                "pickup_point_id": str(part.pickup_point_id or ""),
                "price": encode(part.price),
                "promised_to": part.promised_to.isoformat(),
            }
            for part in quote.deliveries
        ],
    }

"""What it costs to send a paid order elsewhere, by today's tariffs.

Invariant: the price moves by what the new way costs beside the old one today, so who stays in its
zone pays nothing for a tariff that rose since; nothing that a client sends is read but the address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors.offers import sellable_offers
from apps.core.errors import DomainError
from apps.core.events import encode
from apps.core.money import Money
from apps.core.viewer import Viewer
from apps.logistics.selectors import delivery_options
from apps.logistics.types import DeliveryKind, DeliveryOption, Parcel
from apps.orders import rules
from apps.orders.models import Order, OrderLine
from apps.orders.services.access import check_buyer
from apps.orders.services.checkouts import AddressIncomplete, clean_address
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.types import AddressQuote, OrderStatus
from apps.pricing import selectors as pricing

OPEN = {OrderStatus.PAID, OrderStatus.PROCESSING}
# What a parcel that goes to a pickup point may change: who collects it.
_COLLECTOR = ("recipient_name", "phone", "note")


class AddressNotReached(DomainError):
    code = "orders.address_not_reached"
    message = _(
        "The carrier of this parcel does not go there, so the address stays as it is. You can cancel"
        " this part and order it again to the new address."
    )


def quote_address(
    *, order: Order, address: Mapping[str, Any], viewer: Viewer, now: datetime
) -> AddressQuote:
    """Return the price and the days of another way; nothing is written.

    A parcel for a pickup point keeps its place and its price: only who collects it changes.

    :raises NotFound: not the viewer's order
    :raises MoveNotAllowed: something of it is shipped, or it ended
    :raises AddressIncomplete: a required part is missing
    :raises AddressNotReached: no such way goes there, or it is another country
    """
    check_buyer(viewer, order)
    lines = list(order.lines.order_by("id"))
    check_untouched(order, lines)
    return quote_until(order, lines, address, last_moment(now), now)


def last_moment(now: datetime) -> datetime:
    """Return until when a quote that is made now is good."""
    return now.replace(microsecond=0) + timedelta(seconds=settings.QUOTE_SECONDS)


def is_untouched(order: Order, lines: Sequence[OrderLine]) -> bool:
    """Tell whether an order is paid and nothing of it is on its way."""
    return order.status in OPEN and not any(line.shipped_quantity for line in lines)


def check_untouched(order: Order, lines: Sequence[OrderLine]) -> None:
    """:raises MoveNotAllowed: something of it is shipped, or it ended"""
    if not is_untouched(order, lines):
        raise MoveNotAllowed(current=order.status, target=order.status)


def quote_until(
    order: Order,
    lines: Sequence[OrderLine],
    address: Mapping[str, Any],
    expires_at: datetime,
    now: datetime,
) -> AddressQuote:
    """Compute the quote of an untouched order that is good until a moment.

    :raises AddressIncomplete, AddressNotReached: see quote_address
    """
    wanted = _wanted(order, address)
    quote = AddressQuote(
        order_id=order.id,
        address=wanted,
        before=order.delivery_price,
        delivery=order.delivery_price,
        promised_from=order.promised_from,
        promised_to=order.promised_to,
        is_moved=False,
        expires_at=expires_at,
    )
    if order.delivery_kind == DeliveryKind.COURIER:
        quote = _by_its_way(quote, order, lines, now)
    return replace(quote, digest=rules.digest(_payload(quote)))


def _wanted(order: Order, address: Mapping[str, Any]) -> dict[str, str]:
    if order.delivery_kind == DeliveryKind.PICKUP:
        given = {name: address.get(name, "") for name in _COLLECTOR}
        return clean_address({**order.ship_to, **given})
    wanted = clean_address(address)
    if missing := rules.missing_fields(wanted, needs_door=True):
        raise AddressIncomplete(fields=missing)
    return wanted


def _by_its_way(
    quote: AddressQuote, order: Order, lines: Sequence[OrderLine], now: datetime
) -> AddressQuote:
    """Move price and days by what lies between both ways. What was paid never falls below nothing."""
    if quote.address["country"] != order.ship_to["country"]:
        raise AddressNotReached
    before, after = (_way(order, lines, place, now) for place in (order.ship_to, quote.address))
    if before is None or after is None:
        raise AddressNotReached
    dearer = _charged(after, order) - _charged(before, order)
    return replace(
        quote,
        delivery=max(quote.before + dearer, Money.zero(order.currency)),
        promised_from=order.promised_from + (after.promised_from - before.promised_from),
        promised_to=order.promised_to + (after.promised_to - before.promised_to),
        is_moved=(before.promised_from, before.promised_to)
        != (after.promised_from, after.promised_to),
    )


def _charged(way: DeliveryOption, order: Order) -> Money:
    return pricing.in_currency(way.price, order.currency)


def _way(
    order: Order, lines: Sequence[OrderLine], place: Mapping[str, str], now: datetime
) -> DeliveryOption | None:
    offers = sellable_offers([line.offer_id for line in lines], languages=())
    units = [(offers[line.offer_id], line.active_quantity) for line in lines]
    found = delivery_options(
        from_country=units[0][0].warehouse_country or order.seller.country,
        to_country=place["country"],
        to_city=place["city"],
        parcels=[Parcel(count, offer.weight_grams, *offer.size_mm) for offer, count in units],
        handed_over_on=now.date(),
    )
    same = (way for way in found if (way.kind, way.carrier) == (order.delivery_kind, order.carrier))
    return next(same, None)


def _payload(quote: AddressQuote) -> dict[str, Any]:
    return {
        "order_id": str(quote.order_id),
        "address": quote.address,
        "before": encode(quote.before),
        "delivery": encode(quote.delivery),
        "promised_from": quote.promised_from.isoformat(),
        "promised_to": quote.promised_to.isoformat(),
        "expires_at": quote.expires_at.astimezone(UTC).isoformat(),
    }

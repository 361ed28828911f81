"""The ways to deliver each seller's parcel, as the second part of the checkout offers them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.catalog.selectors.offers import SellableOffer, sellable_offers
from apps.catalog.selectors.texts import in_language
from apps.core.money import Money
from apps.logistics.models import PickupPoint
from apps.logistics.selectors import pickup_points
from apps.logistics.types import DeliveryOption
from apps.orders.models import Checkout
from apps.orders.services.checkouts import ordered_lines
from apps.orders.services.quotes import Destination, options_by_seller
from apps.storefront.trade.order_steps import delivery_days
from apps.storefront.trade.point_map import PlainMap, plain_map

COURIER, PICKUP = "COURIER", "PICKUP"


@dataclass(frozen=True, slots=True)
class Way:
    kind: str
    carrier: str
    price: Money
    promised_from: date
    promised_to: date
    label: str
    detail: str = ""
    point_id: UUID | None = None
    # The number of the point's pin on the map.
    number: int = 0

    @property
    def value(self) -> str:
        """What the radio button sends."""
        return f"{self.kind}:{self.carrier}:{self.point_id or ''}"

    @property
    def days(self) -> str:
        return delivery_days(self.promised_from, self.promised_to)

    def as_choice(self) -> dict[str, str]:
        return {
            "kind": self.kind,
            "carrier": self.carrier,
            "pickup_point_id": str(self.point_id or ""),
        }


@dataclass(frozen=True, slots=True)
class SellerDelivery:
    seller_id: UUID
    name: str
    titles: tuple[str, ...]
    ways: tuple[Way, ...]
    chosen: str


def ways_of(checkout: Checkout, *, now: datetime) -> list[SellerDelivery]:
    """Return each seller's ways to the checkout's address, with the one that is chosen or cheapest."""
    language = get_language() or "en"
    lines = ordered_lines(checkout.cart)
    offers = sellable_offers([line.offer_id for line in lines], languages=[language])
    country, city = checkout.address.get("country", ""), checkout.address.get("city", "")
    options = options_by_seller(
        lines=lines,
        offers=offers,
        destination=Destination(country, city),
        currency=checkout.currency,
        now=now,
    )
    points = points_near(country, city)
    return [
        _seller_delivery(seller_id, found, offers, points, checkout, language)
        for seller_id, found in sorted(options.items())
    ]


def points_near(country: str, city: str) -> list[PickupPoint]:
    """The points of the city, or all of the country's where the city has none."""
    return pickup_points(country, city.strip()) or pickup_points(country)


def map_of(parcels: Sequence[SellerDelivery], country: str, city: str) -> PlainMap | None:
    """Draw the points that parcels can go to; a pin leads to the point in the first list that has it."""
    first: dict[UUID, str] = {}
    for parcel in parcels:
        for way in parcel.ways:
            if way.point_id:
                first.setdefault(way.point_id, f"way-{parcel.seller_id}-{way.point_id}")
    language = get_language() or "en"
    return plain_map(
        [
            (
                in_language(point.names, language) or point.address,
                first[point.id],
                float(point.latitude),
                float(point.longitude),
            )
            for point in points_near(country, city)
            if point.id in first
        ]
    )


def _seller_delivery(
    seller_id: UUID,
    options: list[DeliveryOption],
    offers: dict[UUID, SellableOffer],
    points: list[PickupPoint],
    checkout: Checkout,
    language: str,
) -> SellerDelivery:
    own = [offer for offer in offers.values() if offer.seller_id == seller_id]
    ways = [
        way
        for kind in (COURIER, PICKUP)
        for option in options
        if option.kind == kind
        for way in _ways(option, points, language)
    ]
    choice = checkout.deliveries.get(str(seller_id))
    chosen = ""
    if choice:
        chosen = f"{choice['kind']}:{choice['carrier']}:{choice.get('pickup_point_id') or ''}"
    if chosen not in {way.value for way in ways}:
        chosen = ways[0].value if ways else ""
    return SellerDelivery(
        seller_id=seller_id,
        name=own[0].seller_name,
        titles=tuple(in_language(offer.titles, language) or offer.sku for offer in own),
        ways=tuple(ways),
        chosen=chosen,
    )


def _ways(option: DeliveryOption, points: list[PickupPoint], language: str) -> list[Way]:
    terms = (option.kind, option.carrier, option.price, option.promised_from, option.promised_to)
    if option.kind == COURIER:
        return [Way(*terms, label=_("Courier to the door"))]
    return [
        Way(
            *terms,
            label=in_language(point.names, language) or point.address,
            detail=f"{point.city}, {point.address} · {point.hours}",
            point_id=point.id,
            number=number,
        )
        for number, point in enumerate(points, start=1)
    ]

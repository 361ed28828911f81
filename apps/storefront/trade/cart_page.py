"""The cart as its page shows it: by seller, in the visitor's currency, every change explained.

Prices are converted per unit and then multiplied, as the quote does, so that sums agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from apps.accounts import selectors as people
from apps.catalog.selectors.offers import SellableOffer
from apps.catalog.selectors.pictures import picture_of
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import Picture
from apps.core.formats import whole_figures
from apps.core.money import Money, total
from apps.core.viewer import Viewer
from apps.logistics.types import DeliveryOption
from apps.orders.selectors import CartLineView, cart_lines, cart_of
from apps.orders.services.quotes import Destination, options_by_seller
from apps.storefront.currency import shown
from apps.storefront.presenting import product_url


@dataclass(frozen=True, slots=True)
class ShownLine:
    """`old_unit` is the price that the shopper saw last, where another stands now; `struck_unit` is the
    offer's price before, which its card strikes.
    """

    line_id: UUID
    title: str
    options: str
    url: str
    picture: Picture | None
    quantity: int
    maximum: int
    unit: Money
    total: Money
    old_unit: Money | None
    struck_unit: Money | None
    is_sold_out: bool
    is_short: bool
    free: int

    @property
    def is_dearer(self) -> bool:
        return self.old_unit is not None and self.unit > self.old_unit

    @property
    def struck_total(self) -> Money | None:
        return self.struck_unit * self.quantity if self.struck_unit is not None else None

    @property
    def has_news(self) -> bool:
        return self.is_sold_out or self.is_short or self.old_unit is not None


@dataclass(frozen=True, slots=True)
class SellerPart:
    """`delivery` is the seller's cheapest way to the destination, None where there is none."""

    seller_id: UUID
    name: str
    lines: tuple[ShownLine, ...]
    subtotal: Money
    delivery: DeliveryOption | None


@dataclass(frozen=True, slots=True)
class ShownCart:
    sellers: tuple[SellerPart, ...]
    saved: tuple[ShownLine, ...]
    items: Money
    saving: Money
    unit_count: int
    city: str

    @property
    def lines(self) -> list[ShownLine]:
        return [line for part in self.sellers for line in part.lines]

    @property
    def before(self) -> Money:
        """The sum at struck prices."""
        return self.items + self.saving

    @property
    def is_empty(self) -> bool:
        return not self.sellers and not self.saved

    @property
    def has_news(self) -> bool:
        return any(line.has_news for line in self.lines)

    @property
    def can_check_out(self) -> bool:
        """Sold out and short lines must be settled first; a new price is shown again at the end."""
        return bool(self.sellers) and not any(
            line.is_sold_out or line.is_short for line in self.lines
        )


def shown_cart(viewer: Viewer, *, language: str, currency: str, now: datetime) -> ShownCart:
    """Return the viewer's cart as of now. A fixed number of queries, whatever lies in it."""
    views = cart_lines(cart_of(viewer), languages=[language])
    ordered = [view for view in views if not view.line.is_saved_for_later]
    place = _destination(viewer) if ordered else Destination("", "")
    deliveries = _deliveries(ordered, place, currency, now)
    grouped: dict[UUID, list[CartLineView]] = {}
    for view in ordered:
        grouped.setdefault(view.offer.seller_id, []).append(view)
    sellers = tuple(
        _part(parts, deliveries.get(seller_id), language, currency)
        for seller_id, parts in grouped.items()
    )
    counted = [line for part in sellers for line in part.lines if not line.is_sold_out]
    return ShownCart(
        sellers=sellers,
        saved=tuple(
            shown_line(view, language, currency) for view in views if view.line.is_saved_for_later
        ),
        items=total([part.subtotal for part in sellers], currency),
        saving=total(
            [line.struck_total - line.total for line in counted if line.struck_total is not None],
            currency,
        ),
        unit_count=sum(line.quantity for line in counted),
        city=place.city,
    )


def _destination(viewer: Viewer) -> Destination:
    """The first address of a customer; guests are shown the home country until they say more."""
    book = people.addresses(viewer)
    if book:
        return Destination(book[0].country, book[0].city)
    return Destination(settings.DELIVERY_COUNTRIES[0], "")


def _deliveries(
    ordered: Sequence[CartLineView], place: Destination, currency: str, now: datetime
) -> dict[UUID, DeliveryOption]:
    sellable = [view for view in ordered if not view.is_sold_out]
    options = options_by_seller(
        lines=[view.line for view in sellable],
        offers={view.offer.offer_id: view.offer for view in sellable},
        destination=place,
        currency=currency,
        now=now,
    )
    return {seller_id: ways[0] for seller_id, ways in options.items() if ways}


def _part(
    parts: Sequence[CartLineView], delivery: DeliveryOption | None, language: str, currency: str
) -> SellerPart:
    lines = tuple(shown_line(view, language, currency) for view in parts)
    return SellerPart(
        seller_id=parts[0].offer.seller_id,
        name=parts[0].offer.seller_name,
        lines=lines,
        subtotal=total([line.total for line in lines if not line.is_sold_out], currency),
        delivery=delivery,
    )


def shown_line(view: CartLineView, language: str, currency: str) -> ShownLine:
    unit = shown(view.offer.price, currency)
    seen = shown(view.seen, currency)
    struck = shown(view.offer.old_price, currency) if view.offer.old_price else None
    return ShownLine(
        line_id=view.line.id,
        quantity=view.line.quantity,
        maximum=max(min(view.offer.free, settings.MAX_UNITS_PER_LINE), 1),
        unit=unit,
        total=unit * view.line.quantity,
        old_unit=seen if seen != unit and not view.is_sold_out else None,
        struck_unit=struck if struck is not None and struck > unit else None,
        is_sold_out=view.is_sold_out,
        is_short=view.is_short,
        free=view.offer.free,
        **_described(view.offer, language),
    )


def _described(offer: SellableOffer, language: str) -> dict[str, Any]:
    slug = in_language(offer.slugs, language) or "item"
    return {
        "title": whole_figures(in_language(offer.titles, language) or offer.sku),
        "options": offer.option_labels.get(language, ""),
        "url": f"{product_url(slug, offer.short_id)}?sku={offer.sku}",
        "picture": picture_of(offer.image, language) if offer.image else None,
    }

"""Cards as a page shows them: prices in the visitor's currency, address, promise in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from apps.catalog.selectors.cards import cards
from apps.catalog.selectors.supply import supply_of
from apps.catalog.types import CardView, DispatchPoint, Picture
from apps.core.money import Money
from apps.storefront.currency import shown
from apps.storefront.promises import card_promise


@dataclass(frozen=True, slots=True)
class ShownCard:
    product_id: UUID
    short_id: str
    title: str
    brand: str
    price: Money
    old_price: Money | None
    lowest_30_days: Money | None
    discount_percent: int
    rating: float
    rating_count: int
    is_in_stock: bool
    has_choice: bool
    offer_id: UUID | None
    seller_name: str
    pictures: tuple[Picture, ...]
    url: str
    promise: str

    @property
    def picture(self) -> Picture | None:
        return self.pictures[0] if self.pictures else None

    @property
    def second_picture(self) -> Picture | None:
        return self.pictures[1] if len(self.pictures) > 1 else None


def shown_cards(
    product_ids: Sequence[UUID], *, language: str, currency: str, now: datetime
) -> list[ShownCard]:
    """Return the visible cards in the order of the ids. Two queries, for any number of them."""
    return present(cards(product_ids, language=language), currency=currency, now=now)


def present(views: Sequence[CardView], *, currency: str, now: datetime) -> list[ShownCard]:
    """Dress cards for a page. One query, for any number of them."""
    supply = supply_of([view.offer_id for view in views if view.offer_id])
    points = {offer_id: found.dispatch for offer_id, found in supply.items()}
    return [_shown_card(view, points, currency, now) for view in views]


def _shown_card(
    view: CardView, points: dict[UUID, DispatchPoint], currency: str, now: datetime
) -> ShownCard:
    point = points.get(view.offer_id) if view.offer_id else None
    is_promised = view.is_in_stock and point is not None
    return ShownCard(
        product_id=view.product_id,
        short_id=view.short_id,
        title=view.title,
        brand=view.brand,
        price=shown(view.price, currency),
        old_price=shown(view.old_price, currency) if view.old_price else None,
        lowest_30_days=shown(view.lowest_30_days, currency) if view.lowest_30_days else None,
        discount_percent=view.discount_percent,
        rating=view.rating,
        rating_count=view.rating_count,
        is_in_stock=view.is_in_stock,
        has_choice=view.has_choice,
        offer_id=view.offer_id,
        seller_name=view.seller_name,
        pictures=view.pictures,
        url=product_url(view.slug, view.short_id),
        promise=(
            card_promise(point, handling_days=view.handling_days, now=now)
            if is_promised and point
            else ""
        ),
    )


def product_url(slug: str, short_id: str) -> str:
    return reverse("storefront:product", kwargs={"slug": slug, "short_id": short_id})


def in_order(found: Iterable[ShownCard], product_ids: Sequence[UUID]) -> list[ShownCard]:
    """Pick the cards of `product_ids`, in that order, out of a larger set."""
    by_id = {card.product_id: card for card in found}
    return [by_id[product_id] for product_id in product_ids if product_id in by_id]

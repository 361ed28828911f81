"""Cards as a page shows them: prices in the visitor's currency, address, promise in words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language

from apps.catalog.selectors.cards import cards
from apps.catalog.types import CardView, DispatchPoint, Picture
from apps.core.formats import whole_figures
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
    """Return the visible cards in the order of the ids. One query, for any number of them."""
    return present(cards(product_ids, language=language), currency=currency, now=now)


def present(views: Sequence[CardView], *, currency: str, now: datetime) -> list[ShownCard]:
    """Dress cards for a page. No query is made here."""

    @cache
    def promise(point: DispatchPoint, handling_days: int) -> str:
        return card_promise(point, handling_days=handling_days, now=now)

    language = get_language() or "en"
    return [_shown_card(view, currency, language, promise) for view in views]


def _shown_card(
    view: CardView,
    currency: str,
    language: str,
    promise: Callable[[DispatchPoint, int], str],
) -> ShownCard:
    return ShownCard(
        product_id=view.product_id,
        short_id=view.short_id,
        title=whole_figures(view.title),
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
        url=_product_url(view.slug, view.short_id, language),
        promise=promise(view.dispatch, view.handling_days) if view.is_in_stock else "",
    )


def product_url(slug: str, short_id: str) -> str:
    """Return the address of a product's page in the active language."""
    return _product_url(slug, short_id, get_language() or "en")


def _product_url(slug: str, short_id: str, language: str) -> str:
    before, after = _product_address(language)
    return f"{before}{slug}-{short_id}{after}"


@lru_cache
def _product_address(_language: str) -> tuple[str, str]:
    """Return what stands around slug and short id: both are of letters, digits and hyphens alone."""
    address = reverse("storefront:product", kwargs={"slug": "slug", "short_id": "id"})
    before, _place, after = address.partition("slug-id")
    return before, after


def in_order(found: Iterable[ShownCard], product_ids: Sequence[UUID]) -> list[ShownCard]:
    """Pick the cards of `product_ids`, in that order, out of a larger set."""
    by_id = {card.product_id: card for card in found}
    return [by_id[product_id] for product_id in product_ids if product_id in by_id]

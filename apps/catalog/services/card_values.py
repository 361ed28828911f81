"""What a listing card shows, computed from its product, texts, pictures and offers: no query here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings

from apps.catalog.rules import BuyBoxEntry, buy_box_order
from apps.core.money import CURRENCIES

# Pictures that a card keeps: the one that shows and the one under the pointer.
IMAGES = 2


@dataclass(frozen=True, slots=True)
class CardSource:
    """A product without its offers. `texts` maps language to {"title", "slug"}."""

    is_published: bool
    category_path: str
    texts: Mapping[str, Mapping[str, str]]
    brand_id: int | None
    brand_name: str
    images: Sequence[Mapping[str, Any]]
    published_at: datetime | None
    rating_hundredths: int = 0
    rating_count: int = 0
    sales_count: int = 0


@dataclass(frozen=True, slots=True)
class CardOffer:
    """An offer that is for sale; `free` units could be bought now."""

    offer_id: UUID
    variant_id: UUID
    seller_id: UUID
    seller_name: str
    score_hundredths: int
    currency: str
    price_minor: int
    old_price_minor: int | None
    handling_days: int
    free: int
    price_base_minor: int


def base_minor(amount_minor: int, currency: str, rates: Mapping[str, Decimal]) -> int:
    """Convert for sorting and comparing only: never a price that anybody pays."""
    if currency == settings.BASE_CURRENCY:
        return amount_minor
    exponents = CURRENCIES[settings.BASE_CURRENCY].exponent - CURRENCIES[currency].exponent
    return int((amount_minor * rates.get(currency, Decimal(1))).scaleb(exponents))


def card_values(
    source: CardSource, offers: Sequence[CardOffer], lowest: Mapping[UUID, int], now: datetime
) -> dict[str, Any]:
    """Return the columns of ListingCard. `lowest` maps offers to their lowest price of 30 days."""
    best = _best(offers)
    return {
        "is_visible": source.is_published and best is not None and bool(source.texts),
        "category_path": source.category_path,
        "texts": source.texts,
        "brand_id": source.brand_id,
        "brand_name": source.brand_name,
        "has_choice": len({offer.variant_id for offer in offers}) > 1,
        "images": list(source.images),
        "rating_hundredths": source.rating_hundredths,
        "rating_count": source.rating_count,
        "sales_count": source.sales_count,
        "published_at": source.published_at,
        "updated_at": now,
        **_offer_values(best, offers, lowest),
    }


def _best(offers: Sequence[CardOffer]) -> CardOffer | None:
    """The buy box of the cheapest variant in stock (or of the cheapest, when all are sold out)."""
    if not offers:
        return None
    shown = min(offers, key=lambda o: (o.free <= 0, o.price_base_minor, str(o.offer_id)))
    rivals = {o.offer_id: o for o in offers if o.variant_id == shown.variant_id}
    if len(rivals) == 1:
        return shown
    order = buy_box_order(
        [
            BuyBoxEntry(
                offer_id=o.offer_id,
                price_base_minor=o.price_base_minor,
                handling_days=o.handling_days,
                score_hundredths=o.score_hundredths,
                has_stock=o.free > 0,
            )
            for o in rivals.values()
        ]
    )
    return rivals[order[0].offer_id]  # type: ignore[index]  # the id of one of the rivals


def _offer_values(
    best: CardOffer | None, offers: Sequence[CardOffer], lowest: Mapping[UUID, int]
) -> dict[str, Any]:
    if best is None:
        return {
            "offer_id": None,
            "variant_id": None,
            "seller_name": "",
            "seller_ids": [],
            "is_in_stock": False,
            "price_minor": 0,
            "old_price_minor": None,
            "lowest_30_days_minor": None,
            "price_base_minor": 0,
        }
    return {
        "offer_id": best.offer_id,
        "variant_id": best.variant_id,
        "seller_name": best.seller_name,
        "seller_ids": sorted({offer.seller_id for offer in offers}),
        "currency": best.currency,
        "price_minor": best.price_minor,
        "old_price_minor": best.old_price_minor,
        "lowest_30_days_minor": lowest.get(best.offer_id),
        "price_base_minor": best.price_base_minor,
        "is_in_stock": best.free > 0,
        "handling_days": best.handling_days,
    }

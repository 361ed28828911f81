"""The first cards of a load: what a rebuild would make of its rows, without reading them back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.catalog.models import ListingCard
from apps.catalog.services.card_values import (
    IMAGES,
    CardOffer,
    CardSource,
    base_minor,
    card_values,
)
from apps.catalog.services.cards import comparison_rates
from apps.catalog.services.loading.keys import NewOffer, NewProduct
from apps.catalog.services.products import PictureDraft
from apps.core.copying import copy_rows
from apps.sellers.models import Seller

_COLUMNS = (
    *("product_id", "is_visible", "category_path", "texts", "brand_id", "brand_name", "offer_id"),
    *("variant_id", "seller_name", "seller_ids", "currency", "price_minor", "old_price_minor"),
    *("lowest_30_days_minor", "price_base_minor", "is_in_stock", "handling_days", "has_choice"),
    *("images", "rating_hundredths", "rating_count", "sales_count", "published_at", "updated_at"),
)
_UNPRICED = {"currency": "", "handling_days": 1}


def write_cards(made: Sequence[NewProduct], now: datetime) -> None:
    sellers = Seller.objects.filter(status=Seller.Status.ACTIVE).in_bulk(
        {offer.draft.seller_id for one in made for offer in one.offers}
    )
    rates = comparison_rates()
    copy_rows(ListingCard, _COLUMNS, (_row(one, sellers, rates, now) for one in made))


def _row(
    one: NewProduct, sellers: Mapping[UUID, Seller], rates: Mapping[str, Decimal], now: datetime
) -> list[Any]:
    offers = [
        _offer(offer, sellers[offer.draft.seller_id], rates)
        for offer in one.offers
        if offer.draft.seller_id in sellers
    ]
    lowest = {offer.id: _lowest(offer) for offer in one.offers if len(offer.prices) > 1}
    values = _UNPRICED | card_values(_source(one), offers, lowest, now)
    return [one.id, *(values[name] for name in _COLUMNS[1:])]


def _source(one: NewProduct) -> CardSource:
    draft = one.load.draft
    return CardSource(
        is_published=draft.category.is_visible,
        category_path=draft.category.path,
        texts={
            language: {"title": title, "slug": slug}
            for language, (title, _description, slug) in one.texts.items()
        },
        brand_id=draft.brand.pk if draft.brand else None,
        brand_name=draft.brand.name if draft.brand else "",
        images=[_image(draft) for _place, draft in [*one.pictures.values()][:IMAGES]],
        published_at=one.load.published_at,
        sales_count=one.load.sales_count,
    )


def _image(draft: PictureDraft) -> dict[str, Any]:
    stored = draft.stored
    return {
        "hash": stored.content_hash,
        "widths": stored.widths,
        "width": stored.width,
        "height": stored.height,
        "preview": stored.preview,
        "alt": dict(draft.alt),
    }


def _offer(one: NewOffer, seller: Seller, rates: Mapping[str, Decimal]) -> CardOffer:
    terms = one.draft.terms
    return CardOffer(
        offer_id=one.id,
        variant_id=one.variant_id,
        seller_id=seller.id,
        seller_name=seller.name,
        score_hundredths=seller.rating_hundredths,
        currency=terms.price.currency,
        price_minor=terms.price.minor,
        old_price_minor=terms.old_price.minor if terms.old_price else None,
        handling_days=terms.handling_days,
        free=sum(units for units, _stock_id, _place in one.stocks),
        price_base_minor=base_minor(terms.price.minor, terms.price.currency, rates),
    )


def _lowest(one: NewOffer) -> int:
    """A new offer had one price before at most, until its present one began."""
    return min(minor for minor, _since, until in one.prices if until is not None)

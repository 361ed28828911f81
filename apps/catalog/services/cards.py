"""Listing cards: rebuild what a grid shows of a product from all that it is made of.

Invariant: a card's version rises with each rebuild, under a lock on the product's row, so the last
rebuild saw everything that the earlier ones saw.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q, QuerySet, Sum

from apps.catalog.events import ListingCardChanged
from apps.catalog.models import ComparisonRate, ListingCard, Offer, OfferPrice, Product, Stock
from apps.catalog.rules import BuyBoxEntry, buy_box_order
from apps.core.money import CURRENCIES
from apps.core.outbox import emit
from apps.sellers.models import Seller

LOWEST_WINDOW = timedelta(days=30)


@transaction.atomic
def set_comparison_rates(*, rates: Mapping[str, Decimal]) -> None:
    """Take over from pricing what one unit of each currency is worth in settings.BASE_CURRENCY."""
    ComparisonRate.objects.all().delete()
    ComparisonRate.objects.bulk_create(
        ComparisonRate(currency=currency, base_per_unit=rate) for currency, rate in rates.items()
    )


def comparison_rates() -> dict[str, Decimal]:
    return dict(ComparisonRate.objects.values_list("currency", "base_per_unit"))


def base_minor(amount_minor: int, currency: str, rates: Mapping[str, Decimal]) -> int:
    """Convert for sorting and comparing only: never a price that anybody pays."""
    if currency == settings.BASE_CURRENCY:
        return amount_minor
    exponents = CURRENCIES[settings.BASE_CURRENCY].exponent - CURRENCIES[currency].exponent
    return int((amount_minor * rates.get(currency, Decimal(1))).scaleb(exponents))


@dataclass(frozen=True, slots=True)
class _Candidate:
    offer: Offer
    free: int
    price_base_minor: int


@transaction.atomic
def rebuild_card(*, product_id: UUID, now: datetime) -> ListingCard:
    """Rebuild one product's card. Emits ListingCardChanged."""
    product = (
        Product.objects.select_for_update(of=("self",), no_key=True)
        .select_related("category", "brand")
        .get(id=product_id)
    )
    candidates = _candidates([product_id])
    lowest = lowest_prices([candidate.offer.id for candidate in candidates], now=now)
    values = _values(product, candidates, lowest, now)
    card, created = ListingCard.objects.get_or_create(product_id=product_id, defaults=values)
    paths = {card.category_path, values["category_path"]}
    if not created:
        ListingCard.objects.filter(product_id=product_id).update(version=F("version") + 1, **values)
        card.refresh_from_db()
    emit(
        ListingCardChanged(
            product_id=product_id,
            version=card.version,
            is_visible=card.is_visible,
            category_paths=tuple(sorted(paths)),
        )
    )
    return card


@transaction.atomic
def build_first_cards(*, product_ids: Sequence[UUID], now: datetime) -> int:
    """Build the cards of new products, in a few queries for all; return how many were missing.

    Emits nothing: whoever loads products in bulk has the search index rebuilt in bulk afterwards.
    """
    products = list(
        Product.objects.filter(id__in=product_ids, card=None)
        .select_related("category", "brand")
        .prefetch_related("texts", "images")
        .order_by("id")
    )
    by_product: dict[UUID, list[_Candidate]] = {}
    for candidate in _candidates([product.id for product in products]):
        by_product.setdefault(candidate.offer.variant.product_id, []).append(candidate)
    shown = [c.offer.id for candidates in by_product.values() for c in candidates]
    lowest = lowest_prices(shown, now=now)
    ListingCard.objects.bulk_create(
        ListingCard(
            product=product, **_values(product, by_product.get(product.id, []), lowest, now)
        )
        for product in products
    )
    return len(products)


def _values(
    product: Product, candidates: list[_Candidate], lowest: Mapping[UUID, int], now: datetime
) -> dict[str, Any]:
    best = _best(candidates)
    texts = {
        text.language: {"title": text.title, "slug": text.slug} for text in product.texts.all()
    }
    return {
        "is_visible": (
            product.status == Product.Status.PUBLISHED
            and best is not None
            and bool(texts)
            and product.category.is_visible
        ),
        "category_path": product.category.path,
        "texts": texts,
        "brand_id": product.brand_id,
        "brand_name": product.brand.name if product.brand else "",
        "has_choice": len({c.offer.variant_id for c in candidates}) > 1,
        "images": _images(product),
        "rating_hundredths": product.rating_hundredths,
        "rating_count": product.rating_count,
        "sales_count": product.sales_count,
        "published_at": product.published_at,
        "updated_at": now,
        **_offer_values(best, candidates, lowest),
    }


def _candidates(product_ids: Sequence[UUID]) -> list[_Candidate]:
    offers = list(
        Offer.objects.filter(
            variant__product_id__in=product_ids,
            variant__is_active=True,
            is_active=True,
            seller__status=Seller.Status.ACTIVE,
        )
        .select_related("seller", "variant")
        .prefetch_related("components")
    )
    free, rates = free_units(offers), comparison_rates()
    return [
        _Candidate(offer, free[offer.id], base_minor(offer.price_minor, offer.currency, rates))
        for offer in offers
    ]


def _lying_in(rows: QuerySet[Stock], warehouse_ids: Collection[UUID] | None) -> QuerySet[Stock]:
    return rows if warehouse_ids is None else rows.filter(warehouse_id__in=warehouse_ids)


def free_units(
    offers: Sequence[Offer], warehouse_ids: Collection[UUID] | None = None
) -> dict[UUID, int]:
    """Return how many units of each offer could be bought now (components prefetched).

    `warehouse_ids` counts what lies there alone.
    """
    item_ids = {part.item_id for offer in offers for part in offer.components.all()}
    rows = (
        _lying_in(Stock.objects.filter(item_id__in=item_ids), warehouse_ids)
        .values("item_id")
        .annotate(free=Sum(F("on_hand") - F("reserved")))
    )
    by_item = {row["item_id"]: row["free"] for row in rows}
    return {
        offer.id: min(
            (by_item.get(part.item_id, 0) // part.quantity for part in offer.components.all()),
            default=0,
        )
        for offer in offers
    }


def _best(candidates: list[_Candidate]) -> _Candidate | None:
    """The buy box of the cheapest variant in stock (or of the cheapest, when all are sold out)."""
    if not candidates:
        return None
    shown = min(candidates, key=lambda c: (c.free <= 0, c.price_base_minor, str(c.offer.id)))
    rivals = {c.offer.id: c for c in candidates if c.offer.variant_id == shown.offer.variant_id}
    order = buy_box_order(
        [
            BuyBoxEntry(
                offer_id=c.offer.id,
                price_base_minor=c.price_base_minor,
                handling_days=c.offer.handling_days,
                score_hundredths=c.offer.seller.rating_hundredths,
                has_stock=c.free > 0,
            )
            for c in rivals.values()
        ]
    )
    return rivals[order[0].offer_id]  # type: ignore[index]  # the id of one of the rivals


def _offer_values(
    best: _Candidate | None, candidates: list[_Candidate], lowest: Mapping[UUID, int]
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
    offer = best.offer
    return {
        "offer_id": offer.id,
        "variant_id": offer.variant_id,
        "seller_name": offer.seller.name,
        "seller_ids": sorted({c.offer.seller_id for c in candidates}),
        "currency": offer.currency,
        "price_minor": offer.price_minor,
        "old_price_minor": offer.old_price_minor,
        "lowest_30_days_minor": lowest.get(offer.id),
        "price_base_minor": best.price_base_minor,
        "is_in_stock": best.free > 0,
        "handling_days": offer.handling_days,
    }


def lowest_prices(offer_ids: Sequence[UUID], *, now: datetime) -> dict[UUID, int]:
    """Return the lowest price of each offer in the 30 days up to now (minor units)."""
    rows = (
        OfferPrice.objects.filter(offer_id__in=offer_ids, min_quantity=1)
        .filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=now - LOWEST_WINDOW))
        .values("offer_id")
        .annotate(lowest=Min("price_minor"))
    )
    return {row["offer_id"]: row["lowest"] for row in rows}


def _images(product: Product) -> list[dict[str, Any]]:
    return [
        {
            "hash": image.content_hash,
            "widths": image.renditions,
            "width": image.width,
            "height": image.height,
            "preview": image.preview,
            "alt": image.alt,
        }
        for image in product.images.all()[:2]
    ]

"""Listing cards: rebuild what a grid shows of a product from all that it is made of.

Invariant: a card's version rises with each rebuild, under a lock on the product's row, so the last
rebuild saw everything that the earlier ones saw.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from apps.catalog.events import ListingCardChanged
from apps.catalog.models import (
    ComparisonRate,
    ListingCard,
    Offer,
    Product,
    ProductImage,
    Stock,
)
from apps.catalog.selectors.earlier_prices import lowest_prices
from apps.catalog.services.card_values import (
    IMAGES,
    CardOffer,
    CardSource,
    base_minor,
    card_values,
)
from apps.core.outbox import emit
from apps.sellers.models import Seller


@transaction.atomic
def set_comparison_rates(*, rates: Mapping[str, Decimal]) -> None:
    """Take over from pricing what one unit of each currency is worth in settings.BASE_CURRENCY."""
    ComparisonRate.objects.all().delete()
    ComparisonRate.objects.bulk_create(
        ComparisonRate(currency=currency, base_per_unit=rate) for currency, rate in rates.items()
    )


def comparison_rates() -> dict[str, Decimal]:
    return dict(ComparisonRate.objects.values_list("currency", "base_per_unit"))


@transaction.atomic
def rebuild_card(*, product_id: UUID, now: datetime) -> ListingCard:
    """Rebuild one product's card. Emits ListingCardChanged."""
    product = (
        Product.objects.select_for_update(of=("self",), no_key=True)
        .select_related("category", "brand")
        .get(id=product_id)
    )
    offers = _offers(product_id)
    lowest = lowest_prices([offer.offer_id for offer in offers])
    values = card_values(_source(product), offers, lowest, now)
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


def _source(product: Product) -> CardSource:
    return CardSource(
        is_published=product.status == Product.Status.PUBLISHED and product.category.is_visible,
        category_path=product.category.path,
        texts={
            text.language: {"title": text.title, "slug": text.slug} for text in product.texts.all()
        },
        brand_id=product.brand_id,
        brand_name=product.brand.name if product.brand else "",
        images=[_image(image) for image in product.images.all()[:IMAGES]],
        rating_hundredths=product.rating_hundredths,
        rating_count=product.rating_count,
        sales_count=product.sales_count,
        published_at=product.published_at,
    )


def _offers(product_id: UUID) -> list[CardOffer]:
    offers = list(
        Offer.objects.filter(
            variant__product_id=product_id,
            variant__is_active=True,
            is_active=True,
            seller__status=Seller.Status.ACTIVE,
        )
        .select_related("seller")
        .prefetch_related("components")
    )
    free, rates = free_units(offers), comparison_rates()
    return [
        CardOffer(
            offer_id=offer.id,
            variant_id=offer.variant_id,
            seller_id=offer.seller_id,
            seller_name=offer.seller.name,
            score_hundredths=offer.seller.rating_hundredths,
            currency=offer.currency,
            price_minor=offer.price_minor,
            old_price_minor=offer.old_price_minor,
            handling_days=offer.handling_days,
            free=free[offer.id],
            price_base_minor=base_minor(offer.price_minor, offer.currency, rates),
        )
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


def _image(image: ProductImage) -> dict[str, Any]:
    return {
        "hash": image.content_hash,
        "widths": image.renditions,
        "width": image.width,
        "height": image.height,
        "preview": image.preview,
        "alt": image.alt,
    }

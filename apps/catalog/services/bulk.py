"""Load many products at once: what create_product, create_offer and move_stock do, in few queries.

Invariant: the same rows come out as from those services: a price row per price, a movement per
stock row, one audit entry for the load. What was loaded before (by source and its id) is left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from apps.catalog.models import (
    InventoryItem,
    Offer,
    OfferComponent,
    OfferPrice,
    Product,
    ProductImage,
    ProductText,
    Stock,
    StockMovement,
    Variant,
    VariantCode,
)
from apps.catalog.services.cards import build_first_cards
from apps.catalog.services.offers import OfferTerms, PriceNotPositive
from apps.catalog.services.products import ProductDraft, slug_of
from apps.core.money import Money
from apps.core.services import audit
from apps.core.viewer import Viewer

ROWS = 2000


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """One seller's offer of the variant `sku`. `units` maps warehouse to units on hand.

    `earlier` is the price before this one and the moment at which it ended.
    """

    seller_id: UUID
    sku: str
    terms: OfferTerms
    since: datetime
    units: Mapping[UUID, int]
    earlier: tuple[Money, datetime] | None = None


@dataclass(frozen=True, slots=True)
class ProductLoad:
    """A product of an imported catalogue: its draft must carry source and source_id."""

    draft: ProductDraft
    offers: Sequence[OfferDraft]
    published_at: datetime
    sales_count: int = 0


@transaction.atomic
def load_products(
    *, source: str, loads: Sequence[ProductLoad], actor: Viewer, now: datetime
) -> dict[str, UUID]:
    """Create and publish the products that `source` has not given yet; return {source id: id} of those.

    Cards are built; no event is emitted (see build_first_cards).

    :raises PriceNotPositive: an offer's price is not more than zero, or an old price not above it
    """
    known = set(Product.objects.filter(source=source).values_list("source_id", flat=True))
    fresh = [load for load in loads if load.draft.source_id not in known]
    for load in fresh:
        _check(load)
    products = Product.objects.bulk_create((_product(load) for load in fresh), batch_size=ROWS)
    pairs = list(zip(products, fresh, strict=True))
    _write_texts(pairs)
    variants = _write_variants(pairs)
    _write_pictures(pairs)
    _write_offers(source, fresh, variants)
    build_first_cards(product_ids=[product.id for product in products], now=now)
    if products:
        audit.record(
            actor=actor,
            action="catalog.products_loaded",
            target_type="source",
            target_id=source,
            after={"products": len(products)},
        )
    return {load.draft.source_id: product.id for product, load in pairs}


def _check(load: ProductLoad) -> None:
    for offer in load.offers:
        old = offer.terms.old_price
        if offer.terms.price.minor <= 0 or (old and old <= offer.terms.price):
            raise PriceNotPositive


def _product(load: ProductLoad) -> Product:
    draft = load.draft
    return Product(
        category=draft.category,
        brand=draft.brand,
        attributes=dict(draft.attributes),
        variant_axes=list(draft.variant_axes),
        source=draft.source,
        source_id=draft.source_id,
        created_by_seller_id=draft.created_by_seller_id,
        tax_class=draft.tax_class,
        status=Product.Status.PUBLISHED,
        published_at=load.published_at,
        sales_count=load.sales_count,
    )


def _write_texts(pairs: Sequence[tuple[Product, ProductLoad]]) -> None:
    ProductText.objects.bulk_create(
        (
            ProductText(
                product=product,
                language=language,
                title=title,
                description=description,
                slug=slug_of(title),
            )
            for product, load in pairs
            for language, (title, description) in load.draft.texts.items()
        ),
        batch_size=ROWS,
    )


def _write_variants(pairs: Sequence[tuple[Product, ProductLoad]]) -> dict[str, Variant]:
    drafts = [
        (product, position, draft)
        for product, load in pairs
        for position, draft in enumerate(load.draft.variants)
    ]
    variants = Variant.objects.bulk_create(
        (
            Variant(
                product=product,
                sku=draft.sku,
                options=dict(draft.options),
                weight_grams=draft.weight_grams,
                length_mm=draft.size_mm[0],
                width_mm=draft.size_mm[1],
                height_mm=draft.size_mm[2],
                position=position,
            )
            for product, position, draft in drafts
        ),
        batch_size=ROWS,
    )
    VariantCode.objects.bulk_create(
        (
            VariantCode(variant=variant, gtin=gtin)
            for variant, (_product, _position, draft) in zip(variants, drafts, strict=True)
            for gtin in draft.gtins
        ),
        batch_size=ROWS,
    )
    return {variant.sku: variant for variant in variants}


def _write_pictures(pairs: Sequence[tuple[Product, ProductLoad]]) -> None:
    ProductImage.objects.bulk_create(
        (
            ProductImage(
                product=product,
                options=dict(picture.options),
                content_hash=picture.stored.content_hash,
                width=picture.stored.width,
                height=picture.stored.height,
                renditions=picture.stored.widths,
                preview=picture.stored.preview,
                alt=dict(picture.alt),
                position=position,
            )
            for product, load in pairs
            for position, picture in enumerate(load.draft.pictures)
        ),
        batch_size=ROWS,
        ignore_conflicts=True,
    )


def _write_offers(
    source: str, loads: Sequence[ProductLoad], variants: Mapping[str, Variant]
) -> None:
    drafts = [draft for load in loads for draft in load.offers]
    items = InventoryItem.objects.bulk_create(
        (
            InventoryItem(
                seller_id=draft.seller_id,
                seller_sku=draft.sku,
                variant=variants[draft.sku],
                condition=draft.terms.condition,
            )
            for draft in drafts
        ),
        batch_size=ROWS,
    )
    offers = Offer.objects.bulk_create(
        (
            Offer(
                seller_id=draft.seller_id,
                variant=variants[draft.sku],
                condition=draft.terms.condition,
                currency=draft.terms.price.currency,
                price_minor=draft.terms.price.minor,
                old_price_minor=draft.terms.old_price.minor if draft.terms.old_price else None,
                handling_days=draft.terms.handling_days,
            )
            for draft in drafts
        ),
        batch_size=ROWS,
    )
    OfferComponent.objects.bulk_create(
        (OfferComponent(offer=offer, item=item) for offer, item in zip(offers, items, strict=True)),
        batch_size=ROWS,
    )
    OfferPrice.objects.bulk_create(
        (
            row
            for offer, draft in zip(offers, drafts, strict=True)
            for row in _price_rows(offer, draft)
        ),
        batch_size=ROWS,
    )
    _write_stock(source, drafts, items)


def _price_rows(offer: Offer, draft: OfferDraft) -> list[OfferPrice]:
    price = draft.terms.price.minor
    if draft.earlier is None:
        span = DateTimeTZRange(draft.since, None, "[)")
        return [OfferPrice(offer=offer, price_minor=price, valid=span)]
    before, until = draft.earlier
    spans = (
        (before.minor, DateTimeTZRange(draft.since, until, "[)")),
        (price, DateTimeTZRange(until, None, "[)")),
    )
    return [OfferPrice(offer=offer, price_minor=minor, valid=span) for minor, span in spans]


def _write_stock(source: str, drafts: Sequence[OfferDraft], items: Sequence[InventoryItem]) -> None:
    rows = Stock.objects.bulk_create(
        (
            Stock(item=item, warehouse_id=warehouse_id, on_hand=units)
            for item, draft in zip(items, drafts, strict=True)
            for warehouse_id, units in draft.units.items()
        ),
        batch_size=ROWS,
    )
    StockMovement.objects.bulk_create(
        (
            StockMovement(
                stock=row,
                kind=StockMovement.Kind.RECEIPT,
                quantity=row.on_hand,
                key=f"load:{source}:{row.item_id}:{row.warehouse_id}",
            )
            for row in rows
            if row.on_hand
        ),
        batch_size=ROWS,
    )

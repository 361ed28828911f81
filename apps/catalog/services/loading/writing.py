"""Write the rows of a load, table by table, parents first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

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
from apps.catalog.services.loading.cards import write_cards
from apps.catalog.services.loading.drafts import ProductLoad
from apps.catalog.services.loading.keys import NewOffer, NewProduct, with_keys
from apps.core.copying import copy_rows


def write(*, source: str, loads: Sequence[ProductLoad], now: datetime) -> dict[str, UUID]:
    """Write products that were checked, with all that hangs on them; return {source id: product id}."""
    made = with_keys(loads)
    _write_products(made)
    _write_variants(made)
    _write_pictures(made)
    offers = [offer for one in made for offer in one.offers]
    _write_offers(offers)
    _write_stock(source, offers)
    write_cards(made, now)
    return {one.load.draft.source_id: one.id for one in made}


def _write_products(made: Sequence[NewProduct]) -> None:
    copy_rows(
        Product,
        (
            *("id", "category_id", "brand_id", "attributes", "variant_axes", "source", "source_id"),
            *("created_by_seller_id", "tax_class", "status", "published_at", "sales_count"),
        ),
        (
            (
                one.id,
                draft.category.pk,
                draft.brand.pk if draft.brand else None,
                dict(draft.attributes),
                list(draft.variant_axes),
                draft.source,
                draft.source_id,
                draft.created_by_seller_id,
                draft.tax_class,
                Product.Status.PUBLISHED,
                one.load.published_at,
                one.load.sales_count,
            )
            for one in made
            for draft in (one.load.draft,)
        ),
    )
    copy_rows(
        ProductText,
        ("product_id", "language", "title", "description", "slug"),
        (
            (one.id, language, title, description, slug)
            for one in made
            for language, (title, description, slug) in one.texts.items()
        ),
    )


def _write_variants(made: Sequence[NewProduct]) -> None:
    copy_rows(
        Variant,
        (
            *("id", "product_id", "sku", "options", "weight_grams"),
            *("length_mm", "width_mm", "height_mm", "position"),
        ),
        (
            (
                *(variant_id, one.id, draft.sku, dict(draft.options), draft.weight_grams),
                *(*draft.size_mm, position),
            )
            for one in made
            for position, (variant_id, draft) in enumerate(one.variants)
        ),
    )
    copy_rows(
        VariantCode,
        ("variant_id", "gtin"),
        (
            (variant_id, gtin)
            for one in made
            for variant_id, draft in one.variants
            for gtin in dict.fromkeys(draft.gtins)
        ),
    )


def _write_pictures(made: Sequence[NewProduct]) -> None:
    copy_rows(
        ProductImage,
        (
            *("product_id", "options", "content_hash", "width", "height"),
            *("renditions", "preview", "alt", "position"),
        ),
        (
            (
                *(one.id, dict(draft.options), content_hash, stored.width, stored.height),
                *(stored.widths, stored.preview, dict(draft.alt), place),
            )
            for one in made
            for content_hash, (place, draft) in one.pictures.items()
            for stored in (draft.stored,)
        ),
    )


def _write_offers(offers: Sequence[NewOffer]) -> None:
    copy_rows(
        InventoryItem,
        ("id", "seller_id", "seller_sku", "variant_id", "condition"),
        (
            (one.item_id, draft.seller_id, draft.sku, one.variant_id, draft.terms.condition)
            for one in offers
            for draft in (one.draft,)
        ),
    )
    copy_rows(
        Offer,
        (
            *("id", "seller_id", "variant_id", "condition", "currency"),
            *("price_minor", "old_price_minor", "handling_days"),
        ),
        (
            (
                *(one.id, one.draft.seller_id, one.variant_id, terms.condition),
                *(terms.price.currency, terms.price.minor),
                *(terms.old_price.minor if terms.old_price else None, terms.handling_days),
            )
            for one in offers
            for terms in (one.draft.terms,)
        ),
    )
    copy_rows(OfferComponent, ("offer_id", "item_id"), ((one.id, one.item_id) for one in offers))
    copy_rows(
        OfferPrice,
        ("offer_id", "price_minor", "valid"),
        (
            (one.id, minor, DateTimeTZRange(since, until, "[)"))
            for one in offers
            for minor, since, until in one.prices
        ),
    )


def _write_stock(source: str, offers: Sequence[NewOffer]) -> None:
    copy_rows(
        Stock,
        ("id", "item_id", "warehouse_id", "on_hand"),
        (
            (stock_id, one.item_id, place, units)
            for one in offers
            for units, stock_id, place in one.stocks
        ),
    )
    copy_rows(
        StockMovement,
        ("stock_id", "kind", "quantity", "key"),
        (
            (stock_id, StockMovement.Kind.RECEIPT, units, f"load:{source}:{one.item_id}:{place}")
            for one in offers
            for units, stock_id, place in one.stocks
            if units
        ),
    )

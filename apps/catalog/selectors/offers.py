"""Offers as carts and orders see them: terms, texts and packing data, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.catalog.selectors.attributes import NamedAttribute, named_attributes, options_in_words
from apps.catalog.selectors.supply import DISPATCH_OF_OFFER, FREE_OF_OFFER, dispatch_of
from apps.core.money import Money
from apps.core.sql import documents


@dataclass(frozen=True, slots=True)
class SellableOffer:
    """`is_buyable` is false for closed offers, hidden products and sellers that may not sell."""

    offer_id: UUID
    version: int
    is_buyable: bool
    free: int
    price: Money
    old_price: Money | None
    handling_days: int
    seller_id: UUID
    seller_name: str
    seller_slug: str
    seller_country: str
    seller_is_vat_payer: bool
    variant_id: UUID
    sku: str
    product_id: UUID
    short_id: str
    category_path: str
    tax_class: str
    slugs: dict[str, str]
    titles: dict[str, str]
    option_labels: dict[str, str]
    image: dict[str, Any] | None
    weight_grams: int
    size_mm: tuple[int, int, int]
    warehouse_country: str
    warehouse_zone: str
    warehouse_cutoff_hour: int
    warehouse_days: tuple[int, ...]


_SELLABLE = f"""
SELECT offer.id AS offer_id, offer.version, offer.currency, offer.price_minor, offer.old_price_minor,
  offer.handling_days,
  offer.is_active AND variant.is_active AND product.status = 'PUBLISHED' AND category.is_visible
    AND seller.status = 'ACTIVE' AND card.product_id IS NOT NULL AS is_open,
  ({FREE_OF_OFFER.format(offer="offer.id")}) AS free, dispatch.place,
  seller.id AS seller_id, seller.name AS seller_name, seller.slug AS seller_slug,
  seller.country AS seller_country, seller.is_vat_payer AS seller_is_vat_payer,
  variant.id AS variant_id, variant.sku, variant.options, variant.weight_grams,
  variant.length_mm, variant.width_mm, variant.height_mm,
  product.id AS product_id, product.short_id, product.tax_class, category.path AS category_path,
  (SELECT json_object_agg(text.language, json_build_object('title', text.title, 'slug', text.slug))
    FROM catalog_producttext AS text WHERE text.product_id = product.id) AS texts,
  (SELECT json_agg(json_build_object('hash', image.content_hash, 'widths', image.renditions,
      'width', image.width, 'height', image.height, 'alt', image.alt, 'options', image.options)
      ORDER BY image.position, image.id)
    FROM catalog_productimage AS image WHERE image.product_id = product.id) AS images
FROM catalog_offer AS offer
JOIN sellers_seller AS seller ON seller.id = offer.seller_id
JOIN catalog_variant AS variant ON variant.id = offer.variant_id
JOIN catalog_product AS product ON product.id = variant.product_id
JOIN catalog_category AS category ON category.id = product.category_id
LEFT JOIN catalog_listingcard AS card ON card.product_id = product.id
LEFT JOIN LATERAL ({DISPATCH_OF_OFFER.format(offer="offer.id")}) AS dispatch ON TRUE
WHERE offer.id = ANY(%(offers)s)
"""  # noqa: S608  our own fragments


def sellable_offers(
    offer_ids: Sequence[UUID], *, languages: Sequence[str]
) -> dict[UUID, SellableOffer]:
    """Return offers by id, whatever their state. Two queries; one where no languages are asked for."""
    if not offer_ids:
        return {}
    rows = documents(_SELLABLE, {"offers": list(offer_ids)})
    codes = {code for row in rows for code in row["options"]} if languages else set()
    attributes = named_attributes(codes)
    return {UUID(row["offer_id"]): _sellable(row, attributes, languages) for row in rows}


def _sellable(
    row: Mapping[str, Any], attributes: Mapping[str, NamedAttribute], languages: Sequence[str]
) -> SellableOffer:
    texts = row["texts"] or {}
    warehouse = dispatch_of(row["place"])
    old = row["old_price_minor"]
    return SellableOffer(
        offer_id=UUID(row["offer_id"]),
        version=row["version"],
        is_buyable=row["is_open"] and row["place"] is not None,
        free=row["free"],
        price=Money(row["price_minor"], row["currency"]),
        old_price=Money(old, row["currency"]) if old else None,
        handling_days=row["handling_days"],
        seller_id=UUID(row["seller_id"]),
        seller_name=row["seller_name"],
        seller_slug=row["seller_slug"],
        seller_country=row["seller_country"],
        seller_is_vat_payer=row["seller_is_vat_payer"],
        variant_id=UUID(row["variant_id"]),
        sku=row["sku"],
        product_id=UUID(row["product_id"]),
        short_id=row["short_id"],
        category_path=row["category_path"],
        tax_class=row["tax_class"],
        slugs={language: text["slug"] for language, text in texts.items()},
        titles={language: text["title"] for language, text in texts.items()},
        option_labels={
            language: options_in_words(row["options"], attributes, language)
            for language in languages
        },
        image=image_for(row["images"] or [], row["options"]),
        weight_grams=row["weight_grams"],
        size_mm=(row["length_mm"], row["width_mm"], row["height_mm"]),
        warehouse_country=warehouse.country,
        warehouse_zone=warehouse.time_zone,
        warehouse_cutoff_hour=warehouse.cutoff_hour,
        warehouse_days=warehouse.working_days,
    )


def image_for(
    images: Sequence[Mapping[str, Any]], options: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return the picture that shows these options best, as ListingCard.images keeps one."""
    for image in images:
        wanted = image["options"]
        if wanted and all(options.get(code) == value for code, value in wanted.items()):
            return _stored(image)
    return _stored(images[0]) if images else None


def _stored(image: Mapping[str, Any]) -> dict[str, Any]:
    return {name: image[name] for name in ("hash", "widths", "width", "height", "alt")}

"""Offers as carts and orders see them: terms, texts and packing data, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.catalog.models import Attribute, Offer, Stock
from apps.catalog.selectors.products import option_label
from apps.catalog.selectors.texts import in_language
from apps.catalog.services.cards import free_units
from apps.core.money import Money
from apps.sellers.models import Seller


@dataclass(frozen=True, slots=True)
class SellableOffer:
    """`is_buyable` is false for closed offers, hidden products and sellers that may not sell."""

    offer_id: UUID
    version: int
    is_buyable: bool
    free: int
    price: Money
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


def sellable_offers(
    offer_ids: Sequence[UUID], *, languages: Sequence[str]
) -> dict[UUID, SellableOffer]:
    """Return offers by id, whatever their state. Nine queries at most."""
    offers = list(
        Offer.objects.filter(id__in=offer_ids)
        .select_related("seller", "variant__product__category", "variant__product__card")
        .prefetch_related("components", "variant__product__texts", "variant__product__images")
    )
    free = free_units(offers)
    warehouses = _warehouses([part.item_id for offer in offers for part in offer.components.all()])
    attributes = axis_attributes(offers)
    return {
        offer.id: _sellable(offer, free[offer.id], warehouses, attributes, languages)
        for offer in offers
    }


def axis_attributes(offers: Sequence[Offer]) -> dict[str, Attribute]:
    """Return the attributes that tell the offers' variants apart, by code. Two queries."""
    codes = {code for offer in offers for code in offer.variant.options}
    rows = Attribute.objects.filter(code__in=codes).prefetch_related("options")
    return {attribute.code: attribute for attribute in rows}


def _warehouses(item_ids: Sequence[UUID]) -> dict[UUID, Stock]:
    rows = Stock.objects.filter(item_id__in=item_ids).select_related("warehouse")
    # The fullest warehouse comes last and wins.
    return {row.item_id: row for row in rows.order_by("on_hand", "id")}


def _sellable(
    offer: Offer,
    free: int,
    warehouses: dict[UUID, Stock],
    attributes: dict[str, Attribute],
    languages: Sequence[str],
) -> SellableOffer:
    variant = offer.variant
    product = variant.product
    texts = {text.language: text for text in product.texts.all()}
    parts = list(offer.components.all())
    stock = warehouses.get(parts[0].item_id) if parts else None
    warehouse = stock.warehouse if stock else None
    card = getattr(product, "card", None)
    return SellableOffer(
        offer_id=offer.id,
        version=offer.version,
        is_buyable=bool(
            offer.is_active
            and variant.is_active
            and product.status == product.Status.PUBLISHED
            and product.category.is_visible
            and offer.seller.status == Seller.Status.ACTIVE
            and card is not None
            and warehouse is not None
        ),
        free=max(free, 0),
        price=offer.price,
        handling_days=offer.handling_days,
        seller_id=offer.seller_id,
        seller_name=offer.seller.name,
        seller_slug=offer.seller.slug,
        seller_country=offer.seller.country,
        seller_is_vat_payer=offer.seller.is_vat_payer,
        variant_id=variant.id,
        sku=variant.sku,
        product_id=product.id,
        short_id=product.short_id,
        category_path=product.category.path,
        tax_class=product.tax_class,
        slugs={language: text.slug for language, text in texts.items()},
        titles={language: text.title for language, text in texts.items()},
        option_labels={
            language: options_in_words(variant.options, attributes, language)
            for language in languages
        },
        image=image_for(product, variant.options),
        weight_grams=variant.weight_grams,
        size_mm=(variant.length_mm, variant.width_mm, variant.height_mm),
        warehouse_country=warehouse.country if warehouse else "",
        warehouse_zone=warehouse.time_zone if warehouse else "UTC",
        warehouse_cutoff_hour=warehouse.cutoff_hour if warehouse else 0,
        warehouse_days=tuple(warehouse.working_days) if warehouse else (),
    )


def options_in_words(
    options: dict[str, str], attributes: dict[str, Attribute], language: str
) -> str:
    """Write a variant's choices: "Colour: red, Size: M"."""
    parts = []
    for code, value in options.items():
        attribute = attributes.get(code)
        label = (in_language(attribute.labels, language) if attribute else None) or code
        parts.append(f"{label}: {option_label(attribute, value, language)}")
    return ", ".join(parts)


def image_for(product: Any, options: dict[str, str]) -> dict[str, Any] | None:
    """Return the stored picture that shows these options best (images prefetched)."""
    images = list(product.images.all())
    for image in images:
        if image.options and all(options.get(k) == v for k, v in image.options.items()):
            return _stored(image)
    return _stored(images[0]) if images else None


def _stored(image: Any) -> dict[str, Any]:
    return {
        "hash": image.content_hash,
        "widths": image.renditions,
        "width": image.width,
        "height": image.height,
        "alt": image.alt,
    }

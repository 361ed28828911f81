"""Offers as carts and orders see them: terms, texts and packing data, in a fixed number of queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.catalog.models import Attribute, Offer, Product, ProductImage, ProductText
from apps.catalog.selectors.products import option_label
from apps.catalog.selectors.supply import Supply, supply_of
from apps.catalog.selectors.texts import in_language
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


_PRODUCT, _OPTIONS = "variant__product__", "variant__options"
_TERMS = (
    "id",
    "version",
    "is_active",
    "currency",
    "price_minor",
    "handling_days",
    "seller_id",
    "seller__name",
    "seller__slug",
    "seller__country",
    "seller__is_vat_payer",
    "seller__status",
    "variant_id",
    "variant__sku",
    _OPTIONS,
    "variant__is_active",
    "variant__weight_grams",
    "variant__length_mm",
    "variant__width_mm",
    "variant__height_mm",
    f"{_PRODUCT}id",
    f"{_PRODUCT}short_id",
    f"{_PRODUCT}status",
    f"{_PRODUCT}tax_class",
    f"{_PRODUCT}category__path",
    f"{_PRODUCT}category__is_visible",
    f"{_PRODUCT}card",
)


@dataclass(frozen=True, slots=True)
class _Words:
    """What offers are shown with: their products' texts and pictures, and the names of options."""

    texts: dict[UUID, list[ProductText]] = field(default_factory=dict)
    images: dict[UUID, list[ProductImage]] = field(default_factory=dict)
    attributes: dict[str, Attribute] = field(default_factory=dict)


def sellable_offers(
    offer_ids: Sequence[UUID], *, languages: Sequence[str]
) -> dict[UUID, SellableOffer]:
    """Return offers by id, whatever their state, with the options named in these languages.

    Six queries; two without languages, and then titles, options and picture are left empty.
    """
    rows = list(Offer.objects.filter(id__in=offer_ids).values(*_TERMS))
    supplies = supply_of([row["id"] for row in rows])
    words = _words(rows) if languages else _Words()
    return {row["id"]: _sellable(row, supplies[row["id"]], words, languages) for row in rows}


def _words(rows: Sequence[dict[str, Any]]) -> _Words:
    products = {row[f"{_PRODUCT}id"] for row in rows}
    words = _Words(attributes=_attributes({code for row in rows for code in row[_OPTIONS]}))
    for text in ProductText.objects.filter(product_id__in=products).defer("description"):
        words.texts.setdefault(text.product_id, []).append(text)
    for image in ProductImage.objects.filter(product_id__in=products):
        words.images.setdefault(image.product_id, []).append(image)
    return words


def axis_attributes(offers: Sequence[Offer]) -> dict[str, Attribute]:
    """Return the attributes that tell the offers' variants apart, by code. Two queries."""
    return _attributes({code for offer in offers for code in offer.variant.options})


def _attributes(codes: Collection[str]) -> dict[str, Attribute]:
    rows = Attribute.objects.filter(code__in=codes).prefetch_related("options")
    return {attribute.code: attribute for attribute in rows}


def _sellable(
    row: dict[str, Any], supply: Supply, words: _Words, languages: Sequence[str]
) -> SellableOffer:
    product_id, options = row[f"{_PRODUCT}id"], row[_OPTIONS]
    texts = words.texts.get(product_id, [])
    place = supply.dispatch
    return SellableOffer(
        offer_id=row["id"],
        version=row["version"],
        is_buyable=bool(
            row["is_active"]
            and row["variant__is_active"]
            and row[f"{_PRODUCT}status"] == Product.Status.PUBLISHED
            and row[f"{_PRODUCT}category__is_visible"]
            and row["seller__status"] == Seller.Status.ACTIVE
            and row[f"{_PRODUCT}card"] is not None
            and place.country
        ),
        free=supply.free,
        price=Money(row["price_minor"], row["currency"]),
        handling_days=row["handling_days"],
        seller_id=row["seller_id"],
        seller_name=row["seller__name"],
        seller_slug=row["seller__slug"],
        seller_country=row["seller__country"],
        seller_is_vat_payer=row["seller__is_vat_payer"],
        variant_id=row["variant_id"],
        sku=row["variant__sku"],
        product_id=product_id,
        short_id=row[f"{_PRODUCT}short_id"],
        category_path=row[f"{_PRODUCT}category__path"],
        tax_class=row[f"{_PRODUCT}tax_class"],
        slugs={text.language: text.slug for text in texts},
        titles={text.language: text.title for text in texts},
        option_labels={
            language: options_in_words(options, words.attributes, language)
            for language in languages
        },
        image=_fitting(words.images.get(product_id, []), options),
        weight_grams=row["variant__weight_grams"],
        size_mm=(row["variant__length_mm"], row["variant__width_mm"], row["variant__height_mm"]),
        warehouse_country=place.country,
        warehouse_zone=place.time_zone,
        warehouse_cutoff_hour=place.cutoff_hour,
        warehouse_days=place.working_days,
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
    return _fitting(list(product.images.all()), options)


def _fitting(images: Sequence[ProductImage], options: dict[str, str]) -> dict[str, Any] | None:
    for image in images:
        if image.options and all(options.get(k) == v for k, v in image.options.items()):
            return _stored(image)
    return _stored(images[0]) if images else None


def _stored(image: ProductImage) -> dict[str, Any]:
    return {
        "hash": image.content_hash,
        "widths": image.renditions,
        "width": image.width,
        "height": image.height,
        "alt": image.alt,
    }

"""Products: create cards, publish and archive them, take over ratings and sales from above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unicodedata import normalize
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.catalog.events import CardSourceChanged
from apps.catalog.models import (
    Brand,
    Category,
    Product,
    ProductImage,
    ProductText,
    Variant,
    VariantCode,
)
from apps.catalog.services.images import StoredPicture
from apps.core.errors import DomainError
from apps.core.outbox import emit
from apps.core.services import audit
from apps.core.viewer import Viewer

_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяўқғҳ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "yo",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "ts",
            "ch",
            "sh",
            "sch",
            "_",
            "y",
            "_",
            "e",
            "yu",
            "ya",
            "o",
            "q",
            "g",
            "h",
        ],
        strict=True,
    )
)


class ProductIncomplete(DomainError):
    code = "catalog.product_incomplete"
    message = _("A published product needs a title, a variant and a visible category.")


@dataclass(frozen=True, slots=True)
class VariantDraft:
    sku: str
    options: Mapping[str, str]
    weight_grams: int
    size_mm: tuple[int, int, int]
    gtins: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PictureDraft:
    stored: StoredPicture
    options: Mapping[str, str] = field(default_factory=dict)
    alt: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """`texts` maps language to (title, description)."""

    category: Category
    texts: Mapping[str, tuple[str, str]]
    variants: Sequence[VariantDraft]
    brand: Brand | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    variant_axes: Sequence[str] = ()
    pictures: Sequence[PictureDraft] = ()
    source: str = ""
    source_id: str = ""
    created_by_seller_id: UUID | None = None
    tax_class: str = Product.TaxClass.STANDARD


def slug_of(title: str) -> str:
    """Write a title in Latin letters for an address; at most 100 characters, never empty."""
    letters = (_CYRILLIC.get(c, c) for c in normalize("NFC", title).lower())
    return (
        slugify("".join(letters).replace("_", "").replace("ʻ", "").replace("’", ""))[:100] or "item"
    )


@transaction.atomic
def create_product(*, draft: ProductDraft) -> Product:
    """Create a card with its texts, variants and pictures, as a DRAFT."""
    product = Product.objects.create(
        category=draft.category,
        brand=draft.brand,
        attributes=dict(draft.attributes),
        variant_axes=list(draft.variant_axes),
        source=draft.source,
        source_id=draft.source_id,
        created_by_seller_id=draft.created_by_seller_id,
        tax_class=draft.tax_class,
    )
    ProductText.objects.bulk_create(
        ProductText(
            product=product,
            language=language,
            title=title,
            description=description,
            slug=slug_of(title),
        )
        for language, (title, description) in draft.texts.items()
    )
    variants = Variant.objects.bulk_create(
        Variant(
            product=product,
            sku=variant.sku,
            options=dict(variant.options),
            weight_grams=variant.weight_grams,
            length_mm=variant.size_mm[0],
            width_mm=variant.size_mm[1],
            height_mm=variant.size_mm[2],
            position=position,
        )
        for position, variant in enumerate(draft.variants)
    )
    VariantCode.objects.bulk_create(
        VariantCode(variant=variant, gtin=gtin)
        for variant, source in zip(variants, draft.variants, strict=True)
        for gtin in source.gtins
    )
    add_pictures(product_id=product.id, pictures=draft.pictures)
    return product


@transaction.atomic
def add_pictures(*, product_id: UUID, pictures: Sequence[PictureDraft]) -> None:
    """Append pictures; one that the product has already is skipped."""
    taken = ProductImage.objects.filter(product_id=product_id).count()
    ProductImage.objects.bulk_create(
        (
            ProductImage(
                product_id=product_id,
                options=dict(picture.options),
                content_hash=picture.stored.content_hash,
                width=picture.stored.width,
                height=picture.stored.height,
                renditions=picture.stored.widths,
                preview=picture.stored.preview,
                alt=dict(picture.alt),
                position=taken + index,
            )
            for index, picture in enumerate(pictures)
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def publish_product(*, product_id: UUID, actor: Viewer, now: datetime, reason: str = "") -> Product:
    """Show a product in the shop.

    :raises ProductIncomplete: no title, no variant, or a hidden category
    """
    product = (
        Product.objects.select_for_update(of=("self",))
        .select_related("category")
        .get(id=product_id)
    )
    if product.status == Product.Status.PUBLISHED:
        return product
    if (
        not product.texts.exists()
        or not product.variants.filter(is_active=True).exists()
        or not product.category.is_visible
    ):
        raise ProductIncomplete
    return _move(product, Product.Status.PUBLISHED, actor, now, reason=reason)


@transaction.atomic
def archive_product(*, product_id: UUID, actor: Viewer, reason: str, now: datetime) -> Product:
    """Take a product out of the shop; orders keep their copies."""
    product = Product.objects.select_for_update(of=("self",)).get(id=product_id)
    if product.status == Product.Status.ARCHIVED:
        return product
    return _move(product, Product.Status.ARCHIVED, actor, now, reason=reason)


def _move(
    product: Product, status: Product.Status, actor: Viewer, now: datetime, reason: str = ""
) -> Product:
    before = product.status
    product.status = status
    if status == Product.Status.PUBLISHED and product.published_at is None:
        product.published_at = now
    product.save(update_fields=["status", "published_at"])
    audit.record(
        actor=actor,
        action=f"catalog.product_{status.lower()}",
        target_type="product",
        target_id=product.id,
        before={"status": before},
        after={"status": status},
        reason=reason,
    )
    emit(CardSourceChanged(product_id=product.id))
    return product


@transaction.atomic
def set_rating(*, product_id: UUID, rating_hundredths: int, rating_count: int) -> None:
    """Take over the rating that reviews computed."""
    Product.objects.filter(id=product_id).update(
        rating_hundredths=rating_hundredths, rating_count=rating_count
    )
    emit(CardSourceChanged(product_id=product_id))


@transaction.atomic
def add_sales(*, quantities: Mapping[UUID, int]) -> None:
    """Count sold units per product, in the order of ids."""
    for product_id in sorted(quantities):
        Product.objects.filter(id=product_id).update(
            sales_count=F("sales_count") + quantities[product_id]
        )
        emit(CardSourceChanged(product_id=product_id))


@transaction.atomic
def follow_seller(*, seller_id: UUID) -> None:
    """Have the cards of what a seller offers rebuilt: its shop was opened or closed."""
    offered = Product.objects.filter(variants__offers__seller_id=seller_id).order_by("id")
    for product_id in offered.values_list("id", flat=True).distinct():
        emit(CardSourceChanged(product_id=product_id))

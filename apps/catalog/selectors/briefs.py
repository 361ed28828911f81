"""Products in a line: title, address and first picture, for lists of things about products."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.catalog.models import Product
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import Picture


@dataclass(frozen=True, slots=True)
class ProductBrief:
    """`is_public` tells whether the product has a page now; archived ones keep their title."""

    product_id: UUID
    title: str
    slug: str
    short_id: str
    is_public: bool
    picture: Picture | None


def product_briefs(product_ids: Sequence[UUID], language: str) -> dict[UUID, ProductBrief]:
    """Return products of any status by id. Three queries, for any number of them."""
    rows = Product.objects.filter(id__in=product_ids).select_related("category")
    return {row.id: _brief(row, language) for row in rows.prefetch_related("texts", "images")}


def _brief(product: Product, language: str) -> ProductBrief:
    text = in_language({row.language: row for row in product.texts.all()}, language)
    image = next(iter(product.images.all()), None)
    return ProductBrief(
        product_id=product.id,
        title=text.title if text else product.short_id,
        slug=text.slug if text else "item",
        short_id=product.short_id,
        is_public=product.status == Product.Status.PUBLISHED and product.category.is_visible,
        picture=Picture(
            content_hash=image.content_hash,
            widths=tuple(image.renditions),
            width=image.width,
            height=image.height,
            preview=image.preview,
            alt=in_language(image.alt, language) or "",
        )
        if image
        else None,
    )

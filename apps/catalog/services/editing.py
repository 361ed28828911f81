"""Editing: staff change what a card says; its price, stock and status have services of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.events import CardSourceChanged
from apps.catalog.models import Attribute, Brand, Product, ProductText
from apps.catalog.services.products import slug_of
from apps.core.errors import DomainError
from apps.core.outbox import emit
from apps.core.services import audit
from apps.core.services.records import keep_record
from apps.core.viewer import Viewer


class AttributeRefused(DomainError):
    code = "catalog.attribute_refused"
    message = _("The attribute “%(attribute)s” does not exist or does not take this value.")
    http_status = 422


class TitleMissing(DomainError):
    code = "catalog.title_missing"
    message = _("A product needs a title in one language at least.")
    http_status = 422


@dataclass(frozen=True, slots=True)
class ProductEdit:
    """What a card shall say. `texts` maps language to (title, description); an empty title removes it."""

    category_id: int
    brand_id: int | None
    tax_class: str
    attributes: Mapping[str, Any]
    texts: Mapping[str, tuple[str, str]]


@transaction.atomic
def edit_product(*, product_id: UUID, edit: ProductEdit, actor: Viewer, reason: str) -> Product:
    """Change a card's texts, attributes, category, brand and tax class.

    Attributes that stay as they are are not checked again: imported cards may hold older ones.
    Emits CardSourceChanged.

    :raises TitleMissing: no language has a title
    :raises AttributeRefused: a new value does not fit its attribute
    """
    product = Product.objects.select_for_update(of=("self",)).get(id=product_id)
    texts = {language: text for language, text in edit.texts.items() if text[0]}
    if not texts:
        raise TitleMissing
    check_attributes(
        {
            code: value
            for code, value in edit.attributes.items()
            if product.attributes.get(code) != value
        }
    )
    before = _snapshot(product)
    product.category_id = edit.category_id
    product.brand_id = edit.brand_id
    product.tax_class = edit.tax_class
    product.attributes = dict(edit.attributes)
    product.save(update_fields=["category", "brand", "tax_class", "attributes"])
    _write_texts(product, texts)
    after = _snapshot(product)
    audit.record(
        actor=actor,
        action="catalog.product_edited",
        target_type="product",
        target_id=product.id,
        before={name: value for name, value in before.items() if value != after[name]},
        after={name: value for name, value in after.items() if value != before[name]},
        reason=reason,
    )
    emit(CardSourceChanged(product_id=product.id))
    return product


def check_attributes(given: Mapping[str, Any]) -> None:
    """:raises AttributeRefused: an unknown attribute, or a value of another kind"""
    known = {
        attribute.code: attribute
        for attribute in Attribute.objects.filter(code__in=given).prefetch_related("options")
    }
    for code, value in given.items():
        attribute = known.get(code)
        if attribute is None or not _fits(attribute, value):
            raise AttributeRefused(attribute=code)


def _fits(attribute: Attribute, value: Any) -> bool:
    match attribute.kind:
        case Attribute.Kind.CHOICE:
            return value in {option.code for option in attribute.options.all()}
        case Attribute.Kind.NUMBER:
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case Attribute.Kind.FLAG:
            return isinstance(value, bool)
    return isinstance(value, str) and bool(value.strip())


def _snapshot(product: Product) -> dict[str, Any]:
    return {
        "category": product.category_id,
        "brand": product.brand_id,
        "tax_class": product.tax_class,
        "attributes": dict(product.attributes),
        "titles": dict(product.texts.values_list("language", "title")),
        "descriptions": dict(product.texts.values_list("language", "description")),
    }


def _write_texts(product: Product, texts: Mapping[str, tuple[str, str]]) -> None:
    product.texts.exclude(language__in=texts).delete()
    for language, (title, description) in texts.items():
        ProductText.objects.update_or_create(
            product=product,
            language=language,
            defaults={"title": title, "description": description, "slug": slug_of(title)},
        )


@transaction.atomic
def keep_brand(*, brand: Brand, actor: Viewer, reason: str) -> Brand:
    """Add or rename a brand; the cards that show it follow."""
    keep_record(record=brand, actor=actor, reason=reason)
    branded = Product.objects.filter(brand_id=brand.pk).order_by("id")
    for product_id in branded.values_list("id", flat=True):
        emit(CardSourceChanged(product_id=product_id))
    return brand

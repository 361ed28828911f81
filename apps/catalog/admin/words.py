"""The catalogue's codes in words: attributes and their values, choices of variants, names of products and branches."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from apps.catalog.models import Category, Product
from apps.catalog.selectors.attributes import (
    ATTRIBUTES_OF_CODES,
    attribute_label,
    named_attributes,
    options_in_words,
    read_attributes,
    value_in_words,
)
from apps.catalog.selectors.desk import category_names, product_texts
from apps.catalog.selectors.texts import in_language
from apps.core.formats import language_name
from apps.core.kinds import EMPTY
from apps.core.readable import facts, stored


def language() -> str:
    return get_language() or "en"


def product_title(product: Product) -> str:
    """The product's texts are loaded."""
    text = in_language(product_texts(product), language())
    return text[0] if text else product.short_id


def category_name(category: Category) -> str:
    """The category's texts are loaded."""
    return in_language(category_names(category), language()) or category.code


def label_in_words(labels: Mapping[str, str], code: str) -> str:
    return in_language(labels, language()) or code


def with_option_words(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Let rows with `options` bring the attributes that these name: no query of its own for a row."""
    table = rows.model._meta.db_table  # noqa: SLF001  Django's documented model API
    codes = f'SELECT jsonb_object_keys("{table}"."options")'
    found = ATTRIBUTES_OF_CODES.format(codes=codes)
    named = RawSQL(f"({found})::jsonb", (), output_field=models.JSONField())  # noqa: S611  nothing of a user's in it
    return rows.annotate(named_attributes=named)


def option_words(row: Any) -> str:
    """Write the choices of a row of with_option_words."""
    attributes = read_attributes(row.named_attributes)
    return options_in_words(row.options, attributes, language()) or EMPTY


def attributes_in_words(values: Mapping[str, Any]) -> str:
    """Write a card's particulars as its page in the shop does, and what is stored. One query."""
    named = named_attributes(list(values))
    rows = (
        (
            attribute_label(named.get(code), code, language()),
            value_in_words(named.get(code), value, language()),
        )
        for code, value in values.items()
    )
    return facts(rows) + stored(dict(values)) if values else EMPTY


def texts_in_words(texts: Mapping[str, tuple[str, str]]) -> str:
    """Write titles with their descriptions, a language a term."""
    rows = (
        (
            language_name(code),
            format_html('<b lang="{}">{}</b><p lang="{}">{}</p>', code, title, code, description),
        )
        for code, (title, description) in sorted(texts.items())
    )
    return facts(rows)


def size_in_words(length_mm: Any, width_mm: Any, height_mm: Any) -> str:
    return gettext("%(length)s × %(width)s × %(height)s mm") % {
        "length": length_mm or EMPTY,
        "width": width_mm or EMPTY,
        "height": height_mm or EMPTY,
    }

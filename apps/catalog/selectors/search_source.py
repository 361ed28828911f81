"""What a search engine may index: read in batches, five queries each."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from apps.catalog.models import Attribute, Brand, Category, ListingCard, Variant
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import SearchSource

BATCH = 500


def search_sources(product_ids: Sequence[UUID]) -> list[SearchSource]:
    """Return the sources of those products that are visible."""
    cards = (
        ListingCard.objects.filter(product_id__in=product_ids, is_visible=True)
        .select_related("product")
        .prefetch_related("product__texts", "product__variants__codes")
    )
    rows = list(cards)
    attributes = _attributes(rows)
    names = _category_names({row.category_path for row in rows})
    return [_source(row, attributes, names) for row in rows]


def visible_product_ids() -> Iterator[list[UUID]]:
    """Yield the ids of all visible products in batches, in the order of ids."""
    last: UUID | None = None
    while True:
        rows = ListingCard.objects.filter(is_visible=True).order_by("product_id")
        if last is not None:
            rows = rows.filter(product_id__gt=last)
        ids = list(rows.values_list("product_id", flat=True)[:BATCH])
        if not ids:
            return
        yield ids
        last = ids[-1]


def _attributes(rows: list[ListingCard]) -> dict[str, Attribute]:
    codes = {code for row in rows for code in row.product.attributes}
    codes |= {code for row in rows for v in row.product.variants.all() for code in v.options}
    found = Attribute.objects.filter(code__in=codes).prefetch_related("options")
    return {attribute.code: attribute for attribute in found}


def _category_names(paths: set[str]) -> dict[str, dict[str, str]]:
    rows = Category.objects.filter(path__in=paths).prefetch_related("texts")
    return {row.path: {text.language: text.name for text in row.texts.all()} for row in rows}


def _source(
    row: ListingCard, attributes: dict[str, Attribute], names: dict[str, dict[str, str]]
) -> SearchSource:
    product = row.product
    texts = list(product.texts.all())
    variants = [variant for variant in product.variants.all() if variant.is_active]
    values: dict[str, set[Any]] = {}
    for source in (product.attributes, *(variant.options for variant in variants)):
        for code, value in source.items():
            for one in value if isinstance(value, list) else [value]:
                values.setdefault(code, set()).add(one)
    codes = [variant.sku for variant in variants]
    codes += [code.gtin for variant in variants for code in variant.codes.all()]
    if product.source_id:
        codes.append(product.source_id)
    return SearchSource(
        product_id=row.product_id,
        version=row.version,
        titles={text.language: text.title for text in texts},
        descriptions={text.language: text.description for text in texts},
        brand=row.brand_name,
        brand_id=row.brand_id,
        category_path=row.category_path,
        category_names=names.get(row.category_path, {}),
        attribute_texts=tuple(_attribute_texts(values, attributes)),
        codes=tuple(dict.fromkeys(codes)),
        facets=tuple(sorted(_facets(values, attributes))),
        seller_ids=tuple(row.seller_ids),
        price_base_minor=row.price_base_minor,
        rating_hundredths=row.rating_hundredths,
        rating_count=row.rating_count,
        sales_count=row.sales_count,
        is_in_stock=row.is_in_stock,
        published_at=row.published_at,  # type: ignore[arg-type]  # visible rows are published
    )


def _facets(values: dict[str, set[Any]], attributes: dict[str, Attribute]) -> Iterator[str]:
    for code, found in values.items():
        attribute = attributes.get(code)
        if attribute is None or attribute.kind not in {"CHOICE", "FLAG"}:
            continue
        for value in found:
            yield f"{code}:{str(value).lower() if isinstance(value, bool) else value}"


def _attribute_texts(
    values: dict[str, set[Any]], attributes: dict[str, Attribute]
) -> Iterator[str]:
    """Yield every value in words, in every language that it has."""
    for code, found in values.items():
        attribute = attributes.get(code)
        options = {option.code: option for option in attribute.options.all()} if attribute else {}
        for value in found:
            if isinstance(value, bool):
                if value and attribute:
                    yield from dict.fromkeys(attribute.labels.values())
            elif value in options:
                yield from dict.fromkeys(options[value].labels.values())
            elif isinstance(value, str):
                yield value
            elif attribute:
                for unit in dict.fromkeys((attribute.unit, *attribute.units.values())):
                    if unit:
                        yield f"{value:g} {unit}"


def option_names(language: str, facet_values: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Map "attribute:option" to (attribute label, option label) in a language."""
    codes = {value.partition(":")[0] for value in facet_values}
    result: dict[str, tuple[str, str]] = {}
    for attribute in Attribute.objects.filter(code__in=codes).prefetch_related("options"):
        label = in_language(attribute.labels, language) or attribute.code
        for option in attribute.options.all():
            result[f"{attribute.code}:{option.code}"] = (
                label,
                in_language(option.labels, language) or option.code,
            )
    return result


def brands_named(beginning: str, *, limit: int) -> list[tuple[int, str]]:
    """Return (id, name) of brands one of whose words begins so."""
    rows = Brand.objects.filter(
        Q(name__istartswith=beginning) | Q(name__icontains=f" {beginning}")
    ).order_by("name")
    return list(rows.values_list("id", "name")[:limit])


def first_skus(product_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Map each product to the SKU of its first active variant. One query."""
    rows = (
        Variant.objects.filter(product_id__in=product_ids, is_active=True)
        .order_by("product_id", "position", "id")
        .distinct("product_id")
    )
    return dict(rows.values_list("product_id", "sku"))

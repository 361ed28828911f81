"""The product page: one product with its variants, offers and pictures, in one language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.catalog.models import OfferPrice, Product, Variant
from apps.catalog.rules import BuyBoxEntry, buy_box_order, closest_variant
from apps.catalog.selectors.attributes import (
    NamedAttribute,
    attribute_label,
    read_attributes,
    value_in_words,
)
from apps.catalog.selectors.pictures import picture_of
from apps.catalog.selectors.product_rows import product_row
from apps.catalog.selectors.supply import dispatch_of
from apps.catalog.services.card_values import base_minor
from apps.catalog.types import AxisView, OfferView, OptionView, Picture, ProductView
from apps.core.errors import NotFound
from apps.core.money import Money

SHOWN_FREE = 99
# Rows of the statement, by the id of their variant where they are offers.
type Row = Mapping[str, Any]
type Offers = Mapping[str, Sequence[OfferView]]


def product_page(*, short_id: str, language: str, sku: str | None = None) -> ProductView:
    """Return the page of a published product; `sku` chooses the variant, else the cheapest in stock.

    One query, whatever the number of variants and offers.

    :raises NotFound: not published, or no such SKU in it
    """
    row = product_row(short_id, language)
    if row is None or row["text"] is None:
        raise NotFound
    variants: list[Row] = row["variants"] or []
    offers = _offers(row["offers"] or [])
    chosen = _chosen(variants, offers, sku)
    attributes = read_attributes(row["attributes_by_code"])
    return ProductView(
        product_id=UUID(row["id"]),
        short_id=row["short_id"],
        slug=row["text"]["slug"],
        slugs=row["slugs"],
        title=row["text"]["title"],
        description=row["text"]["description"],
        brand=row["brand"] or "",
        brand_slug=row["brand_slug"] or "",
        category_path=row["category_path"],
        variant_id=UUID(chosen["id"]),
        sku=chosen["sku"],
        codes=tuple(chosen["codes"]),
        weight_grams=chosen["weight_grams"],
        axes=_axes(row["variant_axes"], variants, chosen, offers, attributes, language),
        attributes=tuple(
            (
                attribute_label(attributes.get(code), code, language),
                value_in_words(attributes.get(code), value, language),
            )
            for code, value in row["attributes"].items()
        ),
        pictures=_pictures(row["pictures"] or [], chosen, language),
        offers=tuple(offers.get(chosen["id"], ())),
        rating=row["rating_hundredths"] / 100,
        rating_count=row["rating_count"],
        sales_count=row["sales_count"],
        published_at=datetime.fromisoformat(row["published_at"]),
        brand_id=row["brand_id"],
        size_mm=tuple(chosen["size_mm"]),
    )


def published_id(short_id: str) -> UUID:
    """Return the id of a published product.

    :raises NotFound: not in the shop
    """
    found = Product.objects.filter(
        short_id=short_id, status=Product.Status.PUBLISHED, category__is_visible=True
    ).values_list("id", flat=True)
    if not found:
        raise NotFound
    return found[0]


def _offers(rows: Sequence[Row]) -> Offers:
    """Return each variant's offers, the buy box first."""
    by_id: dict[object, Row] = {row["id"]: row for row in rows}
    order = buy_box_order(
        [
            BuyBoxEntry(
                offer_id=row["id"],
                price_base_minor=base_minor(row["price_minor"], row["currency"], _rate_of(row)),
                handling_days=row["handling_days"],
                score_hundredths=row["seller_rating_hundredths"],
                has_stock=row["free"] > 0,
            )
            for row in rows
        ]
    )
    result: dict[str, list[OfferView]] = {}
    for entry in order:
        row = by_id[entry.offer_id]
        result.setdefault(row["variant_id"], []).append(_offer_view(row))
    return result


def _rate_of(row: Row) -> dict[str, Decimal]:
    rate = row["base_per_unit"]
    return {row["currency"]: Decimal(rate)} if rate else {}


def _offer_view(row: Row) -> OfferView:
    currency, dispatch, since = row["currency"], dispatch_of(row["place"]), row["seller_since"]
    old, lowest = row["old_price_minor"], row["lowest_minor"]
    return OfferView(
        offer_id=UUID(row["id"]),
        seller_id=UUID(row["seller_id"]),
        seller_name=row["seller_name"],
        seller_slug=row["seller_slug"],
        seller_rating=row["seller_rating_hundredths"] / 100,
        seller_since=datetime.fromisoformat(since) if since else None,
        price=Money(row["price_minor"], currency),
        old_price=Money(old, currency) if old else None,
        lowest_30_days=Money(lowest, currency) if lowest else None,
        free=min(row["free"], SHOWN_FREE),
        handling_days=row["handling_days"],
        warehouse_country=dispatch.country,
        warehouse_city=dispatch.city,
        dispatch=dispatch,
    )


def _chosen(variants: Sequence[Row], offers: Offers, sku: str | None) -> Row:
    if sku:
        for variant in variants:
            if variant["sku"] == sku:
                return variant
        raise NotFound
    if not variants:
        raise NotFound

    def key(variant: Row) -> tuple[bool, int]:
        first = next(iter(offers.get(variant["id"], ())), None)
        return (first is None or not first.free, variant["position"])

    return min(variants, key=key)


def _axes(
    codes: Sequence[str],
    variants: Sequence[Row],
    chosen: Row,
    offers: Offers,
    attributes: Mapping[str, NamedAttribute],
    language: str,
) -> tuple[AxisView, ...]:
    free = {
        variant["id"]: any(offer.free for offer in offers.get(variant["id"], ()))
        for variant in variants
    }
    entries = [(variant["id"], variant["options"], free[variant["id"]]) for variant in variants]
    skus = {variant["id"]: variant["sku"] for variant in variants}
    axes = []
    for code in codes:
        attribute = attributes.get(code)
        swatches = (
            {option: swatch for option, _labels, swatch in attribute.options} if attribute else {}
        )
        present = {variant["options"][code] for variant in variants if code in variant["options"]}
        known = [option for option in swatches if option in present]
        options = []
        for value in [*known, *sorted(present - set(known))]:
            target = closest_variant(entries, chosen["options"], code, value)
            options.append(
                OptionView(
                    code=value,
                    label=value_in_words(attribute, value, language),
                    swatch=swatches.get(value, ""),
                    is_selected=chosen["options"].get(code) == value,
                    is_available=free.get(target, False),
                    variant_id=UUID(target) if target else None,
                    sku=skus.get(target, ""),
                )
            )
        label = attribute_label(attribute, code, language)
        axes.append(AxisView(code=code, label=label, options=tuple(options)))
    return tuple(axes)


def _pictures(rows: Sequence[Row], chosen: Row, language: str) -> tuple[Picture, ...]:
    """The pictures of the chosen options first, then those of none, in their order."""
    options = chosen["options"]
    fitting = [
        row
        for row in rows
        if all(options.get(code) == value for code, value in row["options"].items())
    ]
    ordered = sorted(fitting or rows, key=lambda row: (not row["options"], row["position"]))
    return tuple(picture_of(row, language) for row in ordered)


def variant_skus(variant_ids: list[UUID]) -> dict[UUID, str]:
    return dict(Variant.objects.filter(id__in=variant_ids).values_list("id", "sku"))


def price_history(offer_id: UUID) -> list[OfferPrice]:
    return list(OfferPrice.objects.filter(offer_id=offer_id).order_by("valid"))

"""The product page: one product with its variants, offers and pictures, in one language."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext

from apps.catalog.models import (
    Attribute,
    ComparisonRate,
    Offer,
    OfferPrice,
    Product,
    Variant,
    VariantCode,
)
from apps.catalog.rules import BuyBoxEntry, buy_box_order, closest_variant
from apps.catalog.selectors.supply import Supply, supply_of
from apps.catalog.selectors.texts import in_language
from apps.catalog.services.card_values import base_minor
from apps.catalog.services.cards import LOWEST_WINDOW
from apps.catalog.types import AxisView, OfferView, OptionView, Picture, ProductView
from apps.core.errors import NotFound
from apps.core.money import Money
from apps.sellers.models import Seller

SHOWN_FREE = 99


def product_page(*, short_id: str, language: str, sku: str | None = None) -> ProductView:
    """Return the page of a published product; `sku` chooses the variant, else the cheapest in stock.

    Eight queries, whatever the number of variants and offers.

    :raises NotFound: not published, or no such SKU in it
    """
    product = (
        Product.objects.filter(short_id=short_id, status=Product.Status.PUBLISHED)
        .select_related("brand", "category")
        .prefetch_related("texts", Prefetch("variants", _variants()), "images")
        .first()
    )
    if product is None or not product.category.is_visible:
        raise NotFound
    variants: list[Any] = list(product.variants.all())
    offers = _offers([variant.id for variant in variants])
    chosen = _chosen(variants, offers, sku)
    text = in_language({row.language: row for row in product.texts.all()}, language)
    attributes = _attributes_by_code(product, variants)
    if text is None:
        raise NotFound
    return ProductView(
        product_id=product.id,
        short_id=product.short_id,
        slug=text.slug,
        slugs={row.language: row.slug for row in product.texts.all()},
        title=text.title,
        description=text.description,
        brand=product.brand.name if product.brand else "",
        brand_slug=product.brand.slug if product.brand else "",
        category_path=product.category.path,
        variant_id=chosen.id,
        sku=chosen.sku,
        codes=tuple(chosen.gtins),
        weight_grams=chosen.weight_grams,
        axes=_axes(product, variants, chosen, offers, attributes, language),
        attributes=_attribute_rows(product.attributes, attributes, language),
        pictures=_pictures(product, chosen, language),
        offers=tuple(offers.get(chosen.id, [])),
        rating=product.rating_hundredths / 100,
        rating_count=product.rating_count,
        sales_count=product.sales_count,
        published_at=product.published_at,
        brand_id=product.brand_id,
        size_mm=(chosen.length_mm, chosen.width_mm, chosen.height_mm),
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


def _variants() -> QuerySet[Variant]:
    codes = VariantCode.objects.filter(variant_id=OuterRef("id")).order_by("id")
    return Variant.objects.filter(is_active=True).annotate(
        gtins=ArraySubquery(codes.values("gtin"))
    )


def _offers(variant_ids: list[UUID]) -> dict[UUID, list[OfferView]]:
    """Return each variant's offers, the buy box first. Two queries."""
    by_id = {row.id: row for row in _offer_rows(variant_ids)}
    supply = supply_of(list(by_id))
    order = buy_box_order(
        [
            BuyBoxEntry(
                offer_id=row.id,
                price_base_minor=base_minor(row.price_minor, row.currency, _rate_of(row)),
                handling_days=row.handling_days,
                score_hundredths=row.seller.rating_hundredths,
                has_stock=supply[row.id].free > 0,
            )
            for row in by_id.values()
        ]
    )
    result: dict[UUID, list[OfferView]] = {}
    for entry in order:
        row = by_id[entry.offer_id]  # type: ignore[index]  # the id of one of the rows
        result.setdefault(row.variant_id, []).append(_offer_view(row, supply[row.id]))
    return result


def _offer_rows(variant_ids: list[UUID]) -> QuerySet[Offer]:
    """Open offers with their seller, the rate for comparing and the lowest price of 30 days."""
    window = Q(valid__upper_inf=True) | Q(valid__endswith__gt=timezone.now() - LOWEST_WINDOW)
    prices = OfferPrice.objects.filter(window, offer_id=OuterRef("id"), min_quantity=1)
    rates = ComparisonRate.objects.filter(currency=OuterRef("currency"))
    return (
        Offer.objects.filter(
            variant_id__in=variant_ids, is_active=True, seller__status=Seller.Status.ACTIVE
        )
        .select_related("seller")
        .annotate(
            base_per_unit=Subquery(rates.values("base_per_unit")),
            lowest_minor=Subquery(prices.order_by("price_minor").values("price_minor")[:1]),
        )
    )


def _rate_of(row: Any) -> dict[str, Decimal]:
    return {row.currency: row.base_per_unit} if row.base_per_unit else {}


def _offer_view(row: Any, supply: Supply) -> OfferView:
    return OfferView(
        offer_id=row.id,
        seller_id=row.seller_id,
        seller_name=row.seller.name,
        seller_slug=row.seller.slug,
        seller_rating=row.seller.rating_hundredths / 100,
        seller_since=row.seller.activated_at,
        price=row.price,
        old_price=row.old_price,
        lowest_30_days=Money(row.lowest_minor, row.currency) if row.lowest_minor else None,
        free=min(max(supply.free, 0), SHOWN_FREE),
        handling_days=row.handling_days,
        warehouse_country=supply.dispatch.country,
        warehouse_city=supply.dispatch.city,
        dispatch=supply.dispatch,
    )


def _chosen(variants: list[Any], offers: dict[UUID, list[OfferView]], sku: str | None) -> Any:
    if sku:
        for variant in variants:
            if variant.sku == sku:
                return variant
        raise NotFound
    if not variants:
        raise NotFound

    def key(variant: Variant) -> tuple[bool, int]:
        first = next(iter(offers.get(variant.id, [])), None)
        return (first is None or not first.free, variant.position)

    return min(variants, key=key)


def _attributes_by_code(product: Product, variants: list[Variant]) -> dict[str, Attribute]:
    codes = {*product.attributes, *product.variant_axes, *(c for v in variants for c in v.options)}
    rows = Attribute.objects.filter(code__in=codes).prefetch_related("options")
    return {row.code: row for row in rows}


def _label(attribute: Attribute | None, code: str, language: str) -> str:
    if attribute is None:
        return code.replace("_", " ").capitalize()
    return in_language(attribute.labels, language) or code


def option_label(attribute: Attribute | None, value: Any, language: str) -> str:
    """Write an attribute's value in a language."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(option_label(attribute, item, language) for item in value)
    if attribute is None:
        return str(value)
    for option in attribute.options.all():
        if option.code == value:
            return in_language(option.labels, language) or option.code
    if not isinstance(value, int | float):
        return str(value)
    return f"{_number(value)} {attribute.units.get(language, attribute.unit)}".strip()


def _number(value: float) -> str:
    """Write a number of at most six decimals as the page's language does."""
    rounded = round(value, 6)
    return number_format(int(rounded) if rounded == int(rounded) else rounded)


def _attribute_rows(
    values: dict[str, Any], attributes: dict[str, Attribute], language: str
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            _label(attributes.get(code), code, language),
            option_label(attributes.get(code), value, language),
        )
        for code, value in values.items()
    )


def _axes(
    product: Product,
    variants: list[Variant],
    chosen: Variant,
    offers: dict[UUID, list[OfferView]],
    attributes: dict[str, Attribute],
    language: str,
) -> tuple[AxisView, ...]:
    entries = [
        (variant.id, variant.options, any(offer.free for offer in offers.get(variant.id, [])))
        for variant in variants
    ]
    skus: dict[Any, str] = {variant.id: variant.sku for variant in variants}
    axes = []
    for code in product.variant_axes:
        attribute = attributes.get(code)
        order = [option.code for option in attribute.options.all()] if attribute else []
        present = {variant.options[code] for variant in variants if code in variant.options}
        known = [option for option in order if option in present]
        options = []
        for value in [*known, *sorted(present - set(known))]:
            target = closest_variant(entries, chosen.options, code, value)
            is_available = next((free for vid, _o, free in entries if vid == target), False)
            swatches = {o.code: o.swatch for o in attribute.options.all()} if attribute else {}
            options.append(
                OptionView(
                    code=value,
                    label=option_label(attribute, value, language),
                    swatch=swatches.get(value, ""),
                    is_selected=chosen.options.get(code) == value,
                    is_available=is_available,
                    variant_id=target,
                    sku=skus.get(target, ""),
                )
            )
        axes.append(
            AxisView(code=code, label=_label(attribute, code, language), options=tuple(options))
        )
    return tuple(axes)


def _pictures(product: Product, chosen: Variant, language: str) -> tuple[Picture, ...]:
    """The pictures of the chosen options first, then those of none, in their order."""

    def fits(options: dict[str, str]) -> int:
        return sum(chosen.options.get(code) == value for code, value in options.items())

    shown = [
        image
        for image in product.images.all()
        if not image.options or fits(image.options) == len(image.options)
    ]
    shown = shown or list(product.images.all())
    return tuple(
        Picture(
            content_hash=image.content_hash,
            widths=tuple(image.renditions),
            width=image.width,
            height=image.height,
            preview=image.preview,
            alt=in_language(image.alt, language) or "",
        )
        for image in sorted(shown, key=lambda image: (not image.options, image.position))
    )


def variant_skus(variant_ids: list[UUID]) -> dict[UUID, str]:
    return dict(Variant.objects.filter(id__in=variant_ids).values_list("id", "sku"))


def price_history(offer_id: UUID) -> list[OfferPrice]:
    return list(OfferPrice.objects.filter(offer_id=offer_id).order_by("valid"))

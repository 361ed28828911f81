"""What a category asks of a card, and a draft's variants as types."""

from apps.catalog.models import Attribute, CardDraft, CategoryAttribute, Product
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import STEP, AskedAttribute, VariantPlan
from apps.core.ids import short_id


def asked_attributes(category_path: str, language: str) -> list[AskedAttribute]:
    """Return the attributes of a branch, inherited ones first; the nearest row of one decides. Three queries."""
    prefixes = [category_path[:end] for end in range(STEP, len(category_path) + 1, STEP)]
    rows = (
        CategoryAttribute.objects.filter(category__path__in=prefixes)
        .select_related("attribute")
        .prefetch_related("attribute__options")
        .order_by("category__path", "position", "id")
    )
    return list({row.attribute.code: _asked(row, language) for row in rows}.values())


def attributes_to_edit(product: Product, language: str) -> list[AskedAttribute]:
    """Return what a card's category asks for, then what else the card has. Five queries."""
    asked = asked_attributes(product.category.path, language)
    others = {*product.attributes} - {one.code for one in asked}
    rows = Attribute.objects.filter(code__in=others).prefetch_related("options").order_by("code")
    return [*asked, *(_asked(CategoryAttribute(attribute=row), language) for row in rows)]


def _asked(row: CategoryAttribute, language: str) -> AskedAttribute:
    attribute = row.attribute
    is_choice = attribute.kind == Attribute.Kind.CHOICE
    return AskedAttribute(
        code=attribute.code,
        kind=attribute.kind,
        label=in_language(attribute.labels, language) or attribute.code,
        unit=attribute.units.get(language, attribute.unit),
        is_required=row.is_required,
        is_variant_axis=row.is_variant_axis and is_choice,
        options=tuple(
            (option.code, in_language(option.labels, language) or option.code)
            for option in attribute.options.all()
        )
        if is_choice
        else (),
    )


def read_plans(draft: CardDraft) -> list[VariantPlan]:
    return [VariantPlan(**row) for row in draft.variants]


def plans_of(product: Product) -> list[VariantPlan]:
    """Return the plans that say what a product's variants are now."""
    return [
        VariantPlan(
            key=short_id(),
            options=variant.options,
            variant_id=str(variant.id),
            gtin=next((code.gtin for code in variant.codes.all()), ""),
            weight_grams=variant.weight_grams,
            length_mm=variant.length_mm,
            width_mm=variant.width_mm,
            height_mm=variant.height_mm,
            is_left_out=not variant.is_active,
        )
        for variant in product.variants.prefetch_related("codes")
    ]

"""The parts of a seller's card: what may be written into a draft, and how its parts hang together."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Brand, CardDraft, Category
from apps.catalog.rules import combinations
from apps.catalog.selectors.asked import asked_attributes, read_plans
from apps.catalog.types import VariantPlan
from apps.core.errors import InvalidInput
from apps.core.ids import short_id

MAX_VARIANTS, TITLE_LENGTH, DESCRIPTION_LENGTH = 50, 250, 10_000
MAX_GRAMS, MAX_MM, MAX_DAYS, MAX_UNITS, MAX_PRICE_MINOR = 1_000_000, 10_000, 30, 1_000_000, 10**14


class DraftValueRefused(InvalidInput):
    code = "catalog.draft_value_refused"
    message = _("“%(field)s” does not take this value.")


class TooManyVariants(InvalidInput):
    code = "catalog.too_many_variants"
    message = _("A card can have %(maximum)s variants. Choose fewer options.")


@dataclass(frozen=True, slots=True)
class DraftPart:
    """What is saved now; None leaves a part as it is. `texts` maps language to (title, description)."""

    category_id: int | None = None
    texts: Mapping[str, tuple[str, str]] | None = None
    brand_id: int | None = None
    brand_asked: str | None = None
    attributes: Mapping[str, Any] | None = None
    choices: Mapping[str, Sequence[str]] | None = None
    variants: Sequence[VariantPlan] | None = None
    handling_days: int | None = None


def take_over(draft: CardDraft, part: DraftPart) -> None:
    """Write a part into a locked draft, unsaved.

    :raises DraftValueRefused, TooManyVariants: see the classes
    """
    if part.category_id is not None:
        _set_category(draft, part.category_id)
    if part.texts is not None:
        draft.texts = _texts(part.texts)
    if part.brand_asked is not None:
        if part.brand_id is not None and not Brand.objects.filter(id=part.brand_id).exists():
            raise DraftValueRefused(field="brand")
        draft.brand_id = part.brand_id
        draft.brand_asked = clean_text(part.brand_asked, 120, "brand")
    if part.attributes is not None:
        draft.attributes = dict(part.attributes)
    if part.choices is not None:
        _set_choices(draft, part.choices)
    if part.variants is not None:
        _set_variants(draft, part.variants)
    if part.handling_days is not None:
        draft.handling_days = _within(part.handling_days, 0, MAX_DAYS, "handling_days")


def _set_category(draft: CardDraft, category_id: int) -> None:
    """Another category may ask for other axes: variants that it cannot tell apart become one."""
    category = Category.objects.filter(id=category_id, is_visible=True).first()
    if category is None:
        raise DraftValueRefused(field="category")
    draft.category = category
    axes = {row.code for row in asked_attributes(category.path, "en") if row.is_variant_axis}
    if not set(draft.variant_axes) <= axes:
        draft.variant_axes = []
        plans = read_plans(draft)
        kept = next((plan for plan in plans if not plan.is_left_out), None)
        draft.variants = [asdict(replace(kept or VariantPlan(key=short_id()), options={}))]


def _set_choices(draft: CardDraft, choices: Mapping[str, Sequence[str]]) -> None:
    """Make a variant of every combination; those that were there keep what was filled in."""
    wanted = combinations(choices)
    if len(wanted) > MAX_VARIANTS:
        raise TooManyVariants(maximum=MAX_VARIANTS)
    plans = read_plans(draft)
    known = {tuple(sorted(plan.options.items())): plan for plan in plans}
    rows = []
    for options in wanted:
        found = known.pop(tuple(sorted(options.items())), None)
        if found and not found.is_new:
            found = replace(found, is_left_out=False)
        rows.append(found or VariantPlan(key=short_id(), options=options))
    # What is sold already is not forgotten by unticking an option: it is left out by its own box.
    rows += [replace(plan, is_left_out=True) for plan in known.values() if not plan.is_new]
    first = plans[0] if plans else None
    if first and first.is_new and not first.options and rows[0].options and not rows[0].gtin:
        # What was filled in before there were choices belongs to the first of them.
        rows[0] = replace(first, options=rows[0].options)
    draft.variant_axes = [code for code, options in choices.items() if options]
    draft.variants = [asdict(plan) for plan in rows]


def _set_variants(draft: CardDraft, variants: Sequence[VariantPlan]) -> None:
    if len(variants) > MAX_VARIANTS:
        raise TooManyVariants(maximum=MAX_VARIANTS)
    approved = {plan.variant_id for plan in read_plans(draft) if plan.variant_id}
    given = {plan.variant_id for plan in variants if plan.variant_id}
    if given != approved or len({plan.key for plan in variants}) != len(variants):
        raise DraftValueRefused(field="variant_id")
    draft.variants = [asdict(_checked(plan)) for plan in variants]


def _checked(plan: VariantPlan) -> VariantPlan:
    """:raises DraftValueRefused: a value that no variant can have"""
    for name, maximum in (
        ("weight_grams", MAX_GRAMS),
        ("length_mm", MAX_MM),
        ("width_mm", MAX_MM),
        ("height_mm", MAX_MM),
        ("price_minor", MAX_PRICE_MINOR),
    ):
        if getattr(plan, name) is not None:
            _within(getattr(plan, name), 1, maximum, name)
    for units in plan.units.values():
        _within(units, 0, MAX_UNITS, "units")
    return replace(
        plan,
        key=clean_text(plan.key, 20, "key") or short_id(),
        seller_sku=clean_text(plan.seller_sku, 80, "seller_sku"),
        gtin=clean_text(plan.gtin, 14, "gtin"),
    )


def _texts(given: Mapping[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    known = {code for code, _name in settings.LANGUAGES}
    if not set(given) <= known:
        raise DraftValueRefused(field="language")
    return {
        language: {
            "title": clean_text(title, TITLE_LENGTH, "title"),
            "description": clean_text(description, DESCRIPTION_LENGTH, "description"),
        }
        for language, (title, description) in given.items()
        if title.strip() or description.strip()
    }


def clean_text(value: str, length: int, field: str) -> str:
    text = value.replace("\r\n", "\n").strip()
    if len(text) > length or "\x00" in text:
        raise DraftValueRefused(field=field)
    return text


def _within(value: int, lowest: int, highest: int, field: str) -> int:
    if not lowest <= value <= highest:
        raise DraftValueRefused(field=field)
    return value

"""Is a card complete? Every reason why not, each with the step where it is mended."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.catalog.models import CardDraft, InventoryItem, Product, VariantCode
from apps.catalog.rules import is_valid_gtin
from apps.catalog.selectors.asked import asked_attributes, read_plans
from apps.catalog.types import AskedAttribute, CardProblem, CardStep, VariantPlan

TEXT_LENGTH, MAX_NUMBER = 500, 1e12


def problems_of(draft: CardDraft, language: str) -> list[CardProblem]:
    """Return what has to be mended before the card can be sent; empty when it is complete.

    The same number of queries for any number of variants.
    """
    asked = asked_attributes(draft.category.path, language) if draft.category else []
    plans = [plan for plan in read_plans(draft) if not plan.is_left_out]
    return [
        *_category_problems(draft),
        *_text_problems(draft),
        *_attribute_problems(draft, asked),
        *_variant_problems(draft, plans, asked),
        *_picture_problems(draft),
        *_offer_problems(draft, plans),
    ]


def fits(asked: AskedAttribute, value: Any) -> bool:
    """Tell whether a value is of the attribute's kind: one of its options, a number, yes or no, a text."""
    match asked.kind:
        case "CHOICE":
            return value in {code for code, _label in asked.options}
        case "NUMBER":
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return is_number and abs(value) <= MAX_NUMBER
        case "FLAG":
            return isinstance(value, bool)
    return isinstance(value, str) and 0 < len(value.strip()) <= TEXT_LENGTH


def own_attributes(asked: list[AskedAttribute]) -> list[AskedAttribute]:
    """Return those that describe the whole card: what tells variants apart is chosen with them."""
    return [row for row in asked if not row.is_variant_axis]


def _category_problems(draft: CardDraft) -> Iterator[CardProblem]:
    if draft.category is None:
        yield CardProblem(CardStep.CATEGORY, _("Choose a category."))
    elif not draft.category.is_visible:
        yield CardProblem(CardStep.CATEGORY, _("This category is closed. Choose another one."))
    elif draft.category.numchild:
        yield CardProblem(
            CardStep.CATEGORY, _("Choose a more exact category, one without others below.")
        )


def _text_problems(draft: CardDraft) -> Iterator[CardProblem]:
    if not draft.any_title:
        yield CardProblem(CardStep.TEXTS, _("Write a title in one language at least."))
    elif any(text["description"] and not text["title"] for text in draft.texts.values()):
        yield CardProblem(CardStep.TEXTS, _("A description needs a title in the same language."))


def _attribute_problems(draft: CardDraft, asked: list[AskedAttribute]) -> Iterator[CardProblem]:
    for row in own_attributes(asked):
        value = draft.attributes.get(row.code)
        words = {"name": row.label}
        if value is None:
            if row.is_required:
                yield CardProblem(CardStep.ATTRIBUTES, _("Fill in: %(name)s.") % words)
        elif not fits(row, value):
            yield CardProblem(CardStep.ATTRIBUTES, _("%(name)s: this value does not fit.") % words)


def _variant_problems(
    draft: CardDraft, plans: list[VariantPlan], asked: list[AskedAttribute]
) -> Iterator[CardProblem]:
    step = CardStep.VARIANTS
    if not plans:
        yield CardProblem(step, _("Keep one variant at least."))
    axes = {row.code: row for row in asked if row.is_variant_axis}
    for row in axes.values():
        if row.is_required and row.code not in draft.variant_axes:
            yield CardProblem(step, _("Choose: %(name)s.") % {"name": row.label})
    taken = _taken_gtins(draft, plans)
    gtins = Counter(plan.gtin for plan in plans if plan.gtin)
    sets = Counter(tuple(sorted(plan.options.items())) for plan in plans)
    for number, plan in enumerate(plans, 1):
        options_fit = set(plan.options) == set(draft.variant_axes) and all(
            code in axes and fits(axes[code], value) for code, value in plan.options.items()
        )
        if not options_fit or sets[tuple(sorted(plan.options.items()))] > 1:
            yield CardProblem(step, _("Its options do not tell it apart from the others."), number)
        if not all((plan.weight_grams, plan.length_mm, plan.width_mm, plan.height_mm)):
            yield CardProblem(step, _("Write its weight and its three measures, packed."), number)
        if plan.gtin and not is_valid_gtin(plan.gtin):
            yield CardProblem(
                step, _("The last digit of the barcode does not fit the others."), number
            )
        elif plan.gtin and gtins[plan.gtin] > 1:
            yield CardProblem(step, _("Two variants have this barcode."), number)
        elif plan.gtin in taken:
            yield CardProblem(
                step,
                _("The catalogue has this barcode already: put your offer on that card."),
                number,
            )


def _picture_problems(draft: CardDraft) -> Iterator[CardProblem]:
    if not draft.pictures.exists():
        yield CardProblem(CardStep.PICTURES, _("Add one picture at least."))


def _offer_problems(draft: CardDraft, plans: list[VariantPlan]) -> Iterator[CardProblem]:
    step = CardStep.OFFER
    new = [plan for plan in plans if plan.is_new]
    skus = Counter(plan.seller_sku for plan in new if plan.seller_sku)
    taken = set(
        InventoryItem.objects.filter(seller_id=draft.seller_id, seller_sku__in=skus).values_list(
            "seller_sku", flat=True
        )
    )
    for number, plan in enumerate(plans, 1):
        if not plan.is_new:
            continue
        if not plan.seller_sku:
            yield CardProblem(step, _("Write your own article."), number)
        elif skus[plan.seller_sku] > 1 or plan.seller_sku in taken:
            yield CardProblem(
                step, _("Another of your goods has this article. Choose another one."), number
            )
        if plan.price_minor is None:
            yield CardProblem(step, _("Write a price."), number)


def _taken_gtins(draft: CardDraft, plans: list[VariantPlan]) -> set[str]:
    """Return the barcodes that other cards of the catalogue have."""
    codes = VariantCode.objects.filter(gtin__in={plan.gtin for plan in plans if plan.gtin})
    others = codes.exclude(variant__product__status=Product.Status.ARCHIVED)
    if draft.product_id is not None:
        others = others.exclude(variant__product_id=draft.product_id)
    return set(others.values_list("gtin", flat=True))

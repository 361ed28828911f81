"""Which form each step of a card has."""

from typing import Any

from django.utils.datastructures import MultiValueDict

from apps.catalog.types import CardStep
from apps.seller_centre.web.card_forms import (
    AttributesStep,
    CategoryStep,
    StepContext,
    StepForm,
    TextsStep,
)
from apps.seller_centre.web.card_row_forms import OfferStep, VariantsStep

FORMS: dict[CardStep, type[StepForm]] = {
    CardStep.CATEGORY: CategoryStep,
    CardStep.TEXTS: TextsStep,
    CardStep.ATTRIBUTES: AttributesStep,
    CardStep.VARIANTS: VariantsStep,
    CardStep.OFFER: OfferStep,
}


def form_of(step: CardStep, context: StepContext, data: Any = None) -> StepForm:
    """Return a step's form: with `data`, else with what was typed and could not be used, else with the draft."""
    kind = FORMS[step]
    if data is None and step in context.draft.typed:
        data = _as_sent(context.draft.typed[step])
    return kind(data, context=context)


def _as_sent(typed: dict[str, list[str]]) -> Any:
    return MultiValueDict(typed)

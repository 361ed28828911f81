"""Forms of a card's steps: they read what people type; a value that is missing may come later."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import CardDraft, Warehouse
from apps.catalog.rules import is_valid_gtin
from apps.catalog.selectors.asked import asked_attributes, read_plans
from apps.catalog.selectors.card_desk import brand_named, leaf_categories
from apps.catalog.services.draft_checks import MAX_NUMBER, TEXT_LENGTH, own_attributes
from apps.catalog.services.draft_parts import (
    DESCRIPTION_LENGTH,
    MAX_DAYS,
    MAX_GRAMS,
    MAX_MM,
    MAX_UNITS,
    TITLE_LENGTH,
    DraftPart,
)
from apps.catalog.types import AskedAttribute, CardStep, VariantPlan
from apps.core.money import Money
from apps.seller_centre.web.forms import AmountField

SHOWN_CATEGORIES = 40
_SPACES = str.maketrans("", "", " \u00a0\u202f")
_YES_NO = (("", "—"), ("1", _("Yes")), ("0", _("No")))
_MEASURES = (
    ("weight_grams", _("Weight, g"), MAX_GRAMS),
    ("length_mm", _("Length, mm"), MAX_MM),
    ("width_mm", _("Width, mm"), MAX_MM),
    ("height_mm", _("Height, mm"), MAX_MM),
)


@dataclass(frozen=True, slots=True)
class StepContext:
    """What the forms of a card's steps need beside what was typed."""

    draft: CardDraft
    language: str
    warehouses: Sequence[Warehouse] = ()
    search: str = ""


class StepForm(forms.Form):
    """`parts()` are saved one after another. Messages stand beside their fields."""

    def __init__(self, *args: Any, context: StepContext, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context = context
        self.draft = context.draft
        self.build()

    def build(self) -> None:
        """Make the fields of this draft."""

    def parts(self) -> list[DraftPart]:
        raise NotImplementedError


class CategoryStep(StepForm):
    def build(self) -> None:
        found = leaf_categories(self.context.search, self.context.language)
        shown = found[:SHOWN_CATEGORIES]
        self.hidden_count = len(found) - len(shown)
        if self.is_bound:
            shown = leaf_categories("", self.context.language)
        elif self.draft.category_id and self.draft.category_id not in dict(shown):
            own = [
                row
                for row in leaf_categories("", self.context.language)
                if row[0] == self.draft.category_id
            ]
            shown = [*own, *shown]
        self.fields["category"] = forms.TypedChoiceField(
            label=_("Category"),
            choices=shown,
            coerce=int,
            initial=self.draft.category_id,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose a category.")},
        )

    def parts(self) -> list[DraftPart]:
        return [DraftPart(category_id=self.cleaned_data["category"])]


class TextsStep(StepForm):
    def build(self) -> None:
        for code, name in settings.LANGUAGES:
            text = self.draft.texts.get(code, {})
            words = {"language": _(name)}
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title (%(language)s)") % words,
                max_length=TITLE_LENGTH,
                required=False,
                initial=text.get("title", ""),
                widget=forms.TextInput(attrs={"lang": code, "autocomplete": "off"}),
            )
            self.fields[f"description_{code}"] = forms.CharField(
                label=_("Description (%(language)s)") % words,
                max_length=DESCRIPTION_LENGTH,
                required=False,
                initial=text.get("description", ""),
                widget=forms.Textarea(attrs={"rows": 6, "lang": code}),
            )

    def groups(self) -> list[tuple[str, str, Any, Any, bool]]:
        """Return code, name, the two fields of each language, and whether it is open at first."""
        rows = []
        for code, name in settings.LANGUAGES:
            title, description = self[f"title_{code}"], self[f"description_{code}"]
            is_filled = bool(title.value() or description.value() or title.errors)
            is_open = is_filled or code == self.context.language
            rows.append((code, str(_(name)), title, description, is_open))
        return rows

    def parts(self) -> list[DraftPart]:
        given = self.cleaned_data
        texts = {
            code: (given[f"title_{code}"], given[f"description_{code}"])
            for code, _name in settings.LANGUAGES
        }
        return [DraftPart(texts=texts)]


class AttributesStep(StepForm):
    def build(self) -> None:
        brand = self.draft.brand
        self.fields["brand"] = forms.CharField(
            label=_("Brand"),
            max_length=120,
            required=False,
            initial=brand.name if brand else self.draft.brand_asked,
            help_text=_(
                "Leave it empty when there is none. A new brand is added with the approval."
            ),
        )
        category = self.draft.category
        asked = asked_attributes(category.path, self.context.language) if category else []
        self.asked = {f"a-{row.code}": row for row in own_attributes(asked)}
        for name, row in self.asked.items():
            self.fields[name] = _attribute_field(row, self.draft.attributes.get(row.code))

    def parts(self) -> list[DraftPart]:
        name = self.cleaned_data["brand"]
        found = brand_named(name) if name else None
        kept = {
            code: value
            for code, value in self.draft.attributes.items()
            if f"a-{code}" not in self.asked
        }
        given = {
            row.code: value
            for field, row in self.asked.items()
            if (value := _attribute_value(row, self.cleaned_data[field])) is not None
        }
        return [
            DraftPart(
                brand_id=found.id if found else None,
                brand_asked="" if found else name,
                attributes=kept | given,
            )
        ]


class NumberField(forms.DecimalField):
    """A number with spaces, comma or point, whatever the page's language."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(
            str(value).translate(_SPACES).replace(",", ".") if value else value
        )


def _attribute_field(row: AskedAttribute, value: Any) -> forms.Field:
    """Required ones may come later too: the card says what is missing before it is sent."""
    label = f"{row.label}, {row.unit}" if row.unit else row.label
    common: dict[str, Any] = {"label": label, "required": False}
    if row.is_required:
        common["help_text"] = _("Needed before the card can be sent.")
    match row.kind:
        case "CHOICE":
            return forms.ChoiceField(choices=[("", "—"), *row.options], initial=value, **common)
        case "FLAG":
            first = {True: "1", False: "0"}.get(value, "") if isinstance(value, bool) else ""
            return forms.ChoiceField(choices=_YES_NO, initial=first, **common)
        case "NUMBER":
            return NumberField(
                max_value=MAX_NUMBER,
                min_value=-MAX_NUMBER,
                decimal_places=6,
                initial=value,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                **common,
            )
    return forms.CharField(max_length=TEXT_LENGTH, initial=value, **common)


def _attribute_value(row: AskedAttribute, given: Any) -> Any:
    if given in {"", None}:
        return None
    if row.kind == "FLAG":
        return given == "1"
    if row.kind == "NUMBER":
        return int(given) if given == int(given) else float(given)
    return given


class VariantsStep(StepForm):
    """Options of each axis, and a row for each variant that they make."""

    def build(self) -> None:
        category = self.draft.category
        asked = asked_attributes(category.path, self.context.language) if category else []
        self.axes = [row for row in asked if row.is_variant_axis]
        self.plans = read_plans(self.draft)
        for axis in self.axes:
            chosen = [
                p.options[axis.code]
                for p in self.plans
                if axis.code in p.options and not p.is_left_out
            ]
            self.fields[f"axis-{axis.code}"] = forms.MultipleChoiceField(
                label=axis.label,
                choices=axis.options,
                required=False,
                initial=list(dict.fromkeys(chosen)),
                widget=forms.CheckboxSelectMultiple,
            )
        for plan in self.plans:
            self._row(plan)

    def _row(self, plan: VariantPlan) -> None:
        self.fields[f"gtin-{plan.key}"] = forms.CharField(
            label=_("Barcode"),
            max_length=14,
            required=False,
            initial=plan.gtin,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )
        for name, label, highest in _MEASURES:
            self.fields[f"{name}-{plan.key}"] = forms.IntegerField(
                label=label,
                min_value=1,
                max_value=highest,
                required=False,
                initial=getattr(plan, name),
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )
        if self.draft.product_id or len(self.plans) > 1:
            self.fields[f"out-{plan.key}"] = forms.BooleanField(
                label=_("Leave this one out"), required=False, initial=plan.is_left_out
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for plan in self.plans:
            name = f"gtin-{plan.key}"
            if values.get(name) and not is_valid_gtin(values[name]):
                self.add_error(name, _("The last digit of the barcode does not fit the others."))
        return values

    def axis_fields(self) -> list[Any]:
        return [self[f"axis-{axis.code}"] for axis in self.axes]

    def rows(self) -> list[tuple[VariantPlan, str, list[Any]]]:
        names = ["gtin", *(name for name, _label, _highest in _MEASURES), "out"]
        return [
            (
                plan,
                _plan_words(plan, self.axes),
                [self[f"{n}-{plan.key}"] for n in names if f"{n}-{plan.key}" in self.fields],
            )
            for plan in self.plans
        ]

    def parts(self) -> list[DraftPart]:
        given = self.cleaned_data
        rows = [
            replace(
                plan,
                gtin=given[f"gtin-{plan.key}"],
                is_left_out=bool(given.get(f"out-{plan.key}", plan.is_left_out)),
                **{name: given[f"{name}-{plan.key}"] for name, _label, _highest in _MEASURES},
            )
            for plan in self.plans
        ]
        parts = [DraftPart(variants=rows)]
        choices = {axis.code: given[f"axis-{axis.code}"] for axis in self.axes}
        before = {axis.code: self[f"axis-{axis.code}"].initial for axis in self.axes}
        if any(set(choices[code]) != set(before[code]) for code in choices):
            parts.append(DraftPart(choices=choices))
        return parts


class OfferStep(StepForm):
    """The seller's article, price and units of each variant that is not in the shop yet."""

    def build(self) -> None:
        self.plans = read_plans(self.draft)
        self.shown = [plan for plan in self.plans if plan.is_new and not plan.is_left_out]
        self.fields["handling_days"] = forms.IntegerField(
            label=_("Days to prepare"),
            min_value=0,
            max_value=MAX_DAYS,
            initial=self.draft.handling_days,
        )
        for plan in self.shown:
            self._row(plan)

    def _row(self, plan: VariantPlan) -> None:
        currency = self.draft.seller.currency
        price = Money(plan.price_minor, currency) if plan.price_minor else None
        self.fields[f"sku-{plan.key}"] = forms.CharField(
            label=_("Your own article"), max_length=80, required=False, initial=plan.seller_sku
        )
        self.fields[f"price-{plan.key}"] = AmountField(
            currency=currency,
            label=_("Price, %(currency)s") % {"currency": currency},
            required=False,
            initial=price,
        )
        for warehouse in self.context.warehouses:
            self.fields[f"units-{plan.key}-{warehouse.id}"] = forms.IntegerField(
                label=_("Units: %(warehouse)s") % {"warehouse": warehouse.name},
                min_value=0,
                max_value=MAX_UNITS,
                required=False,
                initial=plan.units.get(str(warehouse.id)),
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for plan in self.shown:
            price = values.get(f"price-{plan.key}")
            if price is not None and price.minor <= 0:
                self.add_error(f"price-{plan.key}", _("A price is more than zero."))
        return values

    def rows(self) -> list[tuple[VariantPlan, str, list[Any]]]:
        category = self.draft.category
        asked = asked_attributes(category.path, self.context.language) if category else []
        return [
            (
                plan,
                _plan_words(plan, asked),
                [self[name] for name in self.fields if name.partition("-")[2].startswith(plan.key)],
            )
            for plan in self.shown
        ]

    def parts(self) -> list[DraftPart]:
        given = self.cleaned_data
        new = {
            plan.key: replace(
                plan,
                seller_sku=given[f"sku-{plan.key}"],
                price_minor=given[f"price-{plan.key}"].minor
                if given[f"price-{plan.key}"]
                else None,
                units={
                    str(row.id): units
                    for row in self.context.warehouses
                    if (units := given[f"units-{plan.key}-{row.id}"])
                },
            )
            for plan in self.shown
        }
        rows = [new.get(plan.key, plan) for plan in self.plans]
        return [DraftPart(variants=rows, handling_days=given["handling_days"])]


def _plan_words(plan: VariantPlan, asked: Sequence[AskedAttribute]) -> str:
    """Write a variant's options: "Colour: red"."""
    words = []
    for row in asked:
        if row.code in plan.options:
            label = dict(row.options).get(plan.options[row.code], plan.options[row.code])
            words.append(f"{row.label}: {label}")
    return ", ".join(words)


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
    return cast("StepForm", kind(data, context=context))


def _as_sent(typed: dict[str, list[str]]) -> Any:
    from django.utils.datastructures import MultiValueDict

    return MultiValueDict(typed)

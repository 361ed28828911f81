"""Forms of a card's variants: what tells them apart, their measures, their first prices and units."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalog.rules import is_valid_gtin
from apps.catalog.selectors.asked import asked_attributes, read_plans
from apps.catalog.services.draft_parts import (
    MAX_DAYS,
    MAX_GRAMS,
    MAX_MM,
    MAX_UNITS,
    DraftPart,
)
from apps.catalog.types import AskedAttribute, VariantPlan
from apps.core.money import Money
from apps.seller_centre.web.card_forms import StepForm, need_later
from apps.seller_centre.web.forms import AmountField, price_label

_MEASURES = (
    ("weight_grams", _("Weight, g"), MAX_GRAMS),
    ("length_mm", _("Length, mm"), MAX_MM),
    ("width_mm", _("Width, mm"), MAX_MM),
    ("height_mm", _("Height, mm"), MAX_MM),
)


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
            need_later(self.fields[f"{name}-{plan.key}"])
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
            label=price_label(currency),
            required=False,
            initial=price,
        )
        need_later(self.fields[f"sku-{plan.key}"])
        need_later(self.fields[f"price-{plan.key}"])
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

"""Forms of a card's steps: they read what people type; a value that is missing may come later."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import CardDraft, Warehouse
from apps.catalog.selectors.asked import asked_attributes
from apps.catalog.selectors.card_desk import brand_named, leaf_categories
from apps.catalog.services.draft_checks import MAX_NUMBER, TEXT_LENGTH, own_attributes
from apps.catalog.services.draft_parts import (
    DESCRIPTION_LENGTH,
    TITLE_LENGTH,
    DraftPart,
)
from apps.catalog.types import AskedAttribute

SHOWN_CATEGORIES = 40
_SPACES = str.maketrans("", "", " \u00a0\u202f")
_YES_NO = (("", "—"), ("1", _("Yes")), ("0", _("No")))


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


def need_later(field: forms.Field) -> None:
    """Mark a field that a draft may lack and a card to send may not: it is not called optional."""
    field.is_needed_later = True  # type: ignore[attr-defined]  # read by components/field.html


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
            words = {"language": name}
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
            rows.append((code, str(name), title, description, is_open))
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
            if row.is_required:
                need_later(self.fields[name])

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

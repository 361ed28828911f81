"""A card's particulars as inputs: one for each attribute that its category asks for or that it has.

They come back as the mapping that the card keeps; what the catalogue knows no attribute for stays untouched.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Attribute
from apps.catalog.types import AskedAttribute

TEXT_LENGTH = 500
BIGGEST = 1e12
_SPACES = str.maketrans("", "", " \u00a0\u202f")
_YES_NO = (("true", _("Yes")), ("false", _("No")))


class ParticularsWidget(forms.Widget):
    template_name = "admin/widgets/particulars.html"
    use_fieldset = True

    def __init__(self, asked: Sequence[AskedAttribute]) -> None:
        super().__init__()
        self.asked = asked

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        values = value if isinstance(value, Mapping) else {}
        context["widget"]["lines"] = [
            {
                "name": f"{name}__{one.code}",
                "about": one,
                "value": _typed(values.get(one.code)),
                "choices": _choices(one, values.get(one.code)),
            }
            for one in self.asked
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        given = ((one.code, data.get(f"{name}__{one.code}", "").strip()) for one in self.asked)
        return {code: text for code, text in given if text}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class ParticularsField(forms.Field):
    """`kept`: what the card has; values that cannot be read are refused by the name of their attribute."""

    default_error_messages = {"number": _("%(label)s: a number, please.")}

    def __init__(
        self, *, asked: Sequence[AskedAttribute], kept: Mapping[str, Any], **extra: Any
    ) -> None:
        self.asked, self.kept = asked, kept
        super().__init__(
            required=False, initial=dict(kept), widget=ParticularsWidget(asked), **extra
        )

    def clean(self, value: Any) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for one in self.asked:
            if one.code in value:
                read[one.code] = self._read(one, value[one.code])
        codes = {one.code for one in self.asked}
        untouched = {code: old for code, old in self.kept.items() if code not in codes}
        return {**read, **untouched}

    def has_changed(self, initial: Any, data: Any) -> bool:
        typed = {code: _typed(value) for code, value in (initial or {}).items()}
        codes = {one.code for one in self.asked}
        return {code: text for code, text in typed.items() if code in codes} != (data or {})

    def _read(self, about: AskedAttribute, text: str) -> Any:
        if text == _typed(self.kept.get(about.code)):
            return self.kept[about.code]
        if about.kind == Attribute.Kind.FLAG:
            return text == "true"
        if about.kind != Attribute.Kind.NUMBER:
            return forms.CharField(max_length=TEXT_LENGTH).clean(text)
        try:
            number = float(text.replace(",", ".").translate(_SPACES))
        except ValueError:
            number = inf
        if not abs(number) < BIGGEST:
            raise forms.ValidationError(
                self.error_messages["number"], code="number", params={"label": about.label}
            )
        return int(number) if number.is_integer() else number


def _typed(value: Any) -> str:
    """A value as its input holds it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _choices(about: AskedAttribute, value: Any) -> Sequence[tuple[str, Any]]:
    if about.kind == Attribute.Kind.FLAG:
        return _YES_NO
    if about.kind != Attribute.Kind.CHOICE:
        return ()
    text = _typed(value)
    known = text == "" or any(code == text for code, _label in about.options)
    return about.options if known else (*about.options, (text, text))

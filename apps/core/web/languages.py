"""A text in every language of the shop, kept as one mapping: a line for each language, empty ones left out."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

CODES = [code for code, _label in settings.LANGUAGES]


class LanguagesWidget(forms.MultiWidget):
    template_name = "admin/widgets/languages.html"

    def __init__(self) -> None:
        lines: dict[str, forms.Widget | type[forms.Widget]] = {
            code: forms.TextInput(attrs={"lang": code}) for code in CODES
        }
        super().__init__(lines)

    def decompress(self, value: Any) -> list[str]:
        return [value.get(code, "") if isinstance(value, Mapping) else "" for code in CODES]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for line, (_code, label) in zip(
            context["widget"]["subwidgets"], settings.LANGUAGES, strict=True
        ):
            line["language"] = label
        return context


class InLanguages(forms.MultiValueField):
    """Comes back as {language: text}; words of a language that the shop has no more are dropped."""

    default_error_messages = {"required": _("Write it in one language at least.")}
    widget = LanguagesWidget

    def __init__(self, **extra: Any) -> None:
        fields = [forms.CharField(required=False, max_length=200) for _code in CODES]
        super().__init__(fields, require_all_fields=False, **extra)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        return {code: text for code, text in zip(CODES, data_list, strict=False) if text}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial or {}, data)

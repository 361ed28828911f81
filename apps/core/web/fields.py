"""Form fields of the kernel's own types."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.money import Money

_SPACES = str.maketrans("", "", " \u00a0\u202f'ʻ’")


class AmountField(forms.CharField):
    """A sum in one currency, with or without spaces, comma or point: it comes back as Money."""

    default_error_messages = {
        "invalid": _("Enter a sum such as 129 900 or 129.90."),
        "decimals": _("This currency has fewer digits after the point."),
    }

    def __init__(self, *, currency: str, **extra: Any) -> None:
        self.currency = currency
        super().__init__(
            max_length=30,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **extra,
        )

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Money):
            return value
        major = value.major
        return f"{major:.0f}" if major == major.to_integral_value() else f"{major:f}"

    def clean(self, value: Any) -> Any:
        text = super().clean(value).translate(_SPACES).replace(",", ".")
        if not text:
            return None
        if not text.isascii() or not text.replace(".", "", 1).isdigit():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return Money.from_major(text, self.currency)
        except ValueError:
            raise forms.ValidationError(self.error_messages["decimals"], code="decimals") from None

"""Forms of payouts: a sum or all of it, a rhythm."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.payments.types_payouts import PayoutRhythm
from apps.seller_centre.web.forms import WEEKDAY_NAMES, AmountField


class PayoutForm(forms.Form):
    """What leaves the balance: a sum, or nothing filled in for all. The key is this sending's."""

    currency = forms.CharField(widget=forms.HiddenInput, max_length=3)
    key = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"currency": currency, "key": uuid4().hex})
        kwargs.setdefault("auto_id", f"{currency}-%s")
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(
            currency=currency,
            label=_("Sum"),
            required=False,
            help_text=_("Leave it empty to pay out everything."),
        )


class RhythmForm(forms.Form):
    currency = forms.CharField(widget=forms.HiddenInput, max_length=3)
    rhythm = forms.ChoiceField(label=_("Payouts by schedule"), choices=PayoutRhythm.choices)
    weekday = forms.TypedChoiceField(
        label=_("Day of weekly payouts"), choices=WEEKDAY_NAMES, coerce=int, initial=1
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{currency}-%s")
        super().__init__(*args, **kwargs)


class CurrencyForm(forms.Form):
    currency = forms.CharField(max_length=3, min_length=3)

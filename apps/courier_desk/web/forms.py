"""What couriers and clerks send."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.logistics.types import FailureReason

KEY_LENGTH = 64


class CommandForm(forms.Form):
    """`key` names one intention: the same key sent again does nothing more."""

    key = forms.CharField(max_length=KEY_LENGTH)


class CodeForm(CommandForm):
    code = forms.CharField(label=_("Handover code"), max_length=20)


class FailureForm(CommandForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=FailureReason.choices)


class PositionForm(forms.Form):
    latitude = forms.DecimalField(min_value=-90, max_value=90)
    longitude = forms.DecimalField(min_value=-180, max_value=180)


class SearchForm(forms.Form):
    search = forms.CharField(label=_("Number or code"), max_length=40, required=False)

"""Forms of accounts."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.rules import clean_phone
from apps.accounts.services.profiles import name_new_account
from apps.accounts.types import AddressFields, ProfileFields
from apps.core.formats import COUNTRY_NAMES

CURRENCY_NAMES = {"UZS": _("Uzbek soʻm"), "RUB": _("Russian rouble"), "USD": _("US dollar")}


def country_choices() -> list[tuple[str, Any]]:
    return [(code, COUNTRY_NAMES.get(code, code)) for code in settings.DELIVERY_COUNTRIES]


def _text(label: Any, length: int, autocomplete: str, **extra: Any) -> forms.CharField:
    attributes = {"autocomplete": autocomplete, **extra.pop("attrs", {})}
    return forms.CharField(
        label=label, max_length=length, widget=forms.TextInput(attrs=attributes), **extra
    )


class PhoneField(forms.CharField):
    """A phone number with or without separators; it comes back as digits with the plus."""

    default_error_messages = {"invalid": _("Enter a phone number such as +998 90 123 45 67.")}

    def __init__(self, **extra: Any) -> None:
        super().__init__(
            max_length=30,
            widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            **extra,
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        number = clean_phone(text)
        if number is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class SignupDetailsForm(forms.Form):
    """What registration asks for beside the e-mail and the password."""

    full_name = _text(_("Name"), 150, "name")

    def signup(self, request: HttpRequest, user: User) -> None:
        name_new_account(user_id=user.id, full_name=self.cleaned_data["full_name"])
        user.refresh_from_db(fields=["full_name"])


class ProfileForm(forms.Form):
    full_name = _text(_("Name"), 150, "name")
    phone = PhoneField(label=_("Phone"), required=False)
    language = forms.ChoiceField(label=_("Language of pages and letters"))
    currency = forms.ChoiceField(label=_("Currency of prices"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["currency"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (code, CURRENCY_NAMES.get(code, code)) for code in settings.SHOP_CURRENCIES
        ]

    def to_fields(self) -> ProfileFields:
        return ProfileFields(**self.cleaned_data)


class AddressForm(forms.Form):
    """A place to deliver to, as the address book keeps it."""

    recipient_name = _text(_("Recipient"), 150, "name")
    phone = PhoneField(label=_("Phone"), help_text=_("The courier calls this number."))
    country = forms.ChoiceField(label=_("Country"))
    region = _text(_("Region"), 100, "address-level1", required=False)
    city = _text(_("City"), 100, "address-level2")
    street = _text(_("Street"), 150, "address-line1")
    house = _text(_("House"), 30, "off")
    apartment = _text(_("Apartment"), 30, "off", required=False)
    postcode = _text(_("Postcode"), 12, "postal-code", required=False)
    note = _text(_("Note for the courier"), 300, "off", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["country"].widget.attrs["autocomplete"] = "country"

    def to_fields(self) -> AddressFields:
        names = AddressFields.__dataclass_fields__
        return AddressFields(**{name: self.cleaned_data[name] for name in names})


class BookedAddressForm(AddressForm):
    """An address in the book of a customer."""

    is_default = forms.BooleanField(label=_("Use this address first"), required=False)

"""Forms of the checkout, and of another address afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.web.forms import AddressForm
from apps.storefront.trade.delivery import SellerDelivery


class DestinationForm(AddressForm):
    """Where to: the door's parts are asked for again only if a courier is chosen."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The receipt and the link to your order go there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    field_order = (
        "email",
        "recipient_name",
        "phone",
        "country",
        "city",
        "street",
        "house",
        "apartment",
        "note",
    )

    def __init__(self, *args: Any, is_guest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("region", "postcode"):
            del self.fields[name]
        if not is_guest:
            del self.fields["email"]
        for name in ("street", "house"):
            self.fields[name].required = False
        self.fields["street"].help_text = _("Street and house may stay empty for a pickup point.")

    def address(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "email"}


class CollectorForm(AddressForm):
    """Who collects a parcel at its pickup point."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"recipient_name", "phone"}:
            del self.fields[name]


class ConsentForm(forms.Form):
    """The quote of another address that its buyer saw."""

    digest = forms.RegexField(r"^[0-9a-f]{64}$")
    expires_at = forms.DateTimeField()


class DeliveryForm(forms.Form):
    """How: one choice for each seller's parcel, a pickup point being a choice of its own."""

    def __init__(self, *args: Any, parcels: Sequence[SellerDelivery], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parcels = parcels
        for parcel in parcels:
            self.fields[self.name_of(parcel.seller_id)] = forms.ChoiceField(
                label=parcel.name,
                choices=[(way.value, way.label) for way in parcel.ways],
                initial=parcel.chosen,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose a way to deliver.")},
            )

    @staticmethod
    def name_of(seller_id: UUID) -> str:
        return f"delivery-{seller_id}"

    def choices(self) -> Mapping[str, Mapping[str, str]]:
        result = {}
        for parcel in self.parcels:
            value = self.cleaned_data[self.name_of(parcel.seller_id)]
            way = next(way for way in parcel.ways if way.value == value)
            result[str(parcel.seller_id)] = way.as_choice()
        return result

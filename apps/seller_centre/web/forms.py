"""Forms of the seller centre: they read what people type; services decide."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.accounts.web.forms import CURRENCY_NAMES, country_choices
from apps.catalog.models import InventoryItem, StockMovement
from apps.catalog.services.offers import OfferTerms
from apps.catalog.services.warehouses import TIME_ZONES, WarehouseFields
from apps.core.formats import currency_sign
from apps.core.web.fields import AmountField
from apps.orders.models import OrderLine
from apps.orders.types import SELLER_REASONS, CancelReason
from apps.orders.web.forms import UnitsChosen
from apps.sellers.models import Seller
from apps.sellers.types import MemberRole, SellerDetails

WEEKDAY_NAMES = (
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
)


class ApplicationForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the shop"), max_length=120, help_text=_("Shoppers see it at every offer.")
    )
    legal_kind = forms.ChoiceField(label=_("Legal form"), choices=Seller.LegalKind.choices)
    legal_name = forms.CharField(
        label=_("Legal name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(label=_("Country"))
    city = forms.CharField(label=_("City"), max_length=100)
    tax_id = forms.CharField(
        label=_("Tax number"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("INN, or PINFL for a person in Uzbekistan."),
    )
    currency = forms.ChoiceField(
        label=_("Currency of your prices"), help_text=_("Payouts come in it too.")
    )
    is_vat_payer = forms.BooleanField(label=_("I pay VAT"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["currency"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (code, CURRENCY_NAMES.get(code, code)) for code in settings.SHOP_CURRENCIES
        ]

    def to_details(self, slug: str) -> SellerDetails:
        return SellerDetails(slug=slug, **self.cleaned_data)


def price_label(currency: str) -> str:
    """Name the field of a price with the sign of its currency."""
    sign = currency_sign(currency, get_language() or "en")
    return gettext("Price, %(currency)s") % {"currency": sign}


class PriceForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"] = AmountField(currency=currency, label=price_label(currency))
        self.fields["old_price"] = AmountField(
            currency=currency,
            label=_("Old price"),
            required=False,
            help_text=_("Shown struck through; leave it empty when there is no discount."),
        )


class OfferForm(forms.Form):
    code = forms.CharField(
        label=_("Article or barcode"),
        max_length=80,
        help_text=_("As the product page shows it: the offer joins that card."),
    )
    seller_sku = forms.CharField(label=_("Your own article"), max_length=80)
    condition = forms.ChoiceField(
        label=_("Condition"), choices=InventoryItem.Condition.choices, initial="NEW"
    )
    handling_days = forms.IntegerField(
        label=_("Days to prepare"), min_value=0, max_value=30, initial=1
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"] = AmountField(currency=currency, label=price_label(currency))
        self.order_fields(["code", "seller_sku", "price", "condition", "handling_days"])

    def to_terms(self) -> OfferTerms:
        return OfferTerms(
            price=self.cleaned_data["price"],
            handling_days=self.cleaned_data["handling_days"],
            condition=self.cleaned_data["condition"],
        )


class CountForm(forms.Form):
    """How many units lie in one warehouse: what was seen travels along, and a key for this sending."""

    item_id = forms.UUIDField(widget=forms.HiddenInput)
    warehouse_id = forms.UUIDField(widget=forms.HiddenInput)
    seen_on_hand = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    key = forms.CharField(widget=forms.HiddenInput, max_length=32)
    on_hand = forms.IntegerField(label=_("Units now"), min_value=0, max_value=1_000_000)
    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (kind.value, kind.label)
            for kind in (
                StockMovement.Kind.RECEIPT,
                StockMovement.Kind.CORRECTION,
                StockMovement.Kind.WRITE_OFF,
            )
        ],
    )
    reason = forms.CharField(label=_("Note"), max_length=200, required=False)


class UnitsForm(UnitsChosen):
    """Units of the lines that are left: one number a line, named by the line's id."""

    def __init__(
        self,
        *args: Any,
        lines: Sequence[OrderLine],
        titles: dict[UUID, str],
        is_full: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.line_ids = {self.name_of(line.id): line.id for line in lines}
        for line in lines:
            left = line.unshipped_quantity
            self.fields[self.name_of(line.id)] = forms.IntegerField(
                label=titles[line.id],
                min_value=0,
                max_value=left,
                initial=left if is_full else 0,
                help_text=_("%(count)s left") % {"count": left},
                error_messages={
                    "max_value": _("Only %(count)s are left.") % {"count": left},
                },
            )


class CancelForm(UnitsForm):
    """Which units cannot be sent, and why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, is_full=True, **kwargs)
        self.fields["reason"] = forms.ChoiceField(
            label=_("Reason"),
            choices=[(reason.value, reason_words(reason)) for reason in SELLER_REASONS],
            widget=forms.RadioSelect,
            error_messages={"required": _("Say why: the buyer reads it.")},
        )

    @property
    def reason(self) -> CancelReason:
        return CancelReason(self.cleaned_data["reason"])


def reason_words(reason: CancelReason) -> Any:
    """What the seller says, in its own words; the buyer reads the reason's label."""
    if reason == CancelReason.OUT_OF_STOCK:
        return _("We have run out of it")
    return _("We cannot deliver it for another reason")


class MemberForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The person must have an account with this e-mail already."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=MemberRole.choices, initial=MemberRole.MANAGER
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=MemberRole.choices)


class WarehouseForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("thing", "Name"),
        max_length=120,
        help_text=_("Only your staff sees it."),
    )
    country = forms.ChoiceField(label=_("Country"))
    city = forms.CharField(label=_("City"), max_length=100)
    address = forms.CharField(label=_("Address"), max_length=200)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(zone, zone.replace("_", " ")) for zones in TIME_ZONES.values() for zone in zones],
    )
    cutoff_hour = forms.IntegerField(
        label=_("Orders leave the same day until"),
        min_value=0,
        max_value=23,
        initial=16,
        help_text=_("The hour by the warehouse's clock, 0 to 23."),
    )
    working_days = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        choices=WEEKDAY_NAMES,
        coerce=int,
        initial=[1, 2, 3, 4, 5],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        zones = TIME_ZONES.get(values.get("country", ""), ())
        if values.get("time_zone") and values["time_zone"] not in zones:
            self.add_error("time_zone", _("This time zone is not of the chosen country."))
        return values

    def to_fields(self) -> WarehouseFields:
        values = self.cleaned_data
        return WarehouseFields(**(values | {"working_days": tuple(values["working_days"])}))

"""What staff do to orders that asks for more than a reason."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.deeds import Deed, ReasonForm
from apps.core.formats import format_money
from apps.core.money import CURRENCIES, Money
from apps.orders.models import Order
from apps.orders.services.refunding import refund_goodwill, refundable


class RefundForm(ReasonForm):
    """A sum in the order's currency. `key` makes the page's form one refund, however often it is sent."""

    amount = forms.DecimalField(label=_("Sum to give back"), min_value=Decimal(0), max_digits=14)
    key = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ("amount", "reason", "key")

    def __init__(self, *args: Any, rows: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, rows=rows, **kwargs)
        self.fields["key"].initial = uuid4()
        self.order_fields(self.field_order)
        if len(rows) == 1:
            order: Order = rows[0]
            self.fields["amount"].help_text = gettext("Up to %(left)s can be given back.") % {
                "left": format_money(refundable(order))
            }

    def clean_amount(self) -> Money:
        amount: Decimal = self.cleaned_data["amount"]
        currency = self.rows[0].currency if self.rows else "UZS"
        exponent = CURRENCIES[currency].exponent
        if amount != round(amount, exponent):
            raise forms.ValidationError(
                gettext("%(currency)s has %(digits)d decimals.")
                % {"currency": currency, "digits": exponent}
            )
        return Money.from_major(f"{amount:f}", currency)


def refund(deed: Deed) -> None:
    refund_goodwill(
        order_id=deed.id,
        amount=deed.given["amount"],
        key=str(deed.given["key"]),
        actor=deed.actor,
        now=deed.now,
        why=deed.reason,
    )

"""What staff do to orders that asks for more than a reason."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.deeds import Deed, ReasonForm
from apps.core.formats import format_money
from apps.core.web.fields import AmountField
from apps.orders.models import Order
from apps.orders.services.refunding import refund_goodwill, refundable


class RefundForm(ReasonForm):
    """A sum in the order's currency. `key` makes the page's form one refund, however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, rows: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, rows=rows, **kwargs)
        if len(rows) != 1:
            return
        order: Order = rows[0]
        left = format_money(refundable(order))
        self.fields["amount"] = AmountField(
            currency=order.currency,
            label=_("Sum to give back"),
            help_text=gettext("Up to %(left)s can be given back.") % {"left": left},
        )
        self.order_fields(["amount", "reason"])


def refund(deed: Deed) -> None:
    refund_goodwill(
        order_id=deed.id,
        amount=deed.given["amount"],
        key=str(deed.given["key"]),
        actor=deed.actor,
        now=deed.now,
        why=deed.reason,
    )

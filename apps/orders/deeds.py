"""What staff do to orders that asks for more than a reason."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.deeds import Deed, ReasonForm
from apps.core.formats import format_day, format_money
from apps.core.web.fields import AmountField
from apps.orders.models import Order
from apps.orders.selectors_chargebacks import ParcelFacts, evidence_of, parcels_of_chargeback
from apps.orders.services.refunding import refund_goodwill, refundable
from apps.payments.models.chargebacks import TEXT_LENGTH
from apps.payments.selectors_chargebacks import get_chargeback
from apps.payments.services.chargeback_answers import send_evidence


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


class EvidenceForm(ReasonForm):
    """What the bank is told: words, and the facts of the parcels that are chosen."""

    def __init__(self, *args: Any, rows: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, rows=rows, **kwargs)
        if len(rows) != 1:
            return
        self.fields["text"] = forms.CharField(
            label=_("What speaks for the shop"),
            max_length=TEXT_LENGTH,
            widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
            help_text=_("The bank reads it as you write it. English is read everywhere."),
        )
        parcels = parcels_of_chargeback(get_chargeback(rows[0].pk))
        self.fields["parcels"] = forms.MultipleChoiceField(
            label=_("Parcels to tell of"),
            choices=[(str(one.id), _parcel_label(one)) for one in parcels],
            initial=[str(one.id) for one in parcels],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Their numbers, carriers and days are sent along."),
        )
        self.order_fields(["text", "parcels", "reason"])


def _parcel_label(parcel: ParcelFacts) -> str:
    if parcel.delivered_at is None:
        return gettext("%(number)s, not delivered yet") % {"number": parcel.number}
    day = format_day(localdate(parcel.delivered_at))
    return gettext("%(number)s, delivered: %(day)s") % {"number": parcel.number, "day": day}


def answer_chargeback(deed: Deed) -> None:
    chosen = set(deed.given["parcels"])
    parcels = parcels_of_chargeback(get_chargeback(deed.id))
    send_evidence(
        chargeback_id=deed.id,
        evidence=evidence_of(deed.given["text"], [one for one in parcels if str(one.id) in chosen]),
        actor=deed.actor,
        reason=deed.reason,
        now=deed.now,
    )

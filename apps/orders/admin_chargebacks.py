"""Chargebacks in the back office: what waits for an answer until when, and the answer itself.

The table is of payments; the window stands here, because evidence is made of an order's facts.
"""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timeuntil
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.admin import WindowAdmin, WindowInline
from apps.core.columns import link, money
from apps.core.deeds import ReasonedAction
from apps.core.formats import format_moment
from apps.core.kinds import EMPTY
from apps.orders import deeds
from apps.orders.selectors_chargebacks import orders_of_chargeback
from apps.payments.models import Chargeback, ChargebackPart
from apps.payments.services.chargeback_answers import ANSWER_PERMISSION, accept_chargeback
from apps.payments.types_chargebacks import ChargebackState, reason_words


class PartInline(WindowInline):
    model = ChargebackPart
    related = ("allocation", "chargeback")
    show_change_link = False
    shown_fields = ("order", money("amount_minor", "chargeback__currency"))

    @admin.display(description=_("order"))
    def order(self, part: ChargebackPart) -> str:
        url = reverse("admin:orders_order_money", args=[part.allocation.reference_id])
        return format_html('<a href="{}">{}</a>', url, _("Who holds what of it"))


def waits_for_answer(row: Chargeback) -> bool:
    return row.state == ChargebackState.NEEDS_RESPONSE and not row.answer


@admin.register(Chargeback)
class ChargebackAdmin(WindowAdmin):
    related = ("payment",)
    list_display = (
        "provider_chargeback_id",
        "state",
        "deadline",
        money("amount_minor"),
        "why",
        "bearer",
        "answer",
        "opened_at",
    )
    list_filter = ("state", "bearer", "answer")
    search_fields = ("=id", "=provider_chargeback_id", "=payment__id")
    search_help_text = _("Chargeback's id, the provider's id or the payment's id, whole.")
    inlines = (PartInline,)
    shown_fields = (
        "provider_chargeback_id",
        "state",
        "deadline",
        "why",
        "bearer",
        "orders",
        "payment",
        money("amount_minor"),
        money("fee_minor"),
        "answer",
        "answer_text",
        "answer_facts",
        "opened_at",
        "withdrawn_at",
        "answered_at",
        "answer_sent_at",
        "under_review_at",
        "closed_at",
        "reinstated_at",
        "settled_at",
        "check_at",
        link(_("Ledger"), _("Show entries"), "payments_journalentry", reference_id="pk"),
    )
    reasoned_actions = (
        ReasonedAction(
            name="send_evidence",
            label=_("Send evidence"),
            permission=ANSWER_PERMISSION,
            run=deeds.answer_chargeback,
            consequence=_(
                "The buyer's bank gets it within a minute and decides, which may take two months. It"
                " takes evidence once."
            ),
            is_single=True,
            form=deeds.EvidenceForm,
            fits=waits_for_answer,
        ),
        ReasonedAction(
            name="accept",
            label=_("Accept it"),
            permission=ANSWER_PERMISSION,
            run=lambda deed: accept_chargeback(
                chargeback_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=_(
                "The bank keeps the money. Where the seller bears it, it is taken from the order or from"
                " the seller; else the marketplace bears it. It cannot be undone."
            ),
            is_dangerous=True,
            fits=waits_for_answer,
        ),
    )

    @admin.display(description=_("answer by"), ordering="evidence_due_at")
    def deadline(self, row: Chargeback) -> str:
        """The bank's term, and how much of it is left while an answer is owed."""
        due = row.evidence_due_at
        if due is None:
            return EMPTY
        if not waits_for_answer(row):
            return format_moment(due)
        now = clock.now()
        left = gettext("in %(time)s") % {"time": timeuntil(due, now)}
        return f"{format_moment(due)} · {left if due > now else gettext('over')}"

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, row: Chargeback) -> str:
        return reason_words(row.reason)

    @admin.display(description=_("orders"))
    def orders(self, row: Chargeback) -> str:
        found = orders_of_chargeback(row)
        links = ((reverse("admin:orders_order_change", args=[one.pk]), one.number) for one in found)
        return format_html_join(", ", '<a href="{}">{}</a>', links) or EMPTY

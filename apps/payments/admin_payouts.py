"""Payouts and payees' accounts: to look at; staff approve or stop a payout, with a reason."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.admin import WindowAdmin
from apps.core.columns import link, money
from apps.core.deeds import ReasonedAction
from apps.core.formats import format_money
from apps.core.kinds import EMPTY
from apps.payments.models import Payout, PayoutAccount, PayoutSchedule
from apps.payments.rules_payouts import may_move
from apps.payments.selectors_chargebacks import contested_of
from apps.payments.services.payouts import approve_payout, stop_payout
from apps.payments.types_payouts import PayoutState
from apps.sellers.models import Seller


class PayeeAdmin(WindowAdmin):
    """Rows of payees: the seller's name with its state, or the id of who is no seller here."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        seller = Seller.objects.filter(id=OuterRef("payee_id"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                payee_name=Subquery(seller.values("name")),
                payee_status=Subquery(seller.values("status")),
            )
        )

    @admin.display(description=_("seller"))
    def payee(self, row: Any) -> str:
        if row.payee_name is None:
            return str(row.payee_id)
        if row.payee_status == Seller.Status.SUSPENDED:
            return gettext("%(name)s (suspended: payouts wait)") % {"name": row.payee_name}
        return str(row.payee_name)


@admin.register(Payout)
class PayoutAdmin(PayeeAdmin):
    named_by = "number"
    related = ("account",)
    list_display = (
        "number",
        "state",
        money("amount_minor"),
        "payee",
        "account",
        "origin",
        "requested_at",
        "failure_code",
    )
    list_filter = ("state", "origin")
    search_fields = ("=id", "=number", "=payee_id", "=provider_transfer_id", "=provider_payout_id")
    search_help_text = _("Payout's id or number, seller's id, or the provider's id, whole.")
    shown_fields = (
        "id",
        "number",
        "state",
        money("amount_minor"),
        "payee",
        "account",
        "origin",
        "contested",
        "failure_code",
        "provider_transfer_id",
        "provider_payout_id",
        "provider_reversal_id",
        "requested_at",
        "approved_at",
        "stopped_at",
        "unknown_at",
        "transferred_at",
        "sent_at",
        "arrives_on",
        "paid_at",
        "returning_at",
        "failed_at",
        "check_at",
        link(_("Ledger"), _("Show entries"), "payments_journalentry", reference_id="pk"),
    )
    reasoned_actions = (
        ReasonedAction(
            name="approve",
            label=_("Approve"),
            permission="payments.approve_payout",
            run=lambda deed: approve_payout(
                payout_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=_("The money leaves for the seller's bank within a minute."),
            fits=lambda payout: payout.state == PayoutState.HELD,
        ),
        ReasonedAction(
            name="stop",
            label=_("Stop"),
            permission="payments.stop_payout",
            run=lambda deed: stop_payout(
                payout_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=_("The sum goes back to the seller's available balance at once."),
            is_dangerous=True,
            fits=lambda payout: (
                may_move(PayoutState(payout.state), PayoutState.STOPPED)
                and payout.transfer_called_at is None
            ),
        ),
    )

    @admin.display(description=_("seller's money that banks decide about"))
    def contested(self, row: Payout) -> str:
        """What is kept on the balance now; what a payout took before a bank asked is not."""
        kept = contested_of(row.payee_id).get(row.currency)
        return format_money(kept) if kept else EMPTY


@admin.register(PayoutAccount)
class PayoutAccountAdmin(PayeeAdmin):
    """The provider holds the bank's details; the page of its checks is for the owner alone."""

    list_display = (
        "payee",
        "currency",
        "state",
        "bank",
        "last4",
        "usable_from",
        "requirement",
    )
    list_filter = ("state",)
    search_fields = ("=id", "=payee_id", "=provider_account_id")
    search_help_text = _("Account's id, seller's id, or the provider's id, whole.")
    hidden_fields = ("link_url", "link_expires_at", "return_url", "payee_id")

    def readable_fields(self) -> list[Any]:
        return ["payee", *super().readable_fields()]

    def name_of(self, row: PayoutAccount) -> str:
        return (
            f"{row.bank} ···· {row.last4}"
            if row.last4
            else f"{row.currency}, {row.get_state_display()}"
        )


@admin.register(PayoutSchedule)
class PayoutScheduleAdmin(PayeeAdmin):
    list_display = ("payee", "currency", "rhythm", "weekday", "changed_at", "ran_for")
    list_filter = ("rhythm",)
    search_fields = ("=payee_id",)
    shown_fields = ("payee", "currency", "rhythm", "weekday", "changed_at", "ran_for")

    def name_of(self, row: PayoutSchedule) -> str:
        return f"{row.currency}: {row.get_rhythm_display()}"

"""Payments, refunds and what became of them: to look at and to drill into; no row can be changed here."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.admin import WindowAdmin, WindowInline
from apps.core.columns import email_column, link, money
from apps.core.deeds import ReasonedAction
from apps.core.formats import format_money
from apps.core.kinds import linked, reference, shortened
from apps.core.readable import plain
from apps.payments import (  # noqa: F401  they register their windows
    admin_ledger,
    admin_payouts,
    admin_reconciling,
)
from apps.payments.models import (
    EscrowHold,
    Incident,
    Payment,
    PaymentAllocation,
    PaymentAttempt,
    PaymentEvent,
    ProviderEvent,
    Refund,
    Reversal,
    Settlement,
)
from apps.payments.services.holds import lift_hold
from apps.payments.services.incidents import resolve_incident

# Whose money: an order of a seller, both known here by their keys alone.
PARTIES = {"reference_id": "order", "payee_id": "seller"}
ORDER = reference("reference_id", "order", pgettext_lazy("field", "order"))
SELLER = reference("payee_id", "seller", pgettext_lazy("field", "seller"))
ORDER_FIRST = reference("reference_id", "order", pgettext_lazy("field", "order"), is_link=False)

REFUNDED = reference("allocation__reference_id", "order", pgettext_lazy("field", "order"))
REFUNDED_FIRST = reference(
    "allocation__reference_id", "order", pgettext_lazy("field", "order"), is_link=False
)


class AllocationInline(WindowInline):
    model = PaymentAllocation
    related = ("payment",)
    references = PARTIES
    show_change_link = False
    shown_fields = (
        ORDER,
        SELLER,
        money("amount_minor", "payment__currency"),
        money("refunded_minor", "payment__currency"),
    )


class AttemptInline(WindowInline):
    model = PaymentAttempt
    shown_fields = ("number", "provider", "state", "intent_id", "failure_code", "created_at")


class PaymentEventInline(WindowInline):
    model = PaymentEvent
    shown_fields = ("kind", "provider_reference", money("amount_minor"), "created_at")


class RefundInline(WindowInline):
    model = Refund
    shown_fields = (money("amount_minor"), "state", "reason", "created_at", "settled_at")


@admin.register(Payment)
class PaymentAdmin(WindowAdmin):
    is_personal = True
    named_by = "description"
    subject = ("reference_type", "reference_id")
    list_display = (
        "bought",
        "state",
        money("amount_minor"),
        money("captured_minor"),
        money("refunded_minor"),
        email_column("payer_email", _("payer")),
        "created_at",
    )
    list_filter = ("state",)
    search_fields = ("=id", "=reference_id", "=payer_email", "=description")
    search_help_text = _("Payment or reference id, payer's e-mail, or description, whole.")
    inlines = (AllocationInline, AttemptInline, RefundInline, PaymentEventInline)
    shown_fields = (
        "id",
        "description",
        "state",
        money("amount_minor"),
        money("captured_minor"),
        money("refunded_minor"),
        "payer_email",
        "payer",
        "reference_type",
        "about",
        "created_at",
        "captured_at",
        link(_("Ledger"), _("Show entries"), "payments_journalentry", reference_id="pk"),
    )

    def name_of(self, row: Payment) -> str:
        return f"{row.description}, {format_money(row.amount)}"

    @admin.display(description=_("paid for"), ordering="description")
    def bought(self, payment: Any) -> str:
        return str(payment.subject_name or payment.description)

    @admin.display(description=_("account of the payer"))
    def payer(self, payment: Payment) -> str:
        return linked("user", str(payment.payer_id or ""))


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(WindowAdmin):
    related = ("payment",)
    list_display = ("payment", "number", "provider", "state", "failure_code", "created_at")
    list_filter = ("state",)
    search_fields = ("=id", "=session_id", "=intent_id")
    search_help_text = _("Attempt, session or intent id, whole.")
    hidden_fields = ("return_url", "redirect_url")

    def name_of(self, row: PaymentAttempt) -> str:
        return f"{plain(row, 'provider')} #{row.number}"


@admin.register(Refund)
class RefundAdmin(WindowAdmin):
    related = ("payment", "allocation", "chargeback")
    references = {"allocation__reference_id": "order"}
    list_display = (
        REFUNDED_FIRST,
        money("amount_minor"),
        "state",
        "reason",
        "failure_code",
        "created_at",
        "settled_at",
    )
    list_filter = ("state",)
    search_fields = ("=id", "=key", "=provider_refund_id")
    search_help_text = _("Refund's id or key, or the provider's id, whole.")
    shown_fields = (
        "payment",
        REFUNDED,
        money("amount_minor"),
        "state",
        "reason",
        "failure_code",
        "chargeback",
        "created_at",
        "settled_at",
        "check_at",
        "provider_refund_id",
        "key",
        "id",
    )

    def name_of(self, row: Refund) -> str:
        return f"{format_money(row.amount)}, {row.get_state_display()}"


@admin.register(ProviderEvent)
class ProviderEventAdmin(WindowAdmin):
    """What providers wrote, as it came: people's data stand in it."""

    is_personal = True
    list_display = ("event_id", "provider", "kind", "state", "attempts", "received_at")
    list_filter = ("state",)
    search_fields = ("=event_id", "=object_id", "=kind")
    hidden_fields = ("headers",)

    def name_of(self, row: ProviderEvent) -> str:
        return row.kind

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ProviderEvent]:
        return super().get_queryset(request).defer("headers")


@admin.register(Incident)
class IncidentAdmin(WindowAdmin):
    related = ("payment",)
    list_display = ("kind", "key", "payment", "created_at", "resolved_at")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "kind")
    search_fields = ("=key", "=payment__id")
    shown_fields = ("kind", "payment", "details", "created_at", "resolved_at", "key")
    reasoned_actions = (
        ReasonedAction(
            name="resolve",
            label=_("Resolve"),
            permission="payments.change_incident",
            run=lambda deed: resolve_incident(
                incident_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=_("The incident leaves the queue. No money moves by this."),
            fits=lambda incident: incident.resolved_at is None,
        ),
    )

    def name_of(self, row: Incident) -> str:
        return str(row.get_kind_display())


class ReversalInline(WindowInline):
    model = Reversal
    related = ("settlement", "refund")
    shown_fields = (
        "refund",
        money("seller_minor", "settlement__currency"),
        money("payout_minor", "settlement__payout_currency"),
        money("owed_minor", "settlement__payout_currency"),
        "is_from_pending",
        "reversed_at",
    )


@admin.register(Settlement)
class SettlementAdmin(WindowAdmin):
    """What became of an order's escrow; the entries behind it stand in the ledger."""

    references = PARTIES
    list_display = (
        ORDER_FIRST,
        SELLER,
        "state",
        money("seller_minor"),
        money("payout_minor", "payout_currency"),
        "released_at",
        "available_at",
    )
    list_filter = ("state",)
    search_fields = ("=id", "=reference_id", "=payee_id")
    search_help_text = _("Settlement, order or seller id, whole.")
    inlines = (ReversalInline,)
    shown_fields = (
        ORDER,
        SELLER,
        "state",
        money("commission_minor"),
        money("commission_vat_minor"),
        money("delivery_minor"),
        money("delivery_vat_minor"),
        money("seller_minor"),
        money("payout_minor", "payout_currency"),
        "released_at",
        "available_at",
        "made_available_at",
        link(_("Ledger"), _("Show entries"), "payments_journalentry", reference_id="reference_id"),
    )

    def name_of(self, row: Settlement) -> str:
        return getattr(row, "reference_id_name", None) or shortened(str(row.reference_id))


@admin.register(EscrowHold)
class EscrowHoldAdmin(WindowAdmin):
    references = {"reference_id": "order"}
    list_display = (ORDER_FIRST, "reason", "placed_at", "lifted_at")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    search_fields = ("=reference_id",)
    search_help_text = _("Order's id, whole.")
    shown_fields = (
        ORDER,
        "reason",
        "placed_at",
        "lifted_at",
        link(_("Ledger"), _("Show accounts"), "payments_ledgeraccount", owner_id="reference_id"),
    )
    reasoned_actions = (
        ReasonedAction(
            name="lift",
            label=_("Lift the hold"),
            permission="payments.change_escrowhold",
            run=lambda deed: lift_hold(
                hold_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=_("The money goes to the seller when its term has passed."),
            fits=lambda hold: hold.lifted_at is None,
        ),
    )

    def name_of(self, row: EscrowHold) -> str:
        return plain(row, "reason")


@admin.register(PaymentEvent)
class PaymentEventAdmin(WindowAdmin):
    related = ("payment",)
    list_display = ("kind", "payment", "provider_reference", money("amount_minor"), "created_at")
    search_fields = ("=provider_reference", "=payment__id")
    shown_fields = (
        "payment",
        "kind",
        "provider_reference",
        money("amount_minor"),
        "data",
        "created_at",
    )

    def name_of(self, row: PaymentEvent) -> str:
        return plain(row, "kind")

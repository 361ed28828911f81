"""Reconciliation in the back office: runs, and differences that a person resolves with a reason."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.core.admin import WindowAdmin, WindowInline
from apps.core.deeds import ReasonedAction
from apps.core.formats import format_moment, format_money
from apps.core.kinds import EMPTY
from apps.core.money import CURRENCIES, Money
from apps.core.readable import plain
from apps.payments.models import ReconciliationItem, ReconciliationRun
from apps.payments.services.reconciling import resolve_difference


@cache
def amount(name: str, currency: str, label: Any) -> Callable[[Any], str]:
    """A column of a sum whose currency may be one that the shop does not use."""

    def shown(row: Any) -> str:
        minor, code = getattr(row, name), getattr(row, currency)
        if minor is None or not code:
            return EMPTY
        text = format_money(Money(minor, code)) if code in CURRENCIES else f"{minor} {code}"
        return format_html('<span class="sum">{}</span>', text)

    shown.__name__ = name.replace("_minor", "")
    shown.short_description = label  # type: ignore[attr-defined]
    return shown


class ReconciliationItemInline(WindowInline):
    model = ReconciliationItem
    shown_fields = (
        "kind",
        "movement",
        "our_reference",
        "their_reference",
        "resolved_at",
    )


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(WindowAdmin):
    list_display = (
        "provider",
        "period_from",
        "period_to",
        "state",
        "statement_count",
        "book_count",
        "difference_count",
        "new_count",
        "at",
    )
    list_filter = ("state",)
    search_fields = ("=id", "=provider")
    inlines = (ReconciliationItemInline,)

    def name_of(self, row: ReconciliationRun) -> str:
        return f"{plain(row, 'provider')}, {format_moment(row.period_from)}"


@admin.register(ReconciliationItem)
class ReconciliationItemAdmin(WindowAdmin):
    """Where a provider's statement and our books differ. Nothing was booked for it."""

    related = ("run",)
    list_display = (
        "kind",
        "movement",
        amount("our_amount_minor", "our_currency", _("our amount")),
        amount("their_amount_minor", "their_currency", _("their amount")),
        "found_at",
        "our_reference",
        "their_reference",
        "resolved_at",
    )
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "kind", "movement")
    search_fields = ("=id", "=our_reference", "=their_reference")
    search_help_text = _("Our or the provider's reference, whole.")
    shown_fields = (
        "run",
        "kind",
        "movement",
        "our_reference",
        "their_reference",
        amount("our_amount_minor", "our_currency", _("our amount")),
        amount("their_amount_minor", "their_currency", _("their amount")),
        amount("expected_fee_minor", "their_currency", _("expected fee")),
        amount("their_fee_minor", "their_currency", _("their fee")),
        "our_at",
        "their_at",
        "found_at",
        "resolved_at",
        "resolution",
    )
    reasoned_actions = (
        ReasonedAction(
            name="resolve",
            label=_("Resolve the difference"),
            permission="payments.change_reconciliationitem",
            run=lambda deed: resolve_difference(
                item_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=_(
                "The difference leaves the queue. Payouts run again when none is open. No money moves by this."
            ),
            fits=lambda item: item.resolved_at is None,
        ),
    )

    def name_of(self, row: ReconciliationItem) -> str:
        return f"{row.get_kind_display()}: {row.our_reference or row.their_reference}"

"""The ledger in the back office: accounts, entries, postings; escrow can be put on hold with a reason."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.admin import WindowAdmin, WindowInline
from apps.core.columns import link, money
from apps.core.deeds import ReasonedAction
from apps.core.formats import format_money
from apps.core.money import Money
from apps.core.readable import plain, when
from apps.payments.models import JournalEntry, LedgerAccount, Posting
from apps.payments.selectors import account_balance, held_reference
from apps.payments.services.holds import hold_escrow


class PostingInline(WindowInline):
    model = Posting
    related = ("account",)
    show_change_link = False
    shown_fields = ("account", money("amount_minor"))


@admin.register(LedgerAccount)
class LedgerAccountAdmin(WindowAdmin):
    subject = ("owner_type", "owner_id")
    list_display = (
        "kind",
        "owner_type",
        "about",
        "currency",
        money("balance_minor", "currency", _("stored balance")),
        "created_at",
    )
    list_filter = ("kind",)
    search_fields = ("=owner_id",)
    search_help_text = _("Owner's id, whole: an order, a payment, a seller, a provider.")
    shown_fields = (
        "kind",
        "owner_type",
        "about",
        "currency",
        "balance",
        money("min_balance_minor", "currency", _("floor")),
        "created_at",
        link(_("Postings"), _("Show postings"), "payments_posting", account__id__exact="pk"),
    )
    reasoned_actions = (
        ReasonedAction(
            name="hold",
            label=_("Put the money on hold"),
            permission="payments.add_escrowhold",
            run=lambda deed: hold_escrow(
                reference_id=held_reference(deed.id),
                actor=deed.actor,
                reason=deed.reason,
                now=deed.now,
            ),
            consequence=_(
                "The seller gets nothing of this order until the hold is lifted. Refunds stay possible."
            ),
            is_dangerous=True,
            fits=lambda account: account.kind == LedgerAccount.Kind.ESCROW,
        ),
    )

    def name_of(self, row: LedgerAccount) -> str:
        return f"{row.get_kind_display()} · {row.currency}"

    @admin.display(description=_("balance"))
    def balance(self, account: LedgerAccount) -> str:
        return format_money(account_balance(account))


@admin.register(JournalEntry)
class JournalEntryAdmin(WindowAdmin):
    subject = ("reference_type", "reference_id")
    list_display = ("kind", "reference_type", "about", "created_at", "key")
    search_fields = ("=key", "=kind", "=reference_id")
    search_help_text = _("Entry's key, kind or the id of what it is of, whole.")
    related = ("reverses",)
    inlines = (PostingInline,)
    shown_fields = ("kind", "reference_type", "about", "reverses", "created_at", "key")

    def name_of(self, row: JournalEntry) -> str:
        return plain(row, "kind")


@admin.register(Posting)
class PostingAdmin(WindowAdmin):
    related = ("entry", "account")
    list_display = ("entry", "account", money("amount_minor"), "made_at")
    list_filter = ("account__kind",)
    search_fields = ("=entry__key", "=account__owner_id")
    search_help_text = _("Entry's key or account owner's id, whole.")
    shown_fields = ("entry", "account", money("amount_minor"), "made_at")

    def name_of(self, row: Posting) -> str:
        return format_money(Money(row.amount_minor, row.currency))

    @admin.display(description=pgettext_lazy("field", "made at"))
    def made_at(self, posting: Posting) -> str:
        return when(posting.entry.created_at)

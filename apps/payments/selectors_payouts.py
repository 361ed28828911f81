"""Reads of payouts. Callers above have checked that the payee is the viewer's."""

from uuid import UUID

from django.db.models import Sum

from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.queues import Queue, queue_of
from apps.payments.models import (
    JournalEntry,
    LedgerAccount,
    Payout,
    PayoutAccount,
    PayoutSchedule,
)
from apps.payments.rules_payouts import OPEN, entry_keys
from apps.payments.selectors import account_balance, entries_of_keys
from apps.payments.selectors_chargebacks import contested_of
from apps.payments.types_payouts import PayoutAccountState, PayoutState

_CURRENT = (PayoutAccountState.VERIFIED, PayoutAccountState.RESTRICTED)
# Where a refund after the release leaves a payee owing: below zero is owed.
RECEIVABLE = "SELLER_RECEIVABLE"


def payable_balance(payee_id: UUID, currency: str) -> Money:
    """Return what may be paid out: the available balance less what is contested, nothing while the
    payee owes in this currency.
    """
    if owes(payee_id, currency):
        return Money.zero(currency)
    return less_contested(available_balance(payee_id, currency), payee_id)


def less_contested(available: Money, payee_id: UUID) -> Money:
    """Return what stays of a payee's balance (never below zero) when banks keep what they decide about."""
    nothing = Money.zero(available.currency)
    return max(available - contested_of(payee_id).get(available.currency, nothing), nothing)


def available_balance(payee_id: UUID, currency: str) -> Money:
    return _balance_of(payee_id, LedgerAccount.Kind.SELLER_AVAILABLE, currency)


def owes(payee_id: UUID, currency: str) -> bool:
    return currency in debts_of(payee_id)


def debts_of(payee_id: UUID) -> frozenset[str]:
    """Return the currencies in which a payee owes."""
    accounts = LedgerAccount.objects.filter(
        owner_type="seller", owner_id=str(payee_id), kind=RECEIVABLE
    )
    sums = accounts.annotate(minor=Sum("postings__amount_minor"))
    return frozenset(sums.filter(minor__lt=0).values_list("currency", flat=True))


def _balance_of(payee_id: UUID, kind: str, currency: str) -> Money:
    account = LedgerAccount.objects.filter(
        owner_type="seller", owner_id=str(payee_id), kind=kind, currency=currency
    ).first()
    return account_balance(account) if account else Money.zero(currency)


def on_their_way(payee_id: UUID) -> list[Money]:
    """Return the sums of a payee's open payouts, one a currency, in the order of the codes."""
    rows = Payout.objects.filter(payee_id=payee_id, state__in=OPEN).order_by("currency")
    sums = rows.values("currency").annotate(minor=Sum("amount_minor"))
    return [Money(int(row["minor"]), str(row["currency"])) for row in sums]


def payouts_of(payee_id: UUID, before: UUID | None = None, limit: int = 50) -> list[Payout]:
    """Return a payee's payouts with their accounts, newest first; `before` is the last id seen."""
    rows = Payout.objects.filter(payee_id=payee_id).select_related("account").order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows[:limit])


def payout_of(payee_id: UUID, payout_id: UUID) -> Payout:
    """:raises NotFound: there is none, or it is another payee's"""
    rows = Payout.objects.filter(payee_id=payee_id, id=payout_id).select_related("account")
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def get_payout(payout_id: UUID) -> Payout:
    """:raises NotFound: there is no such payout"""
    found = Payout.objects.filter(id=payout_id).select_related("account").first()
    if found is None:
        raise NotFound
    return found


def entries_of_payout(payout: Payout) -> list[JournalEntry]:
    """Return the entries of a payout, oldest first, with all their postings."""
    return entries_of_keys(entry_keys(payout.id))


def accounts_of_payee(payee_id: UUID) -> list[PayoutAccount]:
    """Return a payee's accounts that are in use or on their way to it."""
    live = (*_CURRENT, PayoutAccountState.PENDING)
    return list(PayoutAccount.objects.filter(payee_id=payee_id, state__in=live).order_by("id"))


def get_account(account_id: UUID) -> PayoutAccount:
    """:raises NotFound: there is no such account"""
    found = PayoutAccount.objects.filter(id=account_id).first()
    if found is None:
        raise NotFound
    return found


def current_account(payee_id: UUID, currency: str) -> PayoutAccount | None:
    """Return the account to which a payee's payouts in a currency go, usable now or not."""
    rows = PayoutAccount.objects.filter(payee_id=payee_id, currency=currency, state__in=_CURRENT)
    return rows.first()


def schedules_of(payee_id: UUID) -> dict[str, PayoutSchedule]:
    """Return a payee's schedules by currency."""
    return {row.currency: row for row in PayoutSchedule.objects.filter(payee_id=payee_id)}


def held_payouts() -> Queue:
    """Payouts that wait for staff."""
    return queue_of(Payout.objects.filter(state=PayoutState.HELD), "requested_at")

"""The ledger's one writer.

Invariant: an entry is booked once per key; triggers check that it sums to zero and that no bounded
account falls below its floor (docs/ledger.md has worked numbers).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.locks import lock_rows
from apps.core.money import Money
from apps.payments.locks import LEDGER
from apps.payments.models import JournalEntry, LedgerAccount, Posting

Kind = LedgerAccount.Kind

# Floors of bounded accounts; the others are unbounded and hot, so they keep no stored balance.
FLOORS: dict[str, int] = {
    Kind.ESCROW: 0,
    Kind.REFUNDS_IN_TRANSIT: 0,
    Kind.SELLER_PENDING: 0,
    Kind.SELLER_AVAILABLE: 0,
    Kind.PAYOUTS_IN_TRANSIT: 0,
}


class InsufficientFunds(DomainError):
    code = "ledger.insufficient_funds"
    message = _("There is not enough money on the account for this.")


@dataclass(frozen=True, slots=True, order=True)
class AccountRef:
    owner_type: str
    owner_id: str
    kind: str


def clearing(provider: str) -> AccountRef:
    return AccountRef("provider", provider, Kind.PROVIDER_CLEARING)


def escrow(order_reference: object) -> AccountRef:
    return AccountRef("order", str(order_reference), Kind.ESCROW)


def refunds_in_transit(payment_id: object) -> AccountRef:
    return AccountRef("payment", str(payment_id), Kind.REFUNDS_IN_TRANSIT)


def seller_pending(payee_id: object) -> AccountRef:
    return AccountRef("seller", str(payee_id), Kind.SELLER_PENDING)


def seller_available(payee_id: object) -> AccountRef:
    return AccountRef("seller", str(payee_id), Kind.SELLER_AVAILABLE)


def seller_receivable(payee_id: object) -> AccountRef:
    """What a payee owes us: below zero after refunds of money that was paid out, never above."""
    return AccountRef("seller", str(payee_id), Kind.SELLER_RECEIVABLE)


def payouts_in_transit(payout_id: object) -> AccountRef:
    return AccountRef("payout", str(payout_id), Kind.PAYOUTS_IN_TRANSIT)


def own(kind: str) -> AccountRef:
    """The marketplace's own account of a kind: commission, delivery, VAT payable, currency exchange."""
    return AccountRef("platform", "marketplace", kind)


def suspense(provider: str) -> AccountRef:
    return AccountRef("provider", provider, Kind.SUSPENSE)


@transaction.atomic
def post(
    *,
    key: str,
    kind: str,
    reference_type: str,
    reference_id: object,
    postings: Sequence[tuple[AccountRef, Money]],
) -> JournalEntry:
    """Book one entry; zero amounts are left out. A repeated key returns the first entry.

    Locks the bounded accounts in the order of their ids.

    :raises InsufficientFunds: a bounded account would fall below its floor
    :raises ValueError: the postings of a currency do not sum to zero
    """
    rows = [(ref, amount) for ref, amount in postings if amount]
    for currency in {amount.currency for _ref, amount in rows}:
        if sum(amount.minor for _ref, amount in rows if amount.currency == currency):
            raise ValueError(f"entry {key} does not balance in {currency}")
    if earlier := JournalEntry.objects.filter(key=key).first():
        return earlier
    accounts = {
        (ref, amount.currency): _account(ref, amount.currency)
        for ref, amount in sorted(rows, key=lambda row: (row[0], row[1].currency))
    }
    _lock(accounts.values())
    entry = JournalEntry.objects.create(
        key=key, kind=kind, reference_type=reference_type, reference_id=str(reference_id)
    )
    try:
        with transaction.atomic():
            Posting.objects.bulk_create(
                Posting(
                    entry=entry,
                    account=accounts[ref, amount.currency],
                    currency=amount.currency,
                    amount_minor=amount.minor,
                )
                for ref, amount in rows
            )
    except IntegrityError as error:
        if "ledger_account_floor" in str(error):
            raise InsufficientFunds from error
        raise
    return entry


def lock(accounts: Iterable[tuple[AccountRef, str]]) -> None:
    """Lock accounts, each with its currency, before their balances are read and decided on.

    Name all that the entry will touch: what `post` locks after it must be held already.
    """
    _lock([_account(ref, currency) for ref, currency in sorted(accounts)])


def _lock(accounts: Iterable[LedgerAccount]) -> None:
    bounded = [account.id for account in accounts if account.min_balance_minor is not None]
    lock_rows(LedgerAccount.objects.filter(id__in=bounded), rank=LEDGER)


def _account(ref: AccountRef, currency: str) -> LedgerAccount:
    account, _created = LedgerAccount.objects.get_or_create(
        owner_type=ref.owner_type,
        owner_id=ref.owner_id,
        kind=ref.kind,
        currency=currency,
        defaults={"min_balance_minor": FLOORS.get(ref.kind)},
    )
    return account


def balance(ref: AccountRef, currency: str) -> Money:
    """Return an account's balance: stored for bounded accounts, summed for the others."""
    account = LedgerAccount.objects.filter(
        owner_type=ref.owner_type, owner_id=ref.owner_id, kind=ref.kind, currency=currency
    ).first()
    if account is None:
        return Money.zero(currency)
    if account.min_balance_minor is not None:
        return Money(account.balance_minor, currency)
    summed = account.postings.aggregate(sum=Sum("amount_minor"))["sum"]
    return Money(int(summed or 0), currency)

"""The ledger's one writer.

Invariant: an entry is booked once per key; triggers check that it sums to zero and that no bounded
account falls below its floor (docs/ledger.md has worked numbers).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.locks import lock_rows, part_of_use_case
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
    """The marketplace's own account of a kind: commission, delivery, VAT, chargebacks, currency exchange."""
    return AccountRef("platform", "marketplace", kind)


def suspense(provider: str) -> AccountRef:
    return AccountRef("provider", provider, Kind.SUSPENSE)


@part_of_use_case
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
    accounts = _locked({(ref, amount.currency) for ref, amount in rows})
    entry = JournalEntry.objects.create(
        key=key, kind=kind, reference_type=reference_type, reference_id=str(reference_id)
    )
    try:
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


Named = tuple[AccountRef, str]


def lock(accounts: Iterable[Named]) -> None:
    """Lock accounts, each with its currency, before their balances are read and decided on.

    Name all that the entry will touch: what `post` locks after it must be held already.
    """
    _locked(set(accounts))


def _locked(named: Collection[Named]) -> dict[Named, LedgerAccount]:
    """Return accounts by name and currency: the bounded ones locked, the missing ones opened."""
    found = _found(named)
    opened = _opened(sorted(set(named) - set(found)))
    bounded = [one.id for one in found.values() if one.min_balance_minor is not None]
    lock_rows(LedgerAccount.objects.filter(id__in=bounded), rank=LEDGER)
    return found | opened


def _opened(missing: Sequence[Named]) -> dict[Named, LedgerAccount]:
    """Open accounts. One that another transaction opened meanwhile is touched, and so locked."""
    rows = LedgerAccount.objects.bulk_create(
        (
            LedgerAccount(
                owner_type=ref.owner_type,
                owner_id=ref.owner_id,
                kind=ref.kind,
                currency=currency,
                min_balance_minor=FLOORS.get(ref.kind),
            )
            for ref, currency in missing
        ),
        update_conflicts=True,
        unique_fields=["owner_type", "owner_id", "kind", "currency"],
        update_fields=["touched_at"],
    )
    return dict(zip(missing, rows, strict=True))


def _found(named: Collection[Named]) -> dict[Named, LedgerAccount]:
    wanted = Q(pk__in=[])
    for ref, currency in named:
        wanted |= Q(
            owner_type=ref.owner_type, owner_id=ref.owner_id, kind=ref.kind, currency=currency
        )
    rows = LedgerAccount.objects.filter(wanted)
    return {(AccountRef(row.owner_type, row.owner_id, row.kind), row.currency): row for row in rows}


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

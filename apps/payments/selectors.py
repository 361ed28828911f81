"""Reads of payments. Callers above have checked that the reference is the viewer's."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch, QuerySet, Sum

from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.queues import Queue, queue_of
from apps.payments.models import (
    EscrowHold,
    Incident,
    JournalEntry,
    LedgerAccount,
    Payment,
    PaymentAttempt,
    Posting,
    Reversal,
    Settlement,
)
from apps.payments.rules import available_key, refund_key, release_key
from apps.payments.selectors_chargebacks import contested_of
from apps.payments.types import SellerBalance

# With their refunds, which tell a chargeback from what staff gave back.
REVERSALS = Prefetch("reversals", Reversal.objects.select_related("refund"))


def payment_of(reference_type: str, reference_id: UUID) -> Payment | None:
    return Payment.objects.filter(reference_type=reference_type, reference_id=reference_id).first()


def latest_attempt(reference_type: str, reference_id: UUID) -> PaymentAttempt | None:
    """Return the newest attempt with its payment loaded, or None before the first."""
    return (
        PaymentAttempt.objects.filter(
            payment__reference_type=reference_type, payment__reference_id=reference_id
        )
        .select_related("payment")
        .order_by("-number")
        .first()
    )


def open_incidents() -> Queue:
    return queue_of(Incident.objects.filter(resolved_at=None), "created_at")


def open_holds() -> Queue:
    return queue_of(EscrowHold.objects.filter(lifted_at=None), "placed_at")


def escrow_balance(reference_id: UUID, currency: str) -> Money:
    """Return what of an order is in escrow: zero before it is paid and after it is released."""
    account = LedgerAccount.objects.filter(
        owner_type="order",
        owner_id=str(reference_id),
        kind=LedgerAccount.Kind.ESCROW,
        currency=currency,
    ).first()
    return Money(account.balance_minor if account else 0, currency)


def held_reference(account_id: int) -> UUID:
    """Return the order whose escrow an account keeps.

    :raises NotFound: the account is of another kind
    """
    escrow = LedgerAccount.objects.filter(
        id=account_id, owner_type="order", kind=LedgerAccount.Kind.ESCROW
    )
    owner_id = escrow.values_list("owner_id", flat=True).first()
    if owner_id is None:
        raise NotFound
    return UUID(owner_id)


def is_held(reference_id: UUID) -> bool:
    return bool(open_holds_of([reference_id]))


def open_holds_of(reference_ids: Sequence[UUID]) -> dict[UUID, EscrowHold]:
    """Return the holds that are on, by order, in one query."""
    rows = EscrowHold.objects.filter(reference_id__in=list(reference_ids), lifted_at=None)
    return {row.reference_id: row for row in rows}


def seller_balances(payee_id: UUID) -> list[SellerBalance]:
    """Return what a payee has and owes, one row a currency, in the order of the codes."""
    kinds = LedgerAccount.Kind
    found = LedgerAccount.objects.filter(
        owner_type="seller",
        owner_id=str(payee_id),
        kind__in=[kinds.SELLER_PENDING, kinds.SELLER_AVAILABLE],
    ).values_list("currency", "kind", "balance_minor")
    minor = {(currency, kind): balance for currency, kind, balance in found}
    owed = dict(
        Posting.objects.filter(
            account__owner_type="seller",
            account__owner_id=str(payee_id),
            account__kind=kinds.SELLER_RECEIVABLE,
        )
        .values_list("currency")
        .annotate(minor=-Sum("amount_minor"))
    )
    contested = contested_of(payee_id)
    balances = []
    for currency in sorted({currency for currency, _kind in minor} | set(owed)):
        available = Money(minor.get((currency, kinds.SELLER_AVAILABLE), 0), currency)
        balances.append(
            SellerBalance(
                currency=currency,
                pending=Money(minor.get((currency, kinds.SELLER_PENDING), 0), currency),
                available=available,
                owed=Money(int(owed.get(currency, 0)), currency),
                on_hold=min(contested.get(currency, Money.zero(currency)), available),
            )
        )
    return balances


def settlements_of(
    payee_id: UUID, before: UUID | None = None, limit: int = 50, *, state: str = ""
) -> list[Settlement]:
    """Return a payee's settlements, newest first, of one state or of all, reversals loaded.

    `before` is the last id of the page before.
    """
    rows = (
        Settlement.objects.filter(payee_id=payee_id).prefetch_related("reversals").order_by("-id")
    )
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows[:limit])


def settlement_of(payee_id: UUID, settlement_id: UUID) -> Settlement:
    """:raises NotFound: there is none, or it is another payee's"""
    found = (
        Settlement.objects.filter(payee_id=payee_id, id=settlement_id)
        .prefetch_related(REVERSALS)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def settlements_for(reference_ids: Sequence[UUID]) -> dict[UUID, Settlement]:
    """Return the settlements of orders by order, with what was taken back of them loaded.

    Two queries; orders not released are left out.
    """
    rows = Settlement.objects.filter(reference_id__in=list(reference_ids))
    rows = rows.prefetch_related(REVERSALS)
    return {row.reference_id: row for row in rows}


def entries_of_settlement(settlement: Settlement) -> list[JournalEntry]:
    """Return the entries behind a settlement: its release, its becoming available, what was taken back.

    They touch this payee's order alone; a capture, which may pay several payees, is not among them.
    """
    keys = [release_key(settlement.reference_id), available_key(settlement.id)]
    keys += [refund_key(row.refund_id) for row in settlement.reversals.all()]
    return entries_of_keys(keys)


def entries_of_keys(keys: Sequence[str]) -> list[JournalEntry]:
    """Return the entries of these names that are booked, oldest first, each with all its postings."""
    return _with_postings(JournalEntry.objects.filter(key__in=list(keys)))


def account_balance(account: LedgerAccount) -> Money:
    """Return the stored balance of a bounded account, the sum of an unbounded one's postings."""
    if account.min_balance_minor is not None:
        return Money(account.balance_minor, account.currency)
    summed = account.postings.aggregate(sum=Sum("amount_minor"))["sum"]
    return Money(int(summed or 0), account.currency)


def accounts_of(owner_type: str, owner_id: object) -> list[LedgerAccount]:
    """Return the ledger's accounts of one owner."""
    return list(
        LedgerAccount.objects.filter(owner_type=owner_type, owner_id=str(owner_id)).order_by("kind")
    )


def entries_touching(account_ids: Sequence[int]) -> list[JournalEntry]:
    """Return the entries behind some accounts, oldest first, each with all its postings loaded."""
    return _with_postings(
        JournalEntry.objects.filter(postings__account_id__in=account_ids).distinct()
    )


def _with_postings(entries: QuerySet[JournalEntry]) -> list[JournalEntry]:
    postings = Prefetch("postings", Posting.objects.select_related("account").order_by("id"))
    return list(entries.order_by("id").prefetch_related(postings))

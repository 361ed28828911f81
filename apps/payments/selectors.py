"""Reads of payments. Callers above have checked that the reference is the viewer's."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch, Sum

from apps.core.money import Money
from apps.core.queues import Queue, queue_of
from apps.payments.models import (
    Incident,
    JournalEntry,
    LedgerAccount,
    Payment,
    PaymentAttempt,
    Posting,
)


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
    return list(
        JournalEntry.objects.filter(postings__account_id__in=account_ids)
        .distinct()
        .order_by("id")
        .prefetch_related(
            Prefetch("postings", Posting.objects.select_related("account").order_by("id"))
        )
    )

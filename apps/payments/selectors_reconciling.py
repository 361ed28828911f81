"""Reads for reconciliation: our books in a statement's words, and what is open."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from apps.core.queues import Queue, queue_of
from apps.payments.models import (
    Chargeback,
    LedgerAccount,
    PaymentAttempt,
    PaymentEvent,
    Posting,
    ReconciliationItem,
    Refund,
)
from apps.payments.rules_chargebacks import reinstated_key, withdrawn_key
from apps.payments.types import AttemptState, PaymentState, RefundState
from apps.payments.types_reconciling import BookLine, StatementKind

# Refunds that were never booked as paid: the provider may have made them all the same.
_UNBOOKED = (RefundState.CREATED, RefundState.PENDING, RefundState.UNKNOWN, RefundState.FAILED)
_ENTRY_KINDS = {
    "CAPTURE": StatementKind.CHARGE,
    "SUSPENSE": StatementKind.CHARGE,
    "REFUND": StatementKind.REFUND,
    "REFUND_FAILED": StatementKind.REFUND_FAILURE,
    "PAYOUT": StatementKind.TRANSFER,
    "PAYOUT_BOUNCED": StatementKind.TRANSFER_REVERSAL,
    "CHARGEBACK": StatementKind.CHARGEBACK,
    "CHARGEBACK_WON": StatementKind.CHARGEBACK_WON,
}
_CHUNK = 2000


def has_open_differences(provider: str) -> bool:
    """Tell whether anything of a provider's statement waits for a person: then nothing is paid out."""
    return ReconciliationItem.objects.filter(provider=provider, resolved_at=None).exists()


def open_differences() -> Queue:
    return queue_of(ReconciliationItem.objects.filter(resolved_at=None), "found_at")


def known_keys(provider: str, keys: Sequence[str]) -> set[str]:
    """Return those of the differences that a run before has noted."""
    rows = ReconciliationItem.objects.filter(provider=provider, key__in=list(keys))
    return set(rows.values_list("key", flat=True))


def book_lines(
    *, provider: str, start: datetime, end: datetime, references: Iterable[str]
) -> list[BookLine]:
    """Return what the books hold of a provider in [start, end), and of `references` at any time.

    Booked lines are postings on the provider's clearing account. What is under way and might be on a
    statement already (a refund that was asked for) is there as a line that is not booked.
    """
    named = sorted(set(references))
    ids = [name for name in named if _is_uuid(name)]
    postings = Posting.objects.filter(
        account__owner_type="provider",
        account__owner_id=provider,
        account__kind=LedgerAccount.Kind.PROVIDER_CLEARING,
    )
    found = _lines_of(postings.filter(entry__created_at__gte=start, entry__created_at__lt=end))
    for chunk in _chunks(named):
        found |= _lines_of(postings.filter(entry__key__in=_keys_of(chunk)))
    for chunk in _chunks(ids):
        found |= {
            line.key: line for line in (*_refunds_under_way(chunk), *_transfers_under_way(chunk))
        }
    return list(found.values())


def _chunks(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[at : at + _CHUNK] for at in range(0, len(names), _CHUNK))


def _keys_of(references: Sequence[str]) -> list[str]:
    """Name every entry that may have booked one of these references."""
    keys = [f"refund:{name}:{end}" for name in references for end in ("paid", "failed")]
    keys += [f"payout:{name}:{end}" for name in references for end in ("paid", "bounced")]
    captures = PaymentEvent.objects.filter(
        kind=PaymentState.CAPTURED, provider_reference__in=references
    )
    for payment_id, intent_id in captures.values_list("payment_id", "provider_reference"):
        keys += [f"payment:{payment_id}:capture", f"payment:{payment_id}:suspense:{intent_id}"]
    chargebacks = Chargeback.objects.filter(provider_chargeback_id__in=references)
    for chargeback_id in chargebacks.values_list("id", flat=True):
        keys += [withdrawn_key(chargeback_id), reinstated_key(chargeback_id)]
    return keys


def _lines_of(postings: QuerySet[Posting]) -> dict[str, BookLine]:
    """Turn postings on a clearing account into lines: below zero there is above zero at the provider.

    An entry has one there: the fee of a chargeback is in the sum.
    """
    rows = list(
        postings.values_list(
            "entry__key", "entry__kind", "entry__reference_id", "entry__created_at",
            "amount_minor", "currency",
        )
    )  # fmt: skip
    names = _intents([row[2] for row in rows if row[1] == "CAPTURE"])
    names |= _chargebacks([row[2] for row in rows if row[1] in ("CHARGEBACK", "CHARGEBACK_WON")])
    return {
        key: BookLine(
            key=key,
            kind=_ENTRY_KINDS.get(kind, StatementKind.OTHER),
            reference=_reference(key, kind, reference_id, names),
            amount_minor=-minor,
            currency=currency,
            at=at,
        )
        for key, kind, reference_id, at, minor, currency in rows
    }


def _intents(payment_ids: Sequence[str]) -> dict[str, str]:
    """Return the intent that paid each payment."""
    found: dict[str, str] = {}
    for chunk in _chunks(payment_ids):
        paid = PaymentAttempt.objects.filter(payment_id__in=chunk, state=AttemptState.SUCCEEDED)
        found |= {str(pk): intent for pk, intent in paid.values_list("payment_id", "intent_id")}
    return found


def _chargebacks(chargeback_ids: Sequence[str]) -> dict[str, str]:
    """Return the provider's name of each chargeback."""
    found: dict[str, str] = {}
    for chunk in _chunks(chargeback_ids):
        rows = Chargeback.objects.filter(id__in=chunk).values_list("id", "provider_chargeback_id")
        found |= {str(pk): name for pk, name in rows}
    return found


def _reference(key: str, kind: str, reference_id: str, names: dict[str, str]) -> str:
    match kind:
        case "CAPTURE" | "CHARGEBACK" | "CHARGEBACK_WON":
            return names.get(reference_id, key)
        case "SUSPENSE":
            return key.rpartition(":")[2]
        case "REFUND" | "REFUND_FAILED":
            return key.split(":")[1]
        case "PAYOUT" | "PAYOUT_BOUNCED":
            return reference_id
    return key


def _refunds_under_way(refund_ids: Sequence[str]) -> Iterable[BookLine]:
    """Refunds that were not booked as paid. One that failed leaves nothing at the provider: if the
    money went out there, it has to have come back.
    """
    rows = Refund.objects.filter(id__in=refund_ids, state__in=_UNBOOKED)
    paid = set(
        Posting.objects.filter(
            entry__key__in=[f"refund:{row.id}:paid" for row in rows]
        ).values_list("entry__key", flat=True)
    )
    for row in rows:
        name, at = str(row.id), row.settled_at or row.created_at
        if f"refund:{name}:paid" in paid:
            continue
        yield _under_way(
            f"refund:{name}", StatementKind.REFUND, name, -row.amount_minor, row.currency, at
        )
        if row.state == RefundState.FAILED:
            yield _under_way(
                f"refund:{name}:back", StatementKind.REFUND_FAILURE, name, row.amount_minor,
                row.currency, at, after=StatementKind.REFUND,
            )  # fmt: skip


def _transfers_under_way(payout_ids: Sequence[str]) -> Iterable[BookLine]:
    """Payouts that the bank has not confirmed; one that was given back has to be back at the provider."""
    rows = Posting.objects.filter(
        entry__reference_type="payout",
        entry__reference_id__in=payout_ids,
        entry__kind__in=["PAYOUT_REQUEST", "PAYOUT_RETURNED"],
        account__kind=LedgerAccount.Kind.PAYOUTS_IN_TRANSIT,
    ).values_list(
        "entry__key", "entry__kind", "entry__reference_id", "amount_minor", "currency",
        "entry__created_at",
    )  # fmt: skip
    settled = set(
        Posting.objects.filter(
            entry__reference_type="payout",
            entry__reference_id__in=payout_ids,
            entry__kind__in=["PAYOUT", "PAYOUT_BOUNCED"],
        ).values_list("entry__reference_id", "entry__kind")
    )
    for key, kind, name, minor, currency, at in rows:
        if kind == "PAYOUT_REQUEST" and (name, "PAYOUT") not in settled:
            yield _under_way(key, StatementKind.TRANSFER, name, -minor, currency, at)
        elif kind == "PAYOUT_RETURNED" and (name, "PAYOUT_BOUNCED") not in settled:
            yield _under_way(
                key, StatementKind.TRANSFER_REVERSAL, name, -minor, currency, at,
                after=StatementKind.TRANSFER,
            )  # fmt: skip


def _under_way(
    key: str,
    kind: StatementKind,
    reference: str,
    minor: int,
    currency: str,
    at: datetime,
    after: StatementKind | None = None,
) -> BookLine:
    return BookLine(key, kind, reference, minor, currency, at, is_booked=False, needed_after=after)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

"""A seller's money as the ledger has it: balances at a moment, and each entry that moved them.

Read from the entries alone: whatever books on a seller's accounts (settlements, payouts, corrections)
shows in a statement by itself. Money on its way to the bank has left the balance.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from apps.documents.facts import moment, seller_facts
from apps.documents.models import Document
from apps.documents.rules import month_bounds
from apps.documents.types import DocumentKind
from apps.orders.models import Order
from apps.payments.models import (
    JournalEntry,
    LedgerAccount,
    PaymentAllocation,
    Posting,
    Settlement,
)
from apps.sellers.models import Seller

OWNER = "seller"
# The balance is all that is booked under the seller's name, save what was handed to the bank.
LEFT_THE_BALANCE = (LedgerAccount.Kind.PAYOUTS_IN_TRANSIT,)
Bounds = tuple[datetime, datetime]


def period_of(month: date) -> Bounds:
    return month_bounds(month, timezone.get_default_timezone())  # type: ignore[arg-type]  # TIME_ZONE is a zoneinfo


def _postings(seller_id: UUID, currency: str) -> QuerySet[Posting]:
    return Posting.objects.filter(
        account__owner_type=OWNER, account__owner_id=str(seller_id), currency=currency
    ).exclude(account__kind__in=LEFT_THE_BALANCE)


def balance_at(seller_id: UUID, currency: str, at: datetime) -> int:
    """Return the balance in minor units that the entries before a moment came to."""
    rows = _postings(seller_id, currency).filter(entry__created_at__lt=at)
    return int(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def balances_by_kind(seller_id: UUID, currency: str, at: datetime) -> dict[str, int]:
    rows = _postings(seller_id, currency).filter(entry__created_at__lt=at)
    found = rows.values_list("account__kind").annotate(sum=Sum("amount_minor"))
    return {kind: int(minor) for kind, minor in found.order_by("account__kind")}


def statement_facts(seller: Seller, bounds: Bounds, currency: str) -> dict[str, Any]:
    """Return what a statement says. Entries that only move money between the seller's accounts are left out."""
    start, end = bounds
    rows = _rows(seller.id, currency, bounds)
    return {
        "currency": currency,
        "starts_at": moment(start),
        "ends_at": moment(end),
        "seller": seller_facts(seller),
        "opening_minor": balance_at(seller.id, currency, start),
        "closing_minor": balance_at(seller.id, currency, end),
        "closing": balances_by_kind(seller.id, currency, end),
        "rows": rows,
    }


def _rows(seller_id: UUID, currency: str, bounds: Bounds) -> list[dict[str, Any]]:
    moved = (
        _postings(seller_id, currency)
        .filter(entry__created_at__gte=bounds[0], entry__created_at__lt=bounds[1])
        .values_list("entry_id")
        .annotate(sum=Sum("amount_minor"))
        .order_by("entry_id")
    )
    sums = {entry_id: int(minor) for entry_id, minor in moved if minor}
    entries = JournalEntry.objects.in_bulk(sums)
    economics = _economics([entry for entry in entries.values() if entry.kind == "RELEASE"])
    return [
        {
            "entry": entry_id,
            "at": moment(entries[entry_id].created_at),
            "kind": entries[entry_id].kind,
            "amount_minor": minor,
            **economics.get(entries[entry_id].reference_id, {}),
        }
        for entry_id, minor in sums.items()
    ]


def _economics(entries: Sequence[JournalEntry]) -> dict[str, dict[str, Any]]:
    """Return what each settled order's money was divided into, by the order's id, in its charge currency."""
    ids = [UUID(entry.reference_id) for entry in entries]
    numbers = dict(Order.objects.filter(id__in=ids).values_list("id", "number"))
    refunded = dict(
        PaymentAllocation.objects.filter(reference_id__in=ids)
        .values_list("reference_id")
        .annotate(minor=Sum("refunded_minor"))
    )
    return {
        str(row.reference_id): {
            "order": numbers.get(row.reference_id, ""),
            "charge_currency": row.currency,
            "goods_minor": row.seller_minor + row.commission_minor + row.commission_vat_minor,
            "commission_minor": row.commission_minor,
            "commission_vat_minor": row.commission_vat_minor,
            "delivery_minor": row.delivery_minor + row.delivery_vat_minor,
            "refunded_minor": refunded.get(row.reference_id, 0),
        }
        for row in Settlement.objects.filter(reference_id__in=ids)
    }


def moved_in(bounds: Bounds, month: date, limit: int) -> list[tuple[UUID, str]]:
    """Return sellers and currencies whose money moved in a month and that have no statement of it."""
    movement = Posting.objects.filter(
        account_id=OuterRef("pk"),
        entry__created_at__gte=bounds[0],
        entry__created_at__lt=bounds[1],
    )
    accounts = (
        LedgerAccount.objects.filter(Exists(movement), owner_type=OWNER)
        .exclude(kind__in=LEFT_THE_BALANCE)
        .values_list("owner_id", "currency")
        .order_by("owner_id", "currency")
        .distinct()
    )
    issued = {
        (str(seller_id), currency)
        for seller_id, currency in Document.objects.filter(
            kind=DocumentKind.STATEMENT, period_on=month
        ).values_list("seller_id", "currency")
    }
    missing = [pair for pair in accounts if pair not in issued]
    known = {
        str(id_)
        for id_ in Seller.objects.filter(id__in=[owner for owner, _ in missing]).values_list(
            "id", flat=True
        )
    }
    return [(UUID(owner), currency) for owner, currency in missing if owner in known][:limit]


def movements(seller_id: UUID, before: datetime) -> list[tuple[date, str]]:
    """Return the months (first days, newest first) and currencies before a moment in which money moved."""
    rows = (
        Posting.objects.filter(
            account__owner_type=OWNER,
            account__owner_id=str(seller_id),
            entry__created_at__lt=before,
        )
        .exclude(account__kind__in=LEFT_THE_BALANCE)
        .annotate(month=TruncMonth("entry__created_at"))
        .values_list("month", "currency")
        .order_by("-month", "currency")
        .distinct()
    )
    return [(timezone.localtime(month).date(), currency) for month, currency in rows]

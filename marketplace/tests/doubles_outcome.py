"""What R21 compares: every effect that could double."""

from typing import Any

from django.core import mail
from django.core.files.storage import storages
from django.db.models import Count, Sum

from apps.catalog.models import Stock
from apps.core.models import AuditEntry, OutboxEvent
from apps.core.services.seals import first_broken_seal, sealed_journals
from apps.documents.models import Document, Rendering
from apps.documents.rules import STORAGE
from apps.logistics.models import Shipment
from apps.notifications.models import Delivery
from apps.orders.models import Dispute, Order, OrderGroup, Return
from apps.payments.models import (
    Incident,
    PaymentAttempt,
    Payout,
    Posting,
    ReconciliationRun,
    Refund,
    Settlement,
)
from apps.reviews.models import ReviewInvitation
from apps.sandbox.stripe.testing import RunningSandbox


def outcome(sandbox: RunningSandbox) -> dict[str, Any]:
    """Everything that must be the same however often and in whatever order the tasks ran."""
    return {
        "groups": _counts(OrderGroup.objects.all(), "status"),
        "orders": _counts(Order.objects.all(), "status"),
        "parcels": _counts(Shipment.objects.all(), "status"),
        "attempts": _counts(PaymentAttempt.objects.all(), "state"),
        "returns": _counts(Return.objects.all(), "state"),
        "disputes": _counts(Dispute.objects.all(), "state"),
        "refunds": _counts(Refund.objects.all(), "state"),
        "settlements": _counts(Settlement.objects.all(), "state"),
        "payouts": _counts(Payout.objects.all(), "origin", "state"),
        "documents": _counts(Document.objects.all(), "kind"),
        "files": _counts(Rendering.objects.exclude(key=""), "document__kind"),
        "files_for_one_key": _copies(),
        "invitations": ReviewInvitation.objects.exclude(closed_at=None).count(),
        "postings": sorted(
            Posting.objects.values_list("entry__kind", "account__kind")
            .annotate(count=Count("id"), minor=Sum("amount_minor"))
            .order_by()
        ),
        "letters": _counts(Delivery.objects.all(), "kind", "state"),
        "mails": len(mail.outbox),
        "audit": _counts(AuditEntry.objects.all(), "action"),
        "stock": sorted(Stock.objects.values_list("on_hand", "reserved")),
        "incidents": _counts(Incident.objects.all(), "kind"),
        "runs": set(ReconciliationRun.objects.values_list("state", flat=True)),
        "runs_of_one_day": _repeats(ReconciliationRun.objects.all(), "period_from"),
        "charged": sorted(charge["amount"] for charge in sandbox.charged()),
        "given_back": sorted(row["amount"] for row in sandbox.store.record()["refunds"]),
        "accounts": len(sandbox.store.accounts),
        "transferred": sorted(transfer["amount"] for transfer in sandbox.transfers()),
        "paid_out": sorted(sandbox.paid_out().values()),
        "pages": len(sandbox.store.sessions),
        "dead": OutboxEvent.objects.filter(dead_at__isnull=False).count(),
        "waiting": OutboxEvent.objects.filter(sent_at=None).count(),
        "broken_seals": sum(first_broken_seal(one) is not None for one in sealed_journals()),
    }


def _copies() -> set[int]:
    """How many files the storage has for a document in one language."""
    storage = storages[STORAGE]
    names = [rendering.key for rendering in Rendering.objects.exclude(key="")]
    stored = {
        f"{folder}/{name}"
        for folder in {name.rpartition("/")[0] for name in names}
        for name in storage.listdir(folder)[1]
    }
    # A name that was taken is stored with letters behind it; the hash is what comes before.
    stems = [name.removesuffix(".pdf") for name in names]
    return {sum(file.startswith(stem) for file in stored) for stem in stems}


def _repeats(rows: Any, name: str) -> int:
    return int(rows.count()) - len(set(rows.values_list(name, flat=True)))


def _counts(rows: Any, *names: str) -> dict[Any, int]:
    found = rows.order_by().values_list(*names).annotate(count=Count("pk"))
    return {row[:-1] if len(row) > 2 else row[0]: row[-1] for row in found}

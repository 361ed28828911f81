"""Issuing: write a document with its number and its facts, and ask for its file.

Invariant: numbers of a kind and year are 1, 2, 3, ... without gaps, because the number is taken from its
series in the transaction that writes the document, under the series' lock until the commit.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from apps.core.locks import advisory_lock
from apps.core.numbers import next_number
from apps.core.rows import insert
from apps.documents.facts import receipt_facts, refund_facts, surcharge_facts
from apps.documents.models import Document
from apps.documents.rules import facts_digest, number_of, series_of
from apps.documents.services.filing import request_rendering
from apps.documents.types import DocumentKind
from apps.orders.models import Order
from apps.orders.selectors import PAYMENT_REFERENCE
from apps.orders.selectors_addressing import SURCHARGE_REFERENCE
from apps.payments.models import Payment, PaymentAllocation, Refund
from apps.payments.types import PaymentState, RefundState

log = structlog.get_logger(__name__)

# What payments for orders are made for.
REFERENCES = (PAYMENT_REFERENCE, SURCHARGE_REFERENCE)
BATCH = 200
# How far back the sweeper looks, and how long it leaves the work to the handler.
LOOK_BACK = timedelta(days=35)
PATIENCE = timedelta(minutes=10)


def write_numbered(
    *,
    kind: DocumentKind,
    subject: tuple[str, UUID],
    seller_id: UUID,
    facts: dict[str, Any],
    language: str,
    now: datetime,
    order: Order | None = None,
    period_on: date | None = None,
) -> Document:
    """Give a paper of account the next number of its kind and year, write it, ask for its file.

    Call it last in a use case: the series is locked from here to the commit, and everybody who issues
    the same kind waits. Emits RenderingRequested.
    """
    year = timezone.localtime(now).year
    serial = next_number(series_of(kind, year))
    document = insert(
        Document(
            kind=kind,
            year=year,
            serial=serial,
            number=number_of(kind, year, serial),
            subject_type=subject[0],
            subject_id=subject[1],
            seller_id=seller_id,
            order=order,
            period_on=period_on,
            currency=facts["currency"],
            language=language,
            facts=facts,
            facts_sha256=facts_digest(facts),
            issued_at=now,
        )
    )
    request_rendering(document=document, language=language, now=now)
    return document


@transaction.atomic
def issue_receipts(*, payment_id: UUID, now: datetime) -> list[Document]:
    """Issue a receipt for every order that a captured payment paid for; those that have one keep it.

    What was paid on top for another address has a receipt of its own. Locks the payment's name, then
    the series. Emits RenderingRequested.

    :raises LookupError: it is not a captured payment for orders
    """
    advisory_lock("documents", "payment", payment_id)
    payment = Payment.objects.get(id=payment_id)
    if payment.reference_type not in REFERENCES or payment.state != PaymentState.CAPTURED:
        raise LookupError(f"payment {payment_id} is not a captured one for orders")
    paid = {part.reference_id: part for part in payment.allocations.all()}
    orders = (
        Order.objects.filter(id__in=paid)
        .select_related("group", "seller")
        .prefetch_related("lines__taxes")
        .order_by("number")
    )
    subjects = {order.id: _subject(order.id, payment) for order in orders}
    there = {
        (document.subject_type, document.subject_id): document
        for document in Document.objects.filter(
            kind=DocumentKind.RECEIPT, subject_id__in=[id_ for _kind, id_ in subjects.values()]
        )
    }
    return [
        there.get(subjects[order.id])
        or _write_receipt(order, payment, paid[order.id], subjects[order.id], now)
        for order in orders
    ]


def _subject(order_id: UUID, payment: Payment) -> tuple[str, UUID]:
    is_first = payment.reference_type == PAYMENT_REFERENCE
    return ("order", order_id) if is_first else ("payment", payment.id)


def _write_receipt(
    order: Order,
    payment: Payment,
    part: PaymentAllocation,
    subject: tuple[str, UUID],
    now: datetime,
) -> Document:
    make = receipt_facts if payment.reference_type == PAYMENT_REFERENCE else surcharge_facts
    return write_numbered(
        kind=DocumentKind.RECEIPT,
        subject=subject,
        seller_id=order.seller_id,
        facts=make(order, payment, part),
        language=order.group.language,
        now=now,
        order=order,
    )


@transaction.atomic
def issue_refund_receipt(*, refund_id: UUID, now: datetime) -> Document:
    """Issue the receipt of a refund that was paid out, and the order's receipt if it is missing.

    Repeating returns the first. Emits RenderingRequested.

    :raises LookupError: the refund is not paid out
    """
    refund = Refund.objects.select_related("payment", "allocation").get(id=refund_id)
    advisory_lock("documents", "payment", refund.payment_id)
    earlier = Document.objects.filter(kind=DocumentKind.REFUND_RECEIPT, subject_id=refund_id)
    if document := earlier.first():
        return document
    if refund.state != RefundState.SUCCEEDED:
        raise LookupError(f"refund {refund_id} is not paid out")
    receipts = issue_receipts(payment_id=refund.payment_id, now=now)
    order_id = refund.allocation.reference_id
    receipt = next(document for document in receipts if document.order_id == order_id)
    order = Order.objects.select_related("group", "seller").get(id=order_id)
    return write_numbered(
        kind=DocumentKind.REFUND_RECEIPT,
        subject=("refund", refund_id),
        seller_id=order.seller_id,
        facts=refund_facts(order, refund, receipt.number),
        language=order.group.language,
        now=now,
        order=order,
    )


def issue_missing_receipts(*, now: datetime) -> int:
    """Issue what the handlers did not (an event that died, a shop older than this app); return how many."""
    receipts = Document.objects.filter(kind=DocumentKind.RECEIPT)
    refunds = Document.objects.filter(kind=DocumentKind.REFUND_RECEIPT).values("subject_id")
    late = (now - LOOK_BACK, now - PATIENCE)
    bare = (
        Payment.objects.filter(
            state=PaymentState.CAPTURED, reference_type__in=REFERENCES, captured_at__range=late
        )
        .exclude(
            reference_type=PAYMENT_REFERENCE,
            allocations__reference_id__in=receipts.filter(subject_type="order").values(
                "subject_id"
            ),
        )
        .exclude(id__in=receipts.filter(subject_type="payment").values("subject_id"))
        .order_by("captured_at")
    )
    # What a payer has from its bank, this shop has not paid out: it has no paper of ours.
    unpapered = Refund.objects.filter(
        state=RefundState.SUCCEEDED,
        chargeback=None,
        payment__reference_type__in=REFERENCES,
        settled_at__range=late,
    ).exclude(id__in=refunds)
    issued = sum(
        _tried(issue_receipts, payment_id=id_, now=now)
        for id_ in list(bare.values_list("id", flat=True)[:BATCH])
    )
    return issued + sum(
        _tried(issue_refund_receipt, refund_id=id_, now=now)
        for id_ in list(unpapered.order_by("settled_at").values_list("id", flat=True)[:BATCH])
    )


def _tried(use_case: Any, **given: Any) -> int:
    try:
        use_case(**given)
    except Exception as error:  # noqa: BLE001  one document must not stop the others
        log.warning(
            "document_not_issued", error=str(error), **{k: str(v) for k, v in given.items()}
        )
        return 0
    return 1

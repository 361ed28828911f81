"""Reactions of documents to facts of payments; the files are made by workers of the media queue."""

from apps.core import clock
from apps.core.outbox import dispatches, handles
from apps.documents.events import RenderingRequested
from apps.documents.services import issuing
from apps.orders.selectors import group_of_order
from apps.payments.events import PaymentCaptured, RefundSettled


@handles(PaymentCaptured)
def issue_receipts(event: PaymentCaptured) -> None:
    if event.reference_type in issuing.REFERENCES:
        issuing.issue_receipts(payment_id=event.payment_id, now=clock.now())


@handles(RefundSettled)
def issue_refund_receipt(event: RefundSettled) -> None:
    if group_of_order(event.allocation_reference_id):
        issuing.issue_refund_receipt(refund_id=event.refund_id, now=clock.now())


dispatches(
    RenderingRequested,
    task="apps.documents.tasks.render",
    arguments=lambda event: {"rendering_id": event.rendering_id},
)

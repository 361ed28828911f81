"""Documents issued by the facts of real orders, and their files."""

from typing import Any

from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.documents.models import Document, Rendering
from apps.documents.services.filing import render
from apps.documents.types import DocumentKind
from apps.orders.models import Order
from apps.orders.tests.services.world import now
from apps.payments.models import Refund
from apps.payments.services.refund_sending import settle_refund
from apps.payments.services.refunds import issue_refund
from apps.payments.types import RefundState


def of_kind(kind: DocumentKind, **lookups: Any) -> list[Document]:
    return list(Document.objects.filter(kind=kind, **lookups).order_by("serial", "id"))


def receipt_of(order: Order) -> Document:
    return Document.objects.get(kind=DocumentKind.RECEIPT, order=order)


def refunded(order: Order, minor: int = 40_000_00, reason: str = "OUT_OF_STOCK") -> Refund:
    """Pay a part of an order back, as the provider would report it."""
    refund = issue_refund(
        key=f"test:{order.id}:{minor}",
        reference_id=order.id,
        amount=Money(minor, order.currency),
        reason=reason,
        actor=SYSTEM,
        now=now(),
    )
    settle_refund(refund_id=refund.id, state=RefundState.SUCCEEDED, failure_code="", now=now())
    deliver_all()
    refund.refresh_from_db()
    return refund


def render_all() -> None:
    """Do what the workers of the media queue do."""
    for id_ in list(Rendering.objects.filter(key="").values_list("id", flat=True)):
        render(rendering_id=id_, now=now())

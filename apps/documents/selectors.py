"""Reads of documents, each through the viewer: other people's papers are not found.

A buyer (or who holds the order's link) has the receipts of its own orders; a seller's staff what its role
sees: sums with SEE_MONEY, a parcel's papers with FULFIL_ORDERS; staff of the marketplace by permission.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

import structlog
from django.core.files.storage import storages
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from apps.core.errors import NotFound
from apps.core.viewer import Viewer
from apps.documents.ledger import movements, period_of
from apps.documents.models import Document, Rendering
from apps.documents.rules import CLOSING, STORAGE, month_of
from apps.documents.types import (
    BUYER_KINDS,
    PARCEL_KINDS,
    DocumentKind,
    DocumentView,
    FileState,
    Period,
)
from apps.orders.models import Order
from apps.orders.selectors import own_order_group
from apps.sellers.models import SellerMember
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

log = structlog.get_logger(__name__)

STAFF_PERMISSION = "documents.view_document"
# How many closed months without a statement a page offers.
OFFERED_MONTHS = 24


def order_documents(viewer: Viewer, group_id: UUID, language: str) -> list[DocumentView]:
    """Return the receipts of a group that the viewer placed, in the order of issue. Three queries.

    :raises NotFound: another's, or none
    """
    group = own_order_group(viewer, group_id)
    rows = Document.objects.filter(order__group_id=group.id, kind__in=BUYER_KINDS)
    return views(rows.order_by("issued_at", "id"), language)


def buyer_document(
    viewer: Viewer, group_id: UUID, document_id: UUID, language: str
) -> DocumentView:
    """:raises NotFound: not a receipt of a group that the viewer placed"""
    group = own_order_group(viewer, group_id)
    rows = Document.objects.filter(id=document_id, order__group_id=group.id, kind__in=BUYER_KINDS)
    return _only(rows, language)


def seller_order_documents(viewer: Viewer, order_id: UUID, language: str) -> list[DocumentView]:
    """Return the papers of an order that the viewer's role may see, in the order of issue.

    :raises NotFound: not an order of a shop that the viewer works for
    """
    seller_id = Order.objects.filter(id=order_id).values_list("seller_id", flat=True).first()
    if seller_id is None:
        raise NotFound
    member = get_membership(viewer, seller_id)
    rows = Document.objects.filter(order_id=order_id, kind__in=_kinds_of(member))
    return views(rows.order_by("issued_at", "id"), language)


def seller_document(viewer: Viewer, document_id: UUID, language: str) -> DocumentView:
    """:raises NotFound: another seller's, or the role does not see this kind"""
    rows = Document.objects.filter(id=document_id)
    seller_id = rows.values_list("seller_id", flat=True).first()
    if seller_id is None:
        raise NotFound
    member = get_membership(viewer, seller_id)
    return _only(rows.filter(kind__in=_kinds_of(member)), language)


def seller_statements(viewer: Viewer, seller_id: UUID, language: str) -> list[DocumentView]:
    """Return a seller's statements, the newest month first: one a month and currency.

    :raises NotFound: the viewer does not see this seller's money
    """
    check_sees_money(viewer, seller_id)
    rows = Document.objects.filter(seller_id=seller_id, kind=DocumentKind.STATEMENT)
    return views(rows.order_by("-period_on", "currency"), language)


def closed_periods(viewer: Viewer, seller_id: UUID, now: datetime) -> list[Period]:
    """Return the closed months of a seller that moved money and have no statement yet, newest first.

    :raises NotFound: the viewer does not see this seller's money
    """
    check_sees_money(viewer, seller_id)
    this_month = month_of(timezone.localtime(now - CLOSING).date())
    issued = set(
        Document.objects.filter(seller_id=seller_id, kind=DocumentKind.STATEMENT).values_list(
            "period_on", "currency"
        )
    )
    moved = movements(seller_id, period_of(this_month)[0])
    return [Period(*pair) for pair in moved if pair not in issued][:OFFERED_MONTHS]


def staff_document(viewer: Viewer, document_id: UUID, language: str | None = None) -> DocumentView:
    """Return any document, in the language it was issued in where none is named.

    :raises NotFound: none, or the viewer has not the permission
    """
    if not viewer.can(STAFF_PERMISSION):
        raise NotFound
    rows = Document.objects.filter(id=document_id)
    issued_in = rows.values_list("language", flat=True).first()
    return _only(rows, language or issued_in or "en")


def is_ready(document: Document) -> bool:
    """Tell whether the file in the language of issue is there."""
    files = document.renderings.filter(language=document.language)
    return files.exclude(key="").exists()


def check_sees_money(viewer: Viewer, seller_id: UUID) -> None:
    """:raises NotFound: the viewer does not see this seller's money"""
    if not viewer.is_system:
        get_membership(viewer, seller_id, Power.SEE_MONEY)


def file_of(document: DocumentView) -> BinaryIO:
    """Open the file of a document that a selector here gave to its viewer.

    :raises NotFound: it is not made yet, or is gone from storage
    """
    if not document.is_ready:
        raise NotFound
    try:
        return cast("BinaryIO", storages[STORAGE].open(document.key))
    except FileNotFoundError:
        log.exception("document_file_is_gone", document_id=str(document.id), key=document.key)
        raise NotFound from None


def _kinds_of(member: SellerMember) -> list[DocumentKind]:
    """Which kinds a member's role sees."""
    kinds: list[DocumentKind] = []
    if member.may(Power.SEE_MONEY):
        kinds += [*BUYER_KINDS, DocumentKind.STATEMENT]
    if member.may(Power.FULFIL_ORDERS):
        kinds += PARCEL_KINDS
    return kinds


def views(rows: QuerySet[Document], language: str) -> list[DocumentView]:
    """Return documents with their files in a language. Two queries."""
    files = Prefetch("renderings", Rendering.objects.filter(language=language), to_attr="files")
    return [_view(row, row.files, language) for row in rows.prefetch_related(files)]  # type: ignore[attr-defined]  # prefetched


def _only(rows: QuerySet[Document], language: str) -> DocumentView:
    found = views(rows, language)
    if not found:
        raise NotFound
    return found[0]


def _view(row: Document, files: Iterable[Rendering], language: str) -> DocumentView:
    file = next(iter(files), None)
    return DocumentView(
        id=row.id,
        kind=DocumentKind(row.kind),
        number=row.number,
        issued_at=row.issued_at,
        seller_id=row.seller_id,
        order_id=row.order_id,
        period_on=row.period_on,
        currency=row.currency,
        language=language,
        state=_state(file),
        key=file.key if file else "",
        size_bytes=file.size_bytes if file else 0,
        asked_at=file.requested_at if file else None,
    )


def _state(file: Rendering | None) -> FileState:
    if file is None:
        return FileState.NOT_ASKED
    if file.key:
        return FileState.READY
    return FileState.FAILED if file.failed_at else FileState.PREPARING

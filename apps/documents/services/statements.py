"""Statements: what a month did to a seller's money in one currency, entry by entry.

Invariant: opening balance + rows = closing balance, and both balances are the ledger's; asserted here
before a statement is written, and again by an invariant of verify_invariants.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.locks import advisory_lock
from apps.core.viewer import SYSTEM, Viewer
from apps.documents.ledger import moved_in, period_of, statement_facts
from apps.documents.models import Document
from apps.documents.rules import is_closed, month_of
from apps.documents.selectors import check_sees_money
from apps.documents.services.issuing import write_numbered
from apps.documents.types import DocumentKind
from apps.sellers.models import Seller, SellerMember
from apps.sellers.types import MemberRole

log = structlog.get_logger(__name__)

BATCH = 500


class MonthIsOpen(DomainError):
    code = "documents.month_is_open"
    message = _("This month is not over. Its statement can be had from the first day of the next.")


class StatementDoesNotSum(RuntimeError):
    """Opening and rows do not come to the closing balance: the books are wrong, nothing is issued."""


@transaction.atomic
def issue_statement(
    *, seller_id: UUID, month: date, currency: str, actor: Viewer, now: datetime
) -> Document:
    """Issue a seller's statement of a closed month; repeating returns the first.

    Emits RenderingRequested.

    :raises NotFound: the actor does not see this seller's money, or there was none in this currency
    :raises MonthIsOpen: the month is not over
    :raises StatementDoesNotSum: the ledger contradicts itself
    """
    check_sees_money(actor, seller_id)
    month = month_of(month)
    if not is_closed(month, timezone.get_default_timezone(), now):
        raise MonthIsOpen
    advisory_lock("documents", "statement", seller_id, month, currency)
    earlier = Document.objects.filter(
        kind=DocumentKind.STATEMENT, seller_id=seller_id, period_on=month, currency=currency
    )
    if document := earlier.first():
        return document
    facts = _balanced_facts(seller_id, month, currency)
    return write_numbered(
        kind=DocumentKind.STATEMENT,
        subject=("seller", seller_id),
        seller_id=seller_id,
        facts=facts,
        language=_language_of(seller_id),
        now=now,
        period_on=month,
    )


def _balanced_facts(seller_id: UUID, month: date, currency: str) -> dict[str, Any]:
    """:raises NotFound: no such seller, or it had no money in this currency"""
    seller = Seller.objects.filter(id=seller_id).first()
    if seller is None:
        raise NotFound
    facts = statement_facts(seller, period_of(month), currency)
    if not (facts["rows"] or facts["opening_minor"]):
        raise NotFound
    moved = sum(row["amount_minor"] for row in facts["rows"])
    if facts["opening_minor"] + moved != facts["closing_minor"]:
        raise StatementDoesNotSum(f"{seller_id} {month} {currency}")
    return facts


def _language_of(seller_id: UUID) -> str:
    owner = SellerMember.objects.filter(seller_id=seller_id, role=MemberRole.OWNER)
    found = owner.order_by("added_at", "id").values_list("user__language", flat=True).first()
    return found or "en"


def issue_due(*, now: datetime) -> int:
    """Issue the statements of the last closed month that are missing; return how many."""
    today = timezone.localtime(now).date()
    month = month_of(today)
    month = month_of(date.fromordinal(month.toordinal() - 1))
    if not is_closed(month, timezone.get_default_timezone(), now):
        return 0
    issued = 0
    for seller_id, currency in moved_in(period_of(month), month, BATCH):
        try:
            issue_statement(
                seller_id=seller_id, month=month, currency=currency, actor=SYSTEM, now=now
            )
            issued += 1
        except Exception as error:  # noqa: BLE001  one seller must not stop the others
            log.warning("statement_not_issued", seller_id=str(seller_id), error=str(error))
    return issued

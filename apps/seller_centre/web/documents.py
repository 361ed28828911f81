"""A shop's papers: packing slips, labels and receipts of its orders, statements of its months."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.documents.files import file_answer
from apps.documents.selectors import (
    closed_periods,
    seller_document,
    seller_statements,
)
from apps.documents.services.filing import ask_for_file
from apps.documents.services.parcels import make_label, make_packing_slip
from apps.documents.services.statements import issue_statement
from apps.documents.types import DocumentKind, DocumentView
from apps.documents.waiting import state_context
from apps.seller_centre.desk import Desk, desk_of
from apps.seller_centre.finance_page import shown_statements
from apps.seller_centre.web.guards import desk_answer, desk_page, member_page
from apps.sellers.types import Power


@require_POST
@member_page
def make(request: ShopRequest, order_id: UUID) -> HttpResponse:
    """Make a parcel's label or packing slip (without a parcel: of what is to be packed) and lead to it."""
    kind, parcel_id = request.POST.get("kind", ""), _id_of(request.POST.get("parcel", ""))
    given: dict[str, Any] = {"order_id": order_id, "language": _language(), "actor": request.viewer}
    try:
        if kind == DocumentKind.PACKING_SLIP:
            paper = make_packing_slip(shipment_id=parcel_id, now=clock.now(), **given)
        elif kind == DocumentKind.LABEL and parcel_id:
            paper = make_label(shipment_id=parcel_id, now=clock.now(), **given)
        else:
            raise NotFound
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("seller_centre:order", args=[order_id]))
    return HttpResponseRedirect(_page_url(paper.id))


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def show(request: ShopRequest, document_id: UUID) -> HttpResponse:
    """Say whether the file in this language is there; a POST asks for it."""
    paper = seller_document(request.viewer, document_id, _language())
    if request.method == "POST":
        ask_for_file(document_id=paper.id, language=paper.language, now=clock.now())
        return HttpResponseRedirect(_page_url(paper.id))
    context = state_context(
        paper,
        now=clock.now(),
        page_url=_page_url(paper.id),
        file_url=reverse("seller_centre:document_file", args=[paper.id]),
        back=_back(paper),
    )
    if request.headers.get("HX-Request") == "true":
        return render(request, "documents/page/state.html", context)
    desk = desk_of(request.viewer, paper.seller_id)
    section = "orders" if paper.order_id else "finance"
    return desk_answer(request, desk, "document", context, section=section)


@require_safe
@member_page
def download(request: ShopRequest, document_id: UUID) -> HttpResponse:
    return file_answer(seller_document(request.viewer, document_id, _language()))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Power.SEE_MONEY)
def statements(request: ShopRequest, desk: Desk) -> HttpResponse:
    """List the months; a POST issues the statement of one that is over."""
    if request.method == "POST":
        return _issue(request, desk)
    found = seller_statements(request.viewer, desk.seller.id, _language())
    context = {
        "statements": shown_statements(found),
        "periods": closed_periods(request.viewer, desk.seller.id, clock.now()),
    }
    return desk_answer(request, desk, "statements", context, section="finance")


def _issue(request: ShopRequest, desk: Desk) -> HttpResponse:
    month, currency = _period_of(request.POST.get("period", ""))
    try:
        paper = issue_statement(
            seller_id=desk.seller.id,
            month=month,
            currency=currency,
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("seller_centre:statements", args=[desk.seller.id]))
    ask_for_file(document_id=paper.id, language=_language(), now=clock.now())
    return HttpResponseRedirect(_page_url(paper.id))


def _period_of(text: str) -> tuple[date, str]:
    """Read "2026-10-01 UZS".

    :raises NotFound: it is nothing that the page offers
    """
    day, _space, currency = text.partition(" ")
    try:
        return date.fromisoformat(day), currency
    except ValueError:
        raise NotFound from None


def _id_of(text: str) -> UUID | None:
    """:raises NotFound: something is given, and it is no id"""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


def _language() -> str:
    return get_language() or "en"


def _page_url(document_id: UUID) -> str:
    return reverse("seller_centre:document", args=[document_id])


def _back(paper: DocumentView) -> tuple[str, str]:
    if paper.order_id:
        return reverse("seller_centre:order", args=[paper.order_id]), _("Back to the order")
    return reverse("seller_centre:statements", args=[paper.seller_id]), _("All statements")

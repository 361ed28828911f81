"""Many offers at once: what is wished, the preview with old and new, doing it, undoing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.catalog.models import BulkChange
from apps.catalog.selectors import card_desk
from apps.catalog.selectors.shop_desk import warehouses_of
from apps.catalog.services import bulk_changes
from apps.catalog.services.bulk_changes import BulkChoice
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.seller_centre.bulk_page import change_words, left_minutes, shown_rows
from apps.seller_centre.desk import Desk
from apps.seller_centre.web.bulk_forms import BulkForm
from apps.seller_centre.web.filters import clean_query
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.sellers.types import Power


@require_POST
@desk_page(Power.CHANGE_STOCK)
def preview(request: ShopRequest, desk: Desk) -> HttpResponse:
    form = bulk_form(request, desk, request.POST)
    choice = _choice(request)
    if not form.is_valid():
        return _refused(request, desk, form, choice)
    try:
        change = bulk_changes.preview_bulk(
            seller_id=desk.seller.id,
            wish=form.wish(),
            choice=choice,
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _refused(request, desk, form, choice)
    return _to(desk, change)


@require_safe
@desk_page(Power.CHANGE_STOCK)
def show(request: ShopRequest, desk: Desk, change_id: UUID) -> HttpResponse:
    now = clock.now()
    change, rows = card_desk.bulk_change(
        request.viewer, desk.seller.id, change_id, language=get_language() or "en"
    )
    shown = shown_rows(change, rows)
    context = {
        "change": change,
        "words": change_words(change),
        "rows": shown,
        "ready_count": sum(row.is_ready for row in shown),
        "refused_count": sum(row.is_refused for row in shown),
        "can_undo": bulk_changes.can_undo(change, now),
        "minutes": left_minutes(change, now),
    }
    return desk_answer(request, desk, "bulk", context, section="offers")


@require_POST
@desk_page(Power.CHANGE_STOCK)
def apply(request: ShopRequest, desk: Desk, change_id: UUID) -> HttpResponse:
    words = _("It is done. You can undo it for ten minutes.")
    return _done(request, desk, change_id, words, bulk_changes.apply_bulk)


@require_POST
@desk_page(Power.CHANGE_STOCK)
def undo(request: ShopRequest, desk: Desk, change_id: UUID) -> HttpResponse:
    words = _("It is undone. What was changed again since is left alone.")
    return _done(request, desk, change_id, words, bulk_changes.undo_bulk)


def bulk_form(request: ShopRequest, desk: Desk, data: Any = None) -> BulkForm:
    warehouses = warehouses_of(request.viewer, desk.seller.id)
    return BulkForm(data, desk=desk, warehouses=warehouses)


def _choice(request: ShopRequest) -> BulkChoice:
    """:raises NotFound: an id is none"""
    tab = request.POST.get("tab", "")
    text = request.POST.get("q", "").replace("\x00", "").strip()[:100]
    if request.POST.get("all"):
        return BulkChoice(tab=tab, text=text)
    try:
        ids = {UUID(value) for value in request.POST.getlist("offer")}
    except ValueError:
        raise NotFound from None
    return BulkChoice(offer_ids=ids, tab=tab, text=text)


def _refused(request: ShopRequest, desk: Desk, form: BulkForm, choice: BulkChoice) -> HttpResponse:
    """Show the wish again with what is wrong; the chosen rows travel along."""
    query = clean_query(f"tab={choice.tab}&q={choice.text}")
    address = reverse("seller_centre:offers", args=[desk.seller.id])
    context = {
        "form": form,
        "choice": choice,
        "offer_ids": sorted(choice.offer_ids or (), key=str),
        "back_url": f"{address}?{query}" if query else address,
    }
    return desk_answer(request, desk, "bulk_wish", context, section="offers", status=422)


def _done(
    request: ShopRequest, desk: Desk, change_id: UUID, words: str, use_case: Any
) -> HttpResponse:
    card_desk.bulk_change(request.viewer, desk.seller.id, change_id, language="en")
    try:
        change = use_case(change_id=change_id, actor=request.viewer, now=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("seller_centre:bulk", args=[desk.seller.id, change_id]))
    messages.success(request, words)
    return _to(desk, change)


def _to(desk: Desk, change: BulkChange) -> HttpResponse:
    return HttpResponseRedirect(reverse("seller_centre:bulk", args=[desk.seller.id, change.id]))

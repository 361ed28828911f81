"""Offers: the list, one offer with its price, its units by warehouse and how they moved."""

import secrets
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.catalog.models import StockMovement
from apps.catalog.selectors import shop_desk
from apps.catalog.selectors.shop_desk import ShopOfferDetail
from apps.catalog.services import shop
from apps.catalog.services.offers import PriceNotPositive
from apps.catalog.types import OfferTab
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.seller_centre.desk import Desk
from apps.seller_centre.offer_page import shown_movements, state_words
from apps.seller_centre.web.bulk import bulk_form
from apps.seller_centre.web.filters import OFFERS
from apps.seller_centre.web.forms import CountForm, OfferForm, PriceForm
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.seller_centre.web.paging import before_of, search_text, tabs_of
from apps.sellers.selectors import saved_filters
from apps.sellers.types import Power

# Which field of the form a refusal speaks of.
_FIELDS: dict[type[DomainError], str] = {
    shop.VariantUnknown: "code",
    shop.OfferExists: "code",
    shop.SellerSkuTaken: "seller_sku",
    shop.PriceTooHigh: "price",
    PriceNotPositive: "price",
    shop.KindDoesNotFit: "kind",
}


@require_safe
@desk_page()
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    tab, text = request.GET.get("tab", ""), search_text(request)
    page = shop_desk.shop_offers(
        request.viewer,
        desk.seller.id,
        language=_language(),
        tab=tab,
        text=text,
        before=before_of(request),
    )
    labels: list[tuple[str, str, int | None]] = [("", _("All"), None)]
    labels += [(row.value, str(row.label), None) for row in OfferTab]
    kept = "?" + urlencode({name: value for name, value in (("tab", tab), ("q", text)) if value})
    context = {
        "offers": [(row, *state_words(row.state)) for row in page.offers],
        "tabs": tabs_of(labels, tab, q=text),
        "tab": tab,
        "text": text,
        "older_url": f"{kept}&before={page.next_before}" if page.next_before else "",
        "newest_url": kept if request.GET.get("before") else "",
        "bulk": bulk_form(request, desk) if desk.can_change_stock else None,
        "filters": saved_filters(desk.member, OFFERS),
        "query": kept.removeprefix("?"),
    }
    return desk_answer(request, desk, "offers", context, section="offers")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Power.CHANGE_OFFERS)
def add(request: ShopRequest, desk: Desk) -> HttpResponse:
    """Offer something that the catalogue has already."""
    currency = desk.seller.currency
    if request.method != "POST":
        first = {"code": request.GET.get("code", "")[:80]}
        return _new(request, desk, OfferForm(currency=currency, initial=first))
    form = OfferForm(request.POST, currency=currency)
    if not form.is_valid():
        return _new(request, desk, form, status=422)
    try:
        offer = shop.offer_variant(
            seller_id=desk.seller.id,
            code=form.cleaned_data["code"],
            seller_sku=form.cleaned_data["seller_sku"],
            terms=form.to_terms(),
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(_FIELDS.get(type(refusal)), str(refusal))
        return _new(request, desk, form, status=422)
    messages.success(request, _("The offer is up. Say how many units you have."))
    return _back(desk, offer.id)


@require_safe
@desk_page()
def show(request: ShopRequest, desk: Desk, offer_id: UUID) -> HttpResponse:
    return _page(request, desk, _detail(request, desk, offer_id))


@require_POST
@desk_page(Power.CHANGE_OFFERS)
def set_price(request: ShopRequest, desk: Desk, offer_id: UUID) -> HttpResponse:
    detail = _detail(request, desk, offer_id)
    form = PriceForm(request.POST, currency=detail.shown.offer.currency)
    if not form.is_valid():
        return _page(request, desk, detail, price_form=form)
    try:
        shop.set_price(
            offer_id=offer_id,
            price=form.cleaned_data["price"],
            old_price=form.cleaned_data["old_price"],
            seen_version=form.cleaned_data["version"],
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(_FIELDS.get(type(refusal)), str(refusal))
        return _page(request, desk, detail, price_form=form)
    messages.success(request, _("The price is changed."))
    return _back(desk, offer_id)


@require_POST
@desk_page(Power.CHANGE_OFFERS)
def set_on_sale(request: ShopRequest, desk: Desk, offer_id: UUID) -> HttpResponse:
    _detail(request, desk, offer_id)
    is_active = request.POST.get("is_active") == "1"
    shop.set_on_sale(offer_id=offer_id, is_active=is_active, actor=request.viewer)
    words = _("The offer is on sale.") if is_active else _("The offer is paused.")
    messages.success(request, words)
    return _back(desk, offer_id)


@require_POST
@desk_page(Power.CHANGE_STOCK)
def count(request: ShopRequest, desk: Desk, offer_id: UUID) -> HttpResponse:
    detail = _detail(request, desk, offer_id)
    form = CountForm(request.POST, auto_id="count-%s")
    item_ids = {str(place.item_id) for place in detail.places}
    if request.POST.get("item_id") not in item_ids:
        raise NotFound
    if not form.is_valid():
        return _page(request, desk, detail, count_form=form)
    given = dict(form.cleaned_data)
    try:
        shop.count_stock(actor=request.viewer, kind=StockMovement.Kind(given.pop("kind")), **given)
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(_FIELDS.get(type(refusal), "on_hand"), str(refusal))
        return _page(request, desk, _detail(request, desk, offer_id), count_form=form)
    messages.success(request, _("The count is saved."))
    return _back(desk, offer_id)


def _detail(request: ShopRequest, desk: Desk, offer_id: UUID) -> ShopOfferDetail:
    return shop_desk.shop_offer(request.viewer, desk.seller.id, offer_id, language=_language())


def _page(request: ShopRequest, desk: Desk, detail: ShopOfferDetail, **failed: Any) -> HttpResponse:
    """Render the offer's page; `failed` holds the one form that was sent and refused."""
    offer = detail.shown.offer
    first = {"version": offer.version, "price": offer.price, "old_price": offer.old_price}
    sent = failed.get("count_form")
    context = {
        "detail": detail,
        "offer": detail.shown,
        "state": state_words(detail.shown.state),
        "price_form": failed.get("price_form") or PriceForm(initial=first, currency=offer.currency),
        "places": [
            (place, _count_form(place, index, sent)) for index, place in enumerate(detail.places)
        ],
        "failed_count": sent,
        "movements": shown_movements(detail.movements),
    }
    status = 422 if failed else 200
    return desk_answer(request, desk, "offer", context, section="offers", status=status)


def _count_form(place: shop_desk.StockPlace, index: int, sent: CountForm | None) -> CountForm:
    """Return the form of one warehouse: the refused one at its own place, a fresh one elsewhere."""
    if sent is not None:
        ids = (sent.data.get("item_id"), sent.data.get("warehouse_id"))
        if ids == (str(place.item_id), str(place.warehouse.id)):
            # What is there now is shown, so that the next sending counts from it.
            given = {name: sent.data.get(name, "") for name in sent.fields}
            fresh = {"seen_on_hand": str(place.on_hand), "key": secrets.token_hex(16)}
            sent.data = given | fresh
            return sent
    return CountForm(
        initial={
            "item_id": place.item_id,
            "warehouse_id": place.warehouse.id,
            "seen_on_hand": place.on_hand,
            "on_hand": place.on_hand,
            "key": secrets.token_hex(16),
        },
        auto_id=f"count{index}-%s",
    )


def _new(request: ShopRequest, desk: Desk, form: OfferForm, status: int = 200) -> HttpResponse:
    return desk_answer(request, desk, "offer_new", {"form": form}, section="offers", status=status)


def _language() -> str:
    return get_language() or "en"


def _back(desk: Desk, offer_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("seller_centre:offer", args=[desk.seller.id, offer_id]))

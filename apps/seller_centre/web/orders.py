"""Orders: the queue with its clocks, one order with its papers and what can be done now."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.documents.selectors import seller_order_documents
from apps.orders.selectors_cases import all_cases
from apps.orders.selectors_chargebacks import order_chargebacks
from apps.orders.selectors_sellers import SellerOrder, seller_order, seller_orders, seller_work
from apps.orders.services.cancelling import cancel_units
from apps.orders.services.fulfilment import confirm_order, ship_order
from apps.orders.types import SellerTab
from apps.payments.selectors import settlements_for
from apps.seller_centre.case_page import cases_of_order
from apps.seller_centre.desk import Desk, desk_of
from apps.seller_centre.finance_page import (
    economics_rows,
    exchange_words,
    shown_chargebacks,
)
from apps.seller_centre.order_page import ShownSellerOrder, shown_seller_order
from apps.seller_centre.web.forms import CancelForm, UnitsForm
from apps.seller_centre.web.guards import desk_answer, desk_page, member_page
from apps.seller_centre.web.paging import before_of, search_text, tabs_of
from apps.sellers.types import Power


@require_safe
@desk_page()
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    tab, text, seller_id = request.GET.get("tab", ""), search_text(request), desk.seller.id
    # Beside what was looked for the counts of all orders would say something else.
    work = None if text else seller_work(request.viewer, seller_id)
    page = seller_orders(request.viewer, seller_id, tab=tab, text=text, before=before_of(request))
    labels: list[tuple[str, str, int | None]] = [("", _("All"), None)]
    labels += [
        (row.value, str(row.label), work.count_of(row.value) if work else None) for row in SellerTab
    ]
    kept = "?" + urlencode({name: value for name, value in (("tab", tab), ("q", text)) if value})
    context = {
        "orders": [shown_seller_order(row) for row in page.orders],
        "tabs": tabs_of(labels, tab, q=text),
        "tab": tab,
        "text": text,
        "all_url": "?" + urlencode({"q": text} if tab and text else {}),
        "older_url": f"{kept}&before={page.next_before}" if page.next_before else "",
        "newest_url": kept if request.GET.get("before") else "",
    }
    return desk_answer(request, desk, "orders", context, section="orders")


@require_safe
@member_page
def show(request: ShopRequest, order_id: UUID) -> HttpResponse:
    return _page(request, *_opened(request, order_id))


@require_POST
@member_page
def confirm(request: ShopRequest, order_id: UUID) -> HttpResponse:
    _opened(request, order_id, Power.FULFIL_ORDERS)
    try:
        confirm_order(order_id=order_id, actor=request.viewer, now=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The order is confirmed. Pack it and hand it over."))
    return _back(order_id)


@require_POST
@member_page
def ship(request: ShopRequest, order_id: UUID) -> HttpResponse:
    """Hand over the chosen units as one parcel; the rest stays to be sent."""
    desk, shown = _opened(request, order_id, Power.FULFIL_ORDERS)
    form = _units_form(shown, request.POST)
    if not form.is_valid():
        return _page(request, desk, shown, ship_form=form, status=422)
    try:
        shipment = ship_order(
            order_id=order_id, items=form.items(), actor=request.viewer, now=clock.now()
        )
    except NotFound:
        raise
    except DomainError as refusal:
        return _refused(request, order_id, refusal)
    messages.success(request, _("Parcel %(number)s is on its way.") % {"number": shipment.number})
    return _back(order_id)


@require_POST
@member_page
def cancel(request: ShopRequest, order_id: UUID) -> HttpResponse:
    """Cancel the chosen units, or all of them; the buyer gets the money for them back."""
    desk, shown = _opened(request, order_id, Power.CANCEL_ORDERS)
    form = _cancel_form(shown, request.POST)
    if not form.is_valid():
        return _page(request, desk, shown, cancel_form=form, status=422)
    try:
        cancel_units(
            order_id=order_id,
            items=form.items(),
            reason=form.reason,
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        return _refused(request, order_id, refusal)
    messages.success(request, _("It is cancelled. The buyer gets the money back."))
    return _back(order_id)


def _opened(
    request: ShopRequest, order_id: UUID, power: Power | None = None
) -> tuple[Desk, ShownSellerOrder]:
    """:raises NotFound: not an order of the viewer's shop, or the role has not this power"""
    found = seller_order(request.viewer, order_id)
    desk = desk_of(request.viewer, found.order.seller_id)
    if power is not None and not desk.member.may(power):
        raise NotFound
    return desk, shown_seller_order(found)


def _page(
    request: ShopRequest, desk: Desk, shown: ShownSellerOrder, *, status: int = 200, **forms: Any
) -> HttpResponse:
    source = shown.source
    chargebacks = order_chargebacks(source.order) if desk.can_see_money else []
    context = {
        "shown": shown,
        "documents": seller_order_documents(
            request.viewer, source.order.id, get_language() or "en"
        ),
        "ship_form": forms.get("ship_form") or (source.can_ship and _units_form(shown)),
        "cancel_form": forms.get("cancel_form") or (source.can_cancel and _cancel_form(shown)),
        "is_cancelling": "cancel_form" in forms,
        "economics": economics_rows(source.economics) if source.economics else None,
        "rates": exchange_words(source.lines) if source.economics else [],
        "settlement_url": _settlement_url(source) if desk.can_see_money else "",
        "chargebacks": shown_chargebacks(chargebacks),
        "cases": cases_of_order(
            all_cases([source.order])[source.order.id],
            chargebacks,
            sees_money=desk.can_see_money,
        ),
        "is_frozen": any(one.is_open for one in chargebacks),
    }
    return desk_answer(request, desk, "order", context, section="orders", status=status)


def _settlement_url(source: SellerOrder) -> str:
    """Return where the entries behind a settled order are shown."""
    order = source.order
    settled = settlements_for([order.id]).get(order.id) if order.released_at else None
    if settled is None:
        return ""
    return reverse("seller_centre:settlement", args=[order.seller_id, settled.id])


def _units_form(shown: ShownSellerOrder, data: Any = None) -> UnitsForm:
    return UnitsForm(
        data, lines=shown.source.unshipped, titles=shown.titles, is_full=True, auto_id="ship-%s"
    )


def _cancel_form(shown: ShownSellerOrder, data: Any = None) -> CancelForm:
    return CancelForm(data, lines=shown.source.unshipped, titles=shown.titles, auto_id="cancel-%s")


def _refused(request: ShopRequest, order_id: UUID, refusal: DomainError) -> HttpResponse:
    messages.error(request, str(refusal))
    return _back(order_id)


def _back(order_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("seller_centre:order", args=[order_id]))

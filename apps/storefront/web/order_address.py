"""Another address for one seller's part: ask where, show what it costs, pay what it costs more."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core import clock
from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.web.requests import ShopRequest
from apps.logistics.types import DeliveryKind
from apps.orders.models import AddressChange, Order
from apps.orders.selectors import own_order
from apps.orders.selectors_addressing import SURCHARGE_REFERENCE, waiting_changes
from apps.orders.services import addressing, surcharges
from apps.orders.services.address_quotes import AddressNotReached, quote_address
from apps.orders.services.addressing import AddressConsent, AddressQuoteChanged
from apps.orders.types import AddressChangeState, AddressQuote
from apps.payments.selectors import latest_attempt
from apps.payments.services.paying import PaymentAlreadyCaptured
from apps.storefront.trade.order_steps import delivery_days
from apps.storefront.web.forms import CollectorForm, ConsentForm, DestinationForm
from apps.storefront.web.payment import PaymentPage, payment_answer
from apps.storefront.web.refusals import led_to, personal_page

PlaceForm = DestinationForm | CollectorForm


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def change(request: ShopRequest, group_id: UUID, order_id: UUID) -> HttpResponse:
    """Ask where a part goes; where price or days are others, show them and ask once more."""
    order = own_order(request.viewer, group_id, order_id)
    if request.method != "POST":
        return _page(request, order, _form(order, initial=order.ship_to))
    form = _form(order, data=request.POST)
    if not form.is_valid():
        return _page(request, order, form, status=422)
    try:
        return _ask_or_save(request, order, form)
    except (InvalidInput, AddressNotReached) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, order, form, status=422)
    except DomainError as refusal:
        if isinstance(refusal, NotFound):
            raise
        messages.error(request, str(refusal))
        return _back(order)


def _ask_or_save(request: ShopRequest, order: Order, form: PlaceForm) -> HttpResponse:
    consent = ConsentForm(request.POST)
    given = AddressConsent(**consent.cleaned_data) if consent.is_valid() else None
    try:
        made = addressing.change_address(
            order_id=order.id,
            address=form.cleaned_data,
            consent=given,
            return_url=settings.SITE_URL + _payment_path(order),
            viewer=request.viewer,
            now=clock.now(),
        )
    except AddressQuoteChanged as refusal:
        quote = quote_address(
            order=order, address=form.cleaned_data, viewer=request.viewer, now=clock.now()
        )
        if given:
            messages.error(request, str(refusal))
        return _page(request, order, form, quote=quote)
    return _saved(request, order, made)


def _saved(request: ShopRequest, order: Order, made: AddressChange | None) -> HttpResponse:
    if made and made.state == AddressChangeState.WAITING:
        return HttpResponseRedirect(_payment_path(order) + "?start=1")
    if made and made.difference.minor < 0:
        messages.success(
            request, _("The address is saved. The difference goes back to where it was paid from.")
        )
    else:
        messages.success(request, _("The address is saved."))
    return _back(order)


def _form(order: Order, **given: Any) -> PlaceForm:
    if order.delivery_kind == DeliveryKind.PICKUP:
        return CollectorForm(**given)
    form = DestinationForm(is_guest=False, **given)
    form.fields["street"].help_text = ""
    for name in ("street", "house"):
        form.fields[name].required = True
    return form


def _page(
    request: ShopRequest,
    order: Order,
    form: PlaceForm,
    *,
    quote: AddressQuote | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "order": order,
        "form": form,
        "is_pickup": order.delivery_kind == DeliveryKind.PICKUP,
        "quote": quote,
        "days": delivery_days(quote.promised_from, quote.promised_to) if quote else "",
        "days_before": delivery_days(order.promised_from, order.promised_to),
    }
    return render(request, "storefront/order_address.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def payment(request: ShopRequest, group_id: UUID, order_id: UUID) -> HttpResponse:
    """Lead to the provider's page of what another address costs more; POST tries again."""
    order = own_order(request.viewer, group_id, order_id)
    if request.method == "POST":
        return _pay_again(request, order)
    waiting = waiting_changes([order.id]).get(order.id)
    attempt = latest_attempt(SURCHARGE_REFERENCE, waiting.id) if waiting else None
    if waiting is None or attempt is None:
        return led_to(request, _order_url(order))
    return payment_answer(
        request,
        attempt,
        PaymentPage(
            number=order.number,
            amount=waiting.difference,
            path=_payment_path(order),
            retry_url=_payment_path(order),
            order_url=_order_url(order),
            is_surcharge=True,
        ),
    )


def _pay_again(request: ShopRequest, order: Order) -> HttpResponse:
    try:
        surcharges.pay_surcharge(
            order_id=order.id,
            return_url=settings.SITE_URL + _payment_path(order),
            viewer=request.viewer,
            now=clock.now(),
        )
    except PaymentAlreadyCaptured as refusal:
        messages.info(request, str(refusal))
        return _back(order)
    except DomainError as refusal:
        if isinstance(refusal, NotFound):
            raise
        messages.error(request, str(refusal))
        return _back(order)
    return HttpResponseRedirect(_payment_path(order) + "?start=1")


def _payment_path(order: Order) -> str:
    return reverse("storefront:order_address_payment", args=[order.group_id, order.id])


def _order_url(order: Order) -> str:
    return reverse("storefront:order", args=[order.group_id])


def _back(order: Order) -> HttpResponseRedirect:
    return HttpResponseRedirect(_order_url(order))

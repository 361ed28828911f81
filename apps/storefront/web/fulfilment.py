"""What a buyer does with one part of a paid order: cancel it, send it elsewhere, confirm receipt."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import clock
from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.web.requests import ShopRequest
from apps.logistics.types import DeliveryKind
from apps.orders.models import Order
from apps.orders.selectors import own_order
from apps.orders.services import addressing, cancelling, settling
from apps.orders.types import CancelReason
from apps.storefront.web.forms import CollectorForm, DestinationForm
from apps.storefront.web.refusals import personal_page


@require_POST
@personal_page
def cancel(request: ShopRequest, group_id: UUID, order_id: UUID) -> HttpResponse:
    """Cancel a part that is paid and not sent; its money goes back."""
    order = own_order(request.viewer, group_id, order_id)
    try:
        cancelling.cancel_order(
            order_id=order.id,
            reason=CancelReason.BY_BUYER,
            actor=request.viewer,
            now=clock.now(),
        )
    except DomainError as refusal:
        return _refused(request, order, refusal)
    messages.success(request, _("It is cancelled. The money goes back to where it was paid from."))
    return _back(order)


@require_POST
@personal_page
def confirm_receipt(request: ShopRequest, group_id: UUID, order_id: UUID) -> HttpResponse:
    """Release the money of a delivered part."""
    order = own_order(request.viewer, group_id, order_id)
    try:
        settling.confirm_receipt(order_id=order.id, viewer=request.viewer, now=clock.now())
    except DomainError as refusal:
        return _refused(request, order, refusal)
    messages.success(request, _("Thank you. The seller is paid."))
    return _back(order)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def address(request: ShopRequest, group_id: UUID, order_id: UUID) -> HttpResponse:
    """Ask where a part goes, and send it there at the same delivery price."""
    order = own_order(request.viewer, group_id, order_id)
    if request.method != "POST":
        return _form_page(request, order, _form(order, initial=order.ship_to))
    form = _form(order, data=request.POST)
    if not form.is_valid():
        return _form_page(request, order, form, status=422)
    try:
        addressing.change_address(
            order_id=order.id,
            address=form.cleaned_data,
            viewer=request.viewer,
            now=clock.now(),
        )
    except (InvalidInput, addressing.DeliveryPriceDiffers) as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, order, form, status=422)
    except DomainError as refusal:
        return _refused(request, order, refusal)
    messages.success(request, _("The address is saved."))
    return _back(order)


def _form(order: Order, **given: Any) -> DestinationForm | CollectorForm:
    if order.delivery_kind == DeliveryKind.PICKUP:
        return CollectorForm(**given)
    form = DestinationForm(is_guest=False, **given)
    form.fields["street"].help_text = ""
    for name in ("street", "house"):
        form.fields[name].required = True
    return form


def _form_page(
    request: ShopRequest, order: Order, form: DestinationForm | CollectorForm, *, status: int = 200
) -> HttpResponse:
    is_pickup = order.delivery_kind == DeliveryKind.PICKUP
    context = {"order": order, "form": form, "is_pickup": is_pickup}
    return render(request, "storefront/order_address.html", context, status=status)


def _refused(request: ShopRequest, order: Order, refusal: DomainError) -> HttpResponse:
    if isinstance(refusal, NotFound):
        raise refusal
    messages.error(request, str(refusal))
    return _back(order)


def _back(order: Order) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("storefront:order", args=[order.group_id]))

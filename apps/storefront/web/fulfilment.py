"""What a buyer does with one part of a paid order: cancel it, send it elsewhere, confirm receipt."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.orders.models import Order
from apps.orders.selectors import own_order
from apps.orders.services import cancelling, settling
from apps.orders.types import CancelReason
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


def _refused(request: ShopRequest, order: Order, refusal: DomainError) -> HttpResponse:
    if isinstance(refusal, NotFound):
        raise refusal
    messages.error(request, str(refusal))
    return _back(order)


def _back(order: Order) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("storefront:order", args=[order.group_id]))

"""Orders: the list, one order, the guest's link, cancelling what is not paid."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.viewer import GrantToken
from apps.core.web.requests import ShopRequest
from apps.documents.selectors import order_documents
from apps.orders.selectors import ORDER_GRANT, last_change, order_group, own_order_group, purchases
from apps.orders.selectors_buyers import buyer_orders, is_buyer
from apps.orders.services import lifecycle
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.services.paying import REFERENCE
from apps.orders.types import CancelReason
from apps.payments.selectors import payment_of
from apps.reviews.selectors import reviews_of_group
from apps.storefront.trade.order_page import shown_order
from apps.storefront.web.checkout import remember_order
from apps.storefront.web.refusals import is_htmx, own_address, personal_page


@require_safe
@personal_page
def index(request: ShopRequest) -> HttpResponse:
    """What the viewer bought, newest first; a guest sees the orders whose links this browser opened."""
    page = purchases(request.viewer, before=_cursor(request.GET.get("before", "")))
    context = {
        "orders": [shown_order(group) for group in page.groups],
        "older_url": f"?before={page.next_before}" if page.next_before else "",
        "newest_url": reverse("storefront:orders") if request.GET.get("before") else "",
        "is_guest": request.viewer.user_id is None,
    }
    return render(request, "storefront/orders.html", context)


@require_safe
@personal_page
def show(request: ShopRequest, group_id: UUID) -> HttpResponse:
    # Read before what it counts: the page never claims to show more than it does.
    seq = last_change(group_id)
    group = order_group(request.viewer, group_id)
    payment = payment_of(REFERENCE, group.id)
    states = buyer_orders(request.viewer, group)
    mine = is_buyer(request.viewer, group)
    papers = order_documents(request.viewer, group.id, get_language() or "en") if mine else []
    context = {
        "order": shown_order(
            group,
            payment=payment,
            in_full=True,
            states=states,
            seq=seq,
            reviews=reviews_of_group(request.viewer, group),
        ),
        "documents": papers,
        "is_guest": request.viewer.user_id is None,
    }
    fragment = "#order" if is_htmx(request) else ""
    return render(request, f"storefront/order.html{fragment}", context)


@require_safe
@personal_page
def open_link(request: ShopRequest, token: str) -> HttpResponse:
    """Take the link of an e-mail into the session and lead on to the address without it."""
    grant = GrantToken.read(token, kind=ORDER_GRANT)
    group = order_group(request.viewer.with_grant(grant), grant.id)
    remember_order(request, group)
    page = reverse("storefront:order", args=[group.id])
    return HttpResponseRedirect(own_address(request, request.GET.get("next", ""), page))


@require_POST
@personal_page
def cancel(request: ShopRequest, group_id: UUID) -> HttpResponse:
    """Cancel an order that is not paid; the goods go back on sale."""
    group = own_order_group(request.viewer, group_id)
    try:
        lifecycle.cancel_unpaid(
            group_id=group.id, reason=CancelReason.BY_BUYER, actor=request.viewer, now=clock.now()
        )
    except MoveNotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The order is cancelled. Nothing was charged."))
    return HttpResponseRedirect(reverse("storefront:order", args=[group.id]))


def _cursor(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

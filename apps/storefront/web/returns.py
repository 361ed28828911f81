"""A buyer's returns: ask, look, send, withdraw; the label to print; pictures of cases."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.catalog.services.images import rendition_key
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.orders.models import Order
from apps.orders.selectors import own_order
from apps.orders.selectors_disputes import buyer_disputes, case_photo
from apps.orders.selectors_returns import buyer_return, buyer_returns, what_can_return
from apps.orders.services import returning
from apps.orders.services.evidence import private_storage, store_evidence
from apps.orders.types_returns import ReturnReason, ReturnRequest
from apps.storefront.trade.case_page import form_lines, shown_return
from apps.storefront.trade.dispute_page import shown_dispute
from apps.storefront.web.case_forms import ReturnForm, SentForm
from apps.storefront.web.refusals import personal_page


@require_safe
@personal_page
def index(request: ShopRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    page = buyer_returns(request.viewer, before=_cursor(before))
    context = {
        "returns": [shown_return(row) for row in page.returns],
        "disputes": [shown_dispute(row) for row in buyer_disputes(request.viewer)],
        "older_url": f"?before={page.next_before}" if page.next_before else "",
        "newest_url": reverse("storefront:returns") if before else "",
    }
    return render(request, "storefront/returns.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def add(request: ShopRequest, group_id: UUID, order_id: UUID) -> HttpResponse:
    """Ask to send units of a delivered order back."""
    order = own_order(request.viewer, group_id, order_id)
    lines = what_can_return(request.viewer, group_id, order_id)
    shown = form_lines(lines)
    if request.method != "POST":
        return _form_page(request, order, ReturnForm(lines=shown))
    form = ReturnForm(request.POST, request.FILES, lines=shown)
    if not form.is_valid():
        return _form_page(request, order, form, status=422)
    try:
        case = returning.request_return(
            order_id=order.id, request=_request_of(form), actor=request.viewer, now=clock.now()
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, order, form, status=422)
    messages.success(request, _("We have told the seller. The answer comes by e-mail."))
    return HttpResponseRedirect(reverse("storefront:return", args=[case.id]))


def _request_of(form: ReturnForm) -> ReturnRequest:
    values = form.cleaned_data
    return ReturnRequest(
        items=form.items(),
        reason=ReturnReason(values["reason"]),
        key=values["key"],
        note=values["note"],
        photos=store_evidence(values["photos"]),
    )


def _form_page(
    request: ShopRequest, order: Order, form: ReturnForm, *, status: int = 200
) -> HttpResponse:
    context = {"order": order, "form": form, "hours": settings.RETURN_ANSWER_HOURS}
    return render(request, "storefront/return_new.html", context, status=status)


@require_safe
@personal_page
def show(request: ShopRequest, return_id: UUID) -> HttpResponse:
    view = buyer_return(request.viewer, return_id)
    context = {"shown": shown_return(view), "sent_form": SentForm() if view.can_send else None}
    return render(request, "storefront/return.html", context)


@require_safe
@personal_page
def label(request: ShopRequest, return_id: UUID) -> HttpResponse:
    """A page to print and put into the parcel: number, address, code."""
    view = buyer_return(request.viewer, return_id)
    if view.case.ship_to is None:
        raise NotFound
    return render(request, "storefront/return_label.html", {"shown": shown_return(view)})


@require_POST
@personal_page
def sent(request: ShopRequest, return_id: UUID) -> HttpResponse:
    view = buyer_return(request.viewer, return_id)
    form = SentForm(request.POST)
    if not form.is_valid():
        context = {"shown": shown_return(view), "sent_form": form}
        return render(request, "storefront/return.html", context, status=422)
    try:
        returning.mark_sent(
            return_id=return_id, actor=request.viewer, now=clock.now(), **form.cleaned_data
        )
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you. The seller says when it has arrived."))
    return _back(return_id)


@require_POST
@personal_page
def cancel(request: ShopRequest, return_id: UUID) -> HttpResponse:
    try:
        returning.cancel_return(return_id=return_id, actor=request.viewer, now=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The return is withdrawn."))
    return _back(return_id)


@require_safe
@personal_page
def photo(request: ShopRequest, photo_id: UUID) -> HttpResponse:
    """A picture of a case for its buyer, its seller's staff and staff; ?small for a thumbnail."""
    found = case_photo(request.viewer, photo_id)
    width = min(found.widths, key=lambda wide: abs(wide - 320)) if "small" in request.GET else None
    key = rendition_key(found.content_hash, width or max(found.widths))
    try:
        picture = private_storage().open(key)
    except FileNotFoundError:
        raise NotFound from None
    with picture:
        return HttpResponse(picture.read(), content_type="image/webp")


def _back(return_id: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("storefront:return", args=[return_id]))


def _cursor(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""A buyer's disputes: open, say, ask for a decision, withdraw."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.orders.models import Order, Return
from apps.orders.selectors import own_order
from apps.orders.selectors_disputes import DisputeView, buyer_dispute
from apps.orders.selectors_returns import buyer_return
from apps.orders.services import disputing
from apps.orders.services.evidence import store_evidence
from apps.orders.services.refunding import refundable
from apps.orders.types_returns import DisputeReason, ReturnState, Words
from apps.orders.web.forms import WordsForm
from apps.storefront.trade.dispute_page import shown_dispute
from apps.storefront.web.case_forms import DisputeForm
from apps.storefront.web.refusals import personal_page


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def add(request: ShopRequest, group_id: UUID, order_id: UUID) -> HttpResponse:
    """Open a dispute of an order, or of one of its returns (?return=)."""
    order = own_order(request.viewer, group_id, order_id)
    case = _return_of(request, order)
    left = refundable(order)
    if request.method != "POST":
        return _form_page(request, order, case, DisputeForm(left=left, is_of_return=bool(case)))
    form = DisputeForm(request.POST, request.FILES, left=left, is_of_return=bool(case))
    if not form.is_valid():
        return _form_page(request, order, case, form, status=422)
    try:
        dispute = disputing.open_dispute(
            order_id=order.id,
            reason=_reason(form, case),
            wanted=form.cleaned_data["wanted"],
            words=_words(form),
            return_id=case.id if case else None,
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, order, case, form, status=422)
    if order.released_at:
        messages.success(request, _("The dispute is open."))
    else:
        messages.success(request, _("The dispute is open and the money waits."))
    return _back(dispute.id)


def _return_of(request: ShopRequest, order: Order) -> Return | None:
    asked = request.GET.get("return", "")
    if not asked:
        return None
    try:
        case = buyer_return(request.viewer, UUID(asked)).case
    except ValueError:
        raise NotFound from None
    if case.order_id != order.id:
        raise NotFound
    return case


def _reason(form: DisputeForm, case: Return | None) -> DisputeReason:
    if case is None:
        return DisputeReason(form.cleaned_data["reason"])
    is_refused = case.state == ReturnState.REJECTED
    return DisputeReason.RETURN_REJECTED if is_refused else DisputeReason.REFUND_TOO_SMALL


def _words(form: WordsForm) -> Words:
    values = form.cleaned_data
    return Words(values["text"], values["key"], store_evidence(values["photos"]))


def _form_page(
    request: ShopRequest,
    order: Order,
    case: Return | None,
    form: DisputeForm,
    *,
    status: int = 200,
) -> HttpResponse:
    hours = settings.DISPUTE_ANSWER_HOURS
    context = {"order": order, "case": case, "form": form, "hours": hours}
    return render(request, "storefront/dispute_new.html", context, status=status)


@require_safe
@personal_page
def show(request: ShopRequest, dispute_id: UUID) -> HttpResponse:
    return _page(request, buyer_dispute(request.viewer, dispute_id))


def _page(
    request: ShopRequest, view: DisputeView, form: WordsForm | None = None, *, status: int = 200
) -> HttpResponse:
    if form is None and view.can_say:
        form = WordsForm()
    context = {"shown": shown_dispute(view), "form": form}
    return render(request, "storefront/dispute.html", context, status=status)


@require_POST
@personal_page
def say(request: ShopRequest, dispute_id: UUID) -> HttpResponse:
    view = buyer_dispute(request.viewer, dispute_id)
    form = WordsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, view, form, status=422)
    try:
        disputing.say(
            dispute_id=dispute_id, words=_words(form), actor=request.viewer, now=clock.now()
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, view, form, status=422)
    return _back(dispute_id)


@require_POST
@personal_page
def escalate(request: ShopRequest, dispute_id: UUID) -> HttpResponse:
    return _do(request, dispute_id, disputing.escalate, _("The marketplace decides now."))


@require_POST
@personal_page
def withdraw(request: ShopRequest, dispute_id: UUID) -> HttpResponse:
    return _do(request, dispute_id, disputing.withdraw_dispute, _("The dispute is withdrawn."))


def _do(
    request: ShopRequest, dispute_id: UUID, use_case: Callable[..., object], done: str
) -> HttpResponse:
    try:
        use_case(dispute_id=dispute_id, actor=request.viewer, now=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return _back(dispute_id)


def _back(dispute_id: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("storefront:dispute", args=[dispute_id]))

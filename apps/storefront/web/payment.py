"""Paying for a placed order: start an attempt, wait for the provider's page, wait for the bank's word.

What the browser brings back from the provider is never believed: the state is read from our tables.
A form's answer may not redirect to another host (form-action), so a page of ours stands in between.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.catalog.services.reservations import OfferSoldOut
from apps.core import clock
from apps.core.money import Money
from apps.core.web.requests import ShopRequest
from apps.orders.selectors import order_group
from apps.orders.services import paying
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.types import GroupStatus
from apps.payments.models import PaymentAttempt
from apps.payments.selectors import latest_attempt
from apps.payments.services.paying import PaymentAlreadyCaptured
from apps.payments.types import AttemptState
from apps.storefront.web.checkout import payment_url
from apps.storefront.web.refusals import is_htmx, led_to, personal_page

SEE_OTHER = 303
OPENING, READY, WAITING, DECLINED, FAILED = "opening", "ready", "waiting", "declined", "failed"


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """What is paid for: its number and sum, and where its page leads."""

    number: str
    amount: Money
    path: str
    retry_url: str
    order_url: str
    is_surcharge: bool = False


@require_POST
@personal_page
def pay(request: ShopRequest, group_id: UUID) -> HttpResponse:
    """Pay for an order that waits, or pay again after the hold ran out."""
    try:
        paying.pay(
            viewer=request.viewer,
            group_id=group_id,
            return_url=payment_url(group_id),
            now=clock.now(),
        )
    except (OfferSoldOut, MoveNotAllowed, PaymentAlreadyCaptured) as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(_order_url(group_id))
    return HttpResponseRedirect(_payment_path(group_id) + "?start=1")


@require_safe
@personal_page
def show(request: ShopRequest, group_id: UUID) -> HttpResponse:
    """Lead to the provider's page of a purchase, say what is waited for, or show the order."""
    group = order_group(request.viewer, group_id)
    attempt = latest_attempt(paying.REFERENCE, group.id)
    if attempt is None or group.status in {GroupStatus.PAID, GroupStatus.CANCELLED}:
        return led_to(request, _order_url(group.id))
    return payment_answer(
        request,
        attempt,
        PaymentPage(
            number=group.number,
            amount=group.total,
            path=_payment_path(group.id),
            retry_url=reverse("storefront:order_pay", args=[group.id]),
            order_url=_order_url(group.id),
        ),
    )


def payment_answer(
    request: ShopRequest, attempt: PaymentAttempt, page: PaymentPage
) -> HttpResponse:
    """Lead to the provider's page when it is open (`go`), else say what is being waited for."""
    is_leaving = "go" in request.GET or "start" in request.GET
    phase = _phase(attempt, is_leaving=is_leaving)
    is_done = "done" in request.GET
    if is_done and phase == DECLINED:
        # Another card was taken after that: the bank's word about it is still on its way.
        phase = WAITING
    if "go" in request.GET and phase == READY:
        return _lead_to_provider(request, attempt)
    stay = "?go=1" if is_leaving else "?done=1" if is_done else ""
    return render(request, _template(request), _context(page, attempt, phase, stay))


def _phase(attempt: PaymentAttempt, *, is_leaving: bool) -> str:
    if attempt.state in {AttemptState.CREATED, AttemptState.UNKNOWN}:
        return OPENING
    if attempt.state == AttemptState.REQUIRES_ACTION and attempt.redirect_url:
        if is_leaving:
            return READY
        return DECLINED if attempt.failure_code else WAITING
    if attempt.state == AttemptState.SUCCEEDED:
        return WAITING
    return FAILED


def _lead_to_provider(request: ShopRequest, attempt: PaymentAttempt) -> HttpResponse:
    if is_htmx(request):
        return led_to(request, attempt.redirect_url)
    return HttpResponse(status=SEE_OTHER, headers={"Location": attempt.redirect_url})


def _template(request: ShopRequest) -> str:
    return "storefront/payment.html" + ("#payment" if is_htmx(request) else "")


def _context(page: PaymentPage, attempt: PaymentAttempt, phase: str, stay: str) -> dict[str, Any]:
    """`stay` is the query under which the page asks again."""
    is_leaving = stay == "?go=1"
    return {
        "page": page,
        "attempt": attempt,
        "phase": phase,
        "refresh_url": page.path + stay if phase in {OPENING, READY, WAITING} else "",
        "refresh_seconds": 1 if phase == READY else 2 if is_leaving else 4,
    }


def _payment_path(group_id: UUID) -> str:
    return reverse("storefront:payment", args=[group_id])


def _order_url(group_id: UUID) -> str:
    return reverse("storefront:order", args=[group_id])

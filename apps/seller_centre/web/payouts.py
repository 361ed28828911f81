"""Payouts: what can be paid out and to where, what was, and what stands behind each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.seller_centre import payouts as service
from apps.seller_centre.desk import Desk
from apps.seller_centre.finance_page import shown_entries
from apps.seller_centre.payout_page import shown_payout, shown_purse, steps_of
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.seller_centre.web.paging import before_of
from apps.seller_centre.web.payout_forms import PayoutForm
from apps.sellers.types import Power


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Power.SEE_MONEY)
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    """The list, and the form that asks for a payout."""
    if request.method != "POST":
        return _page(request, desk)
    if not desk.can_move_money:
        raise NotFound
    currency = request.POST.get("currency", "")
    service.purse(request.viewer, desk.seller.id, currency)
    form = PayoutForm(request.POST, currency=currency)
    if not form.is_valid():
        return _page(request, desk, form, status=422)
    try:
        payout = service.ask_payout(
            seller_id=desk.seller.id,
            currency=currency,
            amount=form.cleaned_data["amount"],
            key=form.cleaned_data["key"],
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error("amount", str(refusal))
        return _page(request, desk, form, status=422)
    messages.success(request, _("The payout %(number)s is asked for.") % {"number": payout.number})
    return HttpResponseRedirect(reverse("seller_centre:payout", args=[desk.seller.id, payout.id]))


def _page(
    request: ShopRequest, desk: Desk, given: PayoutForm | None = None, status: int = 200
) -> HttpResponse:
    now, seller_id = clock.now(), desk.seller.id
    found = service.payout_page(request.viewer, seller_id, before=before_of(request))
    rows = [shown_purse(one, now) for one in service.purses(request.viewer, seller_id)]
    wrong = given.data.get("currency") if given else ""
    purses = [
        (row, given if row.purse.currency == wrong else PayoutForm(currency=row.purse.currency))
        for row in rows
    ]
    context = {
        "purses": purses,
        "form": given,
        "rows": [shown_payout(row) for row in found.rows],
        "older_url": f"?before={found.next_before}" if found.next_before else "",
        "newest_url": "?" if request.GET.get("before") else "",
    }
    return desk_answer(request, desk, "payouts", context, section="finance", status=status)


@require_safe
@desk_page(Power.SEE_MONEY)
def show(request: ShopRequest, desk: Desk, payout_id: UUID) -> HttpResponse:
    payout, entries = service.payout_with_entries(request.viewer, desk.seller.id, payout_id)
    context = {
        "row": shown_payout(payout),
        "steps": steps_of(payout),
        "entries": shown_entries(entries, desk.seller.id),
    }
    return desk_answer(request, desk, "payout", context, section="finance")

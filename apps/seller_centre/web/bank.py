"""Where payouts go and when: the account at the payment provider, its change, the schedule."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.web.requests import ShopRequest
from apps.payments.types_payouts import PayoutRhythm
from apps.seller_centre import payouts as service
from apps.seller_centre.desk import Desk
from apps.seller_centre.payout_page import ShownPurse, shown_purse
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.seller_centre.web.payout_forms import CurrencyForm, RhythmForm
from apps.sellers.types import Power

REFRESH_SECONDS = 3


@require_safe
@desk_page(Power.SEE_MONEY)
def show(request: ShopRequest, desk: Desk) -> HttpResponse:
    """`told`: the provider's page led back, with the details (1) or because its time was over (0)."""
    now = clock.now()
    rows = [shown_purse(one, now) for one in service.purses(request.viewer, desk.seller.id)]
    is_preparing = desk.can_change_bank and any(row.is_preparing for row in rows)
    context = {
        "purses": [(row, _rhythm_form(row)) for row in rows],
        "told": request.GET.get("told", ""),
        "refresh_seconds": REFRESH_SECONDS if is_preparing else 0,
    }
    return desk_answer(request, desk, "bank", context, section="finance")


def _rhythm_form(row: ShownPurse) -> RhythmForm:
    schedule = row.purse.schedule
    currency = row.purse.currency
    initial = {
        "currency": currency,
        "rhythm": schedule.rhythm if schedule else PayoutRhythm.NONE,
        "weekday": schedule.weekday if schedule else 1,
    }
    return RhythmForm(initial=initial, currency=currency)


@require_POST
@desk_page(Power.CHANGE_BANK)
def change(request: ShopRequest, desk: Desk) -> HttpResponse:
    """Begin an account, or its change, or ask for another page of one that was begun."""
    form = CurrencyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the currency of the account."))
        return _back(desk)
    service.change_bank(
        seller_id=desk.seller.id,
        currency=form.cleaned_data["currency"],
        language=get_language() or "en",
        actor=request.viewer,
        now=clock.now(),
    )
    return _back(desk)


@require_POST
@desk_page(Power.MOVE_MONEY)
def set_rhythm(request: ShopRequest, desk: Desk) -> HttpResponse:
    form = RhythmForm(request.POST, currency=request.POST.get("currency", "")[:3])
    if not form.is_valid():
        messages.error(request, _("Choose a schedule from the list."))
        return _back(desk)
    service.set_rhythm(
        seller_id=desk.seller.id,
        currency=form.cleaned_data["currency"],
        rhythm=PayoutRhythm(form.cleaned_data["rhythm"]),
        weekday=form.cleaned_data["weekday"],
        actor=request.viewer,
        now=clock.now(),
    )
    messages.success(request, _("The schedule is saved."))
    return _back(desk)


def _back(desk: Desk) -> HttpResponse:
    return HttpResponseRedirect(reverse("seller_centre:bank", args=[desk.seller.id]))

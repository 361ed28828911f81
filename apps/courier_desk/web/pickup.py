"""The clerk's phone or counter: find a parcel, hand it out, take in arrivals, watch the shelf."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.catalog.selectors.texts import in_language
from apps.core import clock, rate_limit
from apps.core.errors import InvalidInput
from apps.core.web.personal import personal_page
from apps.core.web.requests import ShopRequest
from apps.courier_desk.presenting import ShownParcel, shown_parcel
from apps.courier_desk.web.answers import carry_out
from apps.courier_desk.web.forms import CodeForm, CommandForm, SearchForm
from apps.logistics.models import PickupPoint
from apps.logistics.selectors import clerk_point, point_shipment, point_shipments
from apps.logistics.services import pickup, shipping
from apps.logistics.types import ShipmentStatus

S = ShipmentStatus
CODE_LENGTH = 6


@require_safe
@personal_page
@login_required
def index(request: ShopRequest) -> HttpResponse:
    now = clock.now()
    parcels = [shown_parcel(shipment, now) for shipment in point_shipments(request.viewer)]
    context = {
        "point_name": _name(clerk_point(request.viewer)),
        "arrivals": [parcel for parcel in parcels if parcel.is_coming],
        "shelf": [parcel for parcel in parcels if parcel.is_on_shelf],
        "returns": [parcel for parcel in parcels if parcel.is_going_back],
    }
    return render(request, "courier_desk/pickup.html", context)


@require_POST
@personal_page
@login_required
def find(request: ShopRequest) -> HttpResponse:
    """Find by number or by the code that the buyer says. By POST: a code belongs in no address."""
    point = clerk_point(request.viewer)
    form = SearchForm(request.POST)
    search = form.cleaned_data["search"].strip() if form.is_valid() else ""
    if not search:
        return HttpResponseRedirect(reverse("courier_desk:pickup"))
    is_code = len(search) == CODE_LENGTH and search.isdecimal()
    if is_code and not _may_try_code(request):
        messages.error(request, _("Too many codes were tried. Wait five minutes."))
        return HttpResponseRedirect(reverse("courier_desk:pickup"))
    now = clock.now()
    found = [
        shown_parcel(shipment, now) for shipment in point_shipments(request.viewer, search=search)
    ]
    context = {
        "point_name": _name(point),
        "search": search,
        "found": found,
        "code": search if is_code else "",
    }
    return render(request, "courier_desk/pickup_found.html", context)


def _may_try_code(request: ShopRequest) -> bool:
    """Hold a clerk back who guesses: a code is the buyer's word."""
    return rate_limit.hit(rule="handover_search", subject=str(request.viewer.user_id)).is_allowed


@require_safe
@personal_page
@login_required
def parcel(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    shipment = point_shipment(request.viewer, shipment_id)
    context: dict[str, str | ShownParcel] = {
        "point_name": _name(clerk_point(request.viewer)),
        "parcel": shown_parcel(shipment, clock.now()),
    }
    return render(request, "courier_desk/pickup_parcel.html", context)


def _command(
    request: ShopRequest, work: Callable[[], object], done: str, back: str = ""
) -> HttpResponse:
    """Carry out a clerk's command; for everybody else there is nothing here."""
    clerk_point(request.viewer)
    return carry_out(request, work, done=done, url=reverse("courier_desk:pickup"), back=back)


@require_POST
@personal_page
@login_required
def arrive(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    return _command(
        request,
        lambda: pickup.arrive_at_point(
            shipment_id=shipment_id,
            key=_checked(CommandForm(request.POST))["key"],
            actor=request.viewer,
            now=clock.now(),
        ),
        _("The parcel is on the shelf. The buyer sees it."),
    )


@require_POST
@personal_page
@login_required
def hand_out(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    def work() -> None:
        given = _checked(CodeForm(request.POST))
        pickup.hand_out(
            shipment_id=shipment_id,
            code=given["code"],
            key=given["key"],
            actor=request.viewer,
            now=clock.now(),
        )

    back = reverse("courier_desk:pickup_parcel", args=[shipment_id])
    return _command(request, work, _("Handed out."), back)


@require_POST
@personal_page
@login_required
def give_back(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    return _command(
        request,
        lambda: shipping.hand_back(shipment_id=shipment_id, actor=request.viewer, now=clock.now()),
        _("The parcel is back with the seller."),
    )


def _checked(form: CommandForm) -> dict[str, str]:
    """:raises InvalidInput: a field is missing or wrong"""
    if not form.is_valid():
        raise InvalidInput(field=next(iter(form.errors)))
    return form.cleaned_data


def _name(point: PickupPoint) -> str:
    return in_language(point.names, get_language() or "en") or point.address

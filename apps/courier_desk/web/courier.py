"""The courier's phone: the next stop, the round, what is offered, what goes back."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.errors import InvalidInput, NotFound
from apps.core.web.personal import personal_page
from apps.core.web.requests import ShopRequest
from apps.courier_desk.presenting import shown_offer, shown_stop
from apps.courier_desk.web.answers import carry_out
from apps.courier_desk.web.forms import CodeForm, CommandForm, FailureForm, PositionForm
from apps.logistics.selectors import courier_of, offered_tasks, parcels_to_return, tasks_of
from apps.logistics.services import delivering, positions, shipping
from apps.logistics.types import FailureReason

# The queue lets go of a command that was answered; what is malformed will not get better.
MALFORMED = 422


def _page(request: ShopRequest, chosen: UUID | None = None) -> HttpResponse:
    """Show the round with one stop big: the chosen one, else the first that is under way."""
    viewer = request.viewer
    courier = courier_of(viewer)
    stops = [shown_stop(task) for task in tasks_of(viewer)]
    stops.sort(key=lambda stop: not stop.is_started)
    now_at = next((stop for stop in stops if stop.id == chosen), None)
    if chosen and now_at is None:
        raise NotFound
    now_at = now_at or (stops[0] if stops else None)
    context = {
        "courier": courier,
        "next_stop": now_at,
        "later_stops": [stop for stop in stops if stop is not now_at],
        "waiting_count": sum(not stop.is_started for stop in stops),
        "offers": [shown_offer(task) for task in offered_tasks(viewer)],
        "returns": parcels_to_return(viewer),
        "reasons": FailureReason.choices,
    }
    return render(request, "courier_desk/courier.html", context)


@require_safe
@personal_page
@login_required
def index(request: ShopRequest) -> HttpResponse:
    return _page(request)


@require_safe
@personal_page
@login_required
def stop(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    return _page(request, shipment_id)


def _command(
    request: ShopRequest, work: Callable[[], object], done: str, back: str = ""
) -> HttpResponse:
    """Carry out a courier's command; for everybody else there is nothing here."""
    courier_of(request.viewer)
    return carry_out(request, work, done=done, url=reverse("courier_desk:courier"), back=back)


@require_POST
@personal_page
@login_required
def take(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    return _command(
        request,
        lambda: delivering.take_task(
            shipment_id=shipment_id, actor=request.viewer, now=clock.now()
        ),
        _("The parcel is yours. Fetch it and start."),
    )


@require_POST
@personal_page
@login_required
def release(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    return _command(
        request,
        lambda: delivering.release_task(
            shipment_id=shipment_id, actor=request.viewer, now=clock.now()
        ),
        _("Given back. Another courier can take it."),
    )


@require_POST
@personal_page
@login_required
def start(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    return _command(
        request,
        lambda: delivering.start_delivery(
            shipment_id=shipment_id,
            key=_checked(CommandForm(request.POST))["key"],
            actor=request.viewer,
            now=clock.now(),
        ),
        _("The buyer sees that you are on your way."),
    )


@require_POST
@personal_page
@login_required
def start_round(request: ShopRequest) -> HttpResponse:
    return _command(
        request,
        lambda: delivering.start_round(
            key=_checked(CommandForm(request.POST))["key"], actor=request.viewer, now=clock.now()
        ),
        _("The buyers see that you are on your way."),
    )


@require_POST
@personal_page
@login_required
def deliver(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    def work() -> None:
        given = _checked(CodeForm(request.POST))
        delivering.deliver(
            shipment_id=shipment_id,
            code=given["code"],
            key=given["key"],
            actor=request.viewer,
            now=clock.now(),
        )

    return _command(request, work, _("Delivered. Well done."), _stop_url(shipment_id))


@require_POST
@personal_page
@login_required
def fail(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    def work() -> None:
        given = _checked(FailureForm(request.POST))
        delivering.fail_attempt(
            shipment_id=shipment_id,
            reason=FailureReason(given["reason"]),
            key=given["key"],
            actor=request.viewer,
            now=clock.now(),
        )

    return _command(request, work, _("Noted. Bring the parcel back."), _stop_url(shipment_id))


@require_POST
@personal_page
@login_required
def give_back(request: ShopRequest, shipment_id: UUID) -> HttpResponse:
    return _command(
        request,
        lambda: shipping.hand_back(shipment_id=shipment_id, actor=request.viewer, now=clock.now()),
        _("The parcel is back with the seller."),
    )


@require_POST
@personal_page
@login_required
def position(request: ShopRequest) -> HttpResponse:
    """Take in where the courier is; nothing is answered, and too many are no fault."""
    form = PositionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=MALFORMED)
    positions.record_position(**form.cleaned_data, actor=request.viewer, now=clock.now())
    return HttpResponse(status=204)


def _checked(form: CommandForm) -> dict[str, str]:
    """:raises InvalidInput: a field is missing or wrong"""
    if not form.is_valid():
        raise InvalidInput(field=next(iter(form.errors)))
    return form.cleaned_data


def _stop_url(shipment_id: UUID) -> str:
    return reverse("courier_desk:stop", args=[shipment_id])

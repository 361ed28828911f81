"""Simulated couriers: they take a parcel, set out, and it arrives, is refused, or gets lost."""

from datetime import timedelta
from uuid import UUID

from apps.accounts.models import User
from apps.core.viewer import SYSTEM, Viewer, viewer_of
from apps.logistics.models import Courier, Shipment
from apps.logistics.services import delivering
from apps.logistics.services.shipping import hand_back, report_lost
from apps.logistics.types import FailureReason
from apps.sandbox.simulation import habits
from apps.sandbox.simulation.agenda import Agenda


def _courier(city: str, country: str) -> Viewer:
    """The simulated courier of a city; made with the first parcel to it."""
    found = Courier.objects.filter(
        city=city, user__email__endswith="@simulated.example"
    ).select_related("user")
    if courier := found.first():
        return viewer_of(courier.user)
    number = Courier.objects.count() + 1
    user = User.objects.create_user(
        f"courier-{number}@simulated.example", None, full_name=f"Courier {number}"
    )
    Courier.objects.create(user=user, country=country, city=city, phone=f"+9989011133{number:02d}")
    return viewer_of(user)


def carry(agenda: Agenda, shipment_id: UUID) -> str:
    """Take the parcel to its door; what happens there comes some hours later."""
    shipment = Shipment.objects.get(id=shipment_id)
    courier = _courier(shipment.city, shipment.country)
    delivering.take_task(shipment_id=shipment_id, actor=courier, now=agenda.now)
    delivering.start_delivery(
        shipment_id=shipment_id, key=f"out-{agenda.now}", actor=courier, now=agenda.now
    )
    agenda.within(6, lambda: _arrive(agenda, shipment_id, courier))
    return "out for delivery"


def _arrive(agenda: Agenda, shipment_id: UUID, courier: Viewer) -> str:
    if agenda.happens(habits.PARCEL_IS_LOST):
        report_lost(shipment_id=shipment_id, actor=SYSTEM, now=agenda.now, reason="Not found")
        return "parcel lost"
    if agenda.happens(habits.PARCEL_IS_REFUSED):
        _fail(agenda, shipment_id, courier, FailureReason.REFUSED)
        agenda.within(30, lambda: _bring_back(agenda, shipment_id, courier))
        return "parcel refused"
    if agenda.happens(habits.NOBODY_IS_HOME):
        _fail(agenda, shipment_id, courier, FailureReason.NOBODY_HOME)
        if Shipment.objects.get(id=shipment_id).status == "RETURNING":
            agenda.within(30, lambda: _bring_back(agenda, shipment_id, courier))
        else:
            agenda.plan(timedelta(hours=20), lambda: carry(agenda, shipment_id))
        return "nobody is home"
    delivering.deliver(
        shipment_id=shipment_id,
        code=Shipment.objects.get(id=shipment_id).handover_code,
        key=f"in-{agenda.now}",
        actor=courier,
        now=agenda.now,
    )
    return "delivered"


def _fail(agenda: Agenda, shipment_id: UUID, courier: Viewer, reason: FailureReason) -> None:
    delivering.fail_attempt(
        shipment_id=shipment_id,
        reason=reason,
        key=f"no-{agenda.now}",
        actor=courier,
        now=agenda.now,
    )


def _bring_back(agenda: Agenda, shipment_id: UUID, courier: Viewer) -> str:
    hand_back(shipment_id=shipment_id, actor=courier, now=agenda.now)
    return "parcel back at the seller"

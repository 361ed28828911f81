"""The owner's end of a parcel: made, handed to delivery, given up.

Invariant: a number names one parcel for ever; handing over offers it to couriers of its city, or
sends it to its pickup point.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.locks import money_path
from apps.core.outbox import emit
from apps.core.rows import insert_all
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.logistics.events import ShipmentReturned
from apps.logistics.models import CourierTask, PickupClerk, PickupPoint, Shipment, ShipmentItem
from apps.logistics.services.moving import (
    add_step,
    locked_shipment,
    move_shipment,
    new_handover_code,
)
from apps.logistics.types import DeliveryKind, ShipmentRequest, ShipmentStatus, TaskState

S = ShipmentStatus


class ShipmentDiffers(DomainError):
    code = "logistics.shipment_differs"
    message = _("A parcel with this number exists already and is another one.")


@money_path
def create_shipment(*, request: ShipmentRequest, actor: Viewer, now: datetime) -> Shipment:
    """Make a parcel with its handover code. A repeated number returns the first parcel.

    :raises ShipmentDiffers: the number came before with another reference
    """
    if earlier := Shipment.objects.filter(number=request.number).first():
        if earlier.reference_id != request.reference_id:
            raise ShipmentDiffers
        return earlier
    point = _point_of(request)
    shipment = Shipment.objects.create(
        reference_id=request.reference_id,
        owner_id=request.owner_id,
        number=request.number,
        kind=request.kind,
        carrier=request.carrier,
        address=request.address,
        from_city=request.from_city,
        country=point.country if point else request.address["country"],
        city=point.city if point else request.address["city"].strip(),
        pickup_point=point,
        weight_grams=request.weight_grams,
        promised_from=request.promised_from,
        promised_to=request.promised_to,
        language=request.language,
        handover_code=new_handover_code(),
        created_at=now,
    )
    insert_all(
        ShipmentItem(
            shipment=shipment,
            line_id=item.line_id,
            title=item.title,
            sku=item.sku,
            quantity=item.quantity,
            image=item.image,
        )
        for item in request.items
    )
    add_step(shipment, to=S.CREATED, actor=actor, now=now, place=request.from_city)
    return shipment


def _point_of(request: ShipmentRequest) -> PickupPoint | None:
    if request.kind != DeliveryKind.PICKUP or request.pickup_point_id is None:
        return None
    return PickupPoint.objects.get(id=request.pickup_point_id)


@money_path
def hand_over(*, shipment_id: UUID, actor: Viewer, now: datetime) -> Shipment:
    """Take a parcel from its owner: ACCEPTED and offered to couriers, or on its way to the point.

    Repeating changes nothing. Emits ShipmentStatusChanged.

    :raises ShipmentMoveNotAllowed: it was cancelled
    """
    shipment = locked_shipment(shipment_id)
    if shipment.accepted_at:
        return shipment
    move_shipment(shipment=shipment, to=S.ACCEPTED, actor=actor, now=now, place=shipment.from_city)
    if shipment.kind == DeliveryKind.COURIER:
        offer_task(shipment, now)
    else:
        move_shipment(
            shipment=shipment, to=S.IN_TRANSIT, actor=actor, now=now, place=shipment.from_city
        )
    return shipment


def offer_task(shipment: Shipment, now: datetime) -> CourierTask:
    """Offer a locked parcel to the couriers of its city."""
    return CourierTask.objects.create(
        shipment=shipment, country=shipment.country, city=shipment.city, offered_at=now
    )


@money_path
def cancel_shipment(*, shipment_id: UUID, actor: Viewer, now: datetime) -> Shipment:
    """Give up a parcel that was not handed over. Repeating changes nothing.

    :raises ShipmentMoveNotAllowed: it is on its way
    """
    shipment = locked_shipment(shipment_id)
    if shipment.status != S.CANCELLED:
        move_shipment(shipment=shipment, to=S.CANCELLED, actor=actor, now=now)
    return shipment


@money_path
def mark_returned(*, shipment_id: UUID, actor: Viewer, now: datetime, reason: str = "") -> Shipment:
    """Book that a returning parcel is back with its owner. Emits ShipmentReturned, once.

    :raises ShipmentMoveNotAllowed: it is not on its way back
    """
    shipment = locked_shipment(shipment_id)
    if shipment.status == S.RETURNED:
        return shipment
    move_shipment(shipment=shipment, to=S.RETURNED, actor=actor, now=now, place=shipment.from_city)
    audit.record(
        actor=actor,
        action="logistics.shipment_returned",
        target_type="shipment",
        target_id=shipment.id,
        reason=reason,
    )
    emit(ShipmentReturned(reference_id=shipment.reference_id, shipment_id=shipment.id))
    return shipment


@money_path
def hand_back(*, shipment_id: UUID, actor: Viewer, now: datetime) -> Shipment:
    """Give a returning parcel back to its owner: its last courier does it, or a clerk of its point.

    Repeating changes nothing. Emits ShipmentReturned, once.

    :raises NotFound: the actor does not hold this parcel
    :raises ShipmentMoveNotAllowed: it is not on its way back
    """
    shipment = locked_shipment(shipment_id)
    if actor.user_id is None or not _holds(shipment, actor.user_id):
        raise NotFound
    return mark_returned(shipment_id=shipment.id, actor=actor, now=now)


def _holds(shipment: Shipment, user_id: UUID) -> bool:
    if shipment.pickup_point_id:
        clerks = PickupClerk.objects.filter(point_id=shipment.pickup_point_id, is_active=True)
        return clerks.filter(user_id=user_id).exists()
    last = shipment.tasks.filter(state=TaskState.FAILED).order_by("-id").first()
    courier = last.courier if last else None
    return courier is not None and courier.is_active and courier.user_id == user_id


@money_path
def report_lost(*, shipment_id: UUID, actor: Viewer, now: datetime, reason: str) -> Shipment:
    """Give a parcel up for lost: staff decide this, with a reason. Its open task ends.

    :raises ShipmentMoveNotAllowed: it is not on its way
    """
    shipment = locked_shipment(shipment_id)
    move_shipment(shipment=shipment, to=S.LOST, actor=actor, now=now)
    CourierTask.objects.filter(
        shipment=shipment, state__in=[TaskState.OFFERED, TaskState.TAKEN]
    ).update(state=TaskState.RELEASED, released_at=now)
    audit.record(
        actor=actor,
        action="logistics.shipment_lost",
        target_type="shipment",
        target_id=shipment.id,
        reason=reason,
    )
    return shipment

"""The pickup point's end: parcels arrive, wait on the shelf for their term, are handed out or go back.

Invariant: only a clerk of the parcel's own point moves it; a stored parcel has a term.
"""

from datetime import datetime, timedelta
from uuid import UUID

from apps.core.errors import DomainError, NotFound
from apps.core.locks import money_path
from apps.core.viewer import SYSTEM, Viewer
from apps.logistics.models import PickupClerk, Shipment
from apps.logistics.services.delivering import complete_delivery
from apps.logistics.services.moving import (
    answering,
    check_code,
    command_key,
    locked_shipment,
    move_shipment,
    require_move,
    was_done,
)
from apps.logistics.types import ShipmentStatus

S = ShipmentStatus
STORAGE = timedelta(days=7)
BATCH = 500


def _at_own_point(shipment_id: UUID, actor: Viewer) -> tuple[Shipment, PickupClerk]:
    """:raises NotFound: the actor is no clerk, or of another point"""
    clerk = None
    if actor.user_id is not None:
        clerk = (
            PickupClerk.objects.filter(user_id=actor.user_id, is_active=True)
            .select_related("point")
            .first()
        )
    if clerk is None:
        raise NotFound
    shipment = locked_shipment(shipment_id)
    if shipment.pickup_point_id != clerk.point_id:
        raise NotFound
    return shipment, clerk


@money_path
def arrive_at_point(*, shipment_id: UUID, key: str, actor: Viewer, now: datetime) -> Shipment:
    """Put a parcel on the point's shelf for seven days: READY_FOR_PICKUP.

    :raises NotFound: it goes to another point
    :raises ShipmentMoveNotAllowed: it is not on its way here
    """
    shipment, clerk = _at_own_point(shipment_id, actor)
    key = command_key(actor=actor, verb="arrive", key=key)
    if was_done(shipment, key) or shipment.status == S.READY_FOR_PICKUP:
        return shipment
    require_move(shipment, S.READY_FOR_PICKUP)
    shipment.storage_until = now + STORAGE
    shipment.save(update_fields=["storage_until"])
    move_shipment(
        shipment=shipment,
        to=S.READY_FOR_PICKUP,
        actor=actor,
        now=now,
        place=clerk.point.code,
        key=key,
    )
    return shipment


@answering
@money_path
def hand_out(
    *, shipment_id: UUID, code: str, key: str, actor: Viewer, now: datetime
) -> Shipment | DomainError:
    """Hand a parcel out at the counter against the buyer's code. Emits ShipmentDelivered, once.

    :raises NotFound: it is not at this clerk's point
    :raises WrongHandoverCode, HandoverCodeLocked: the try is counted and committed
    :raises ShipmentMoveNotAllowed: it is not on the shelf
    """
    shipment, clerk = _at_own_point(shipment_id, actor)
    key = command_key(actor=actor, verb="hand_out", key=key)
    if was_done(shipment, key):
        return shipment
    require_move(shipment, S.DELIVERED)
    if refusal := check_code(shipment, code, now):
        return refusal
    complete_delivery(shipment, actor=actor, now=now, place=clerk.point.code, key=key)
    return shipment


@money_path
def return_from_point(*, shipment_id: UUID, now: datetime, actor: Viewer = SYSTEM) -> bool:
    """Send a parcel back whose storage is over; true when it did. A parcel handed out stays so."""
    shipment = locked_shipment(shipment_id)
    is_over = shipment.storage_until is not None and shipment.storage_until <= now
    if shipment.status != S.READY_FOR_PICKUP or not is_over:
        return False
    place = shipment.pickup_point.code if shipment.pickup_point else ""
    move_shipment(shipment=shipment, to=S.RETURNING, actor=actor, now=now, place=place)
    return True


def return_overdue(*, now: datetime) -> int:
    """Send back everything whose storage is over; return how many parcels moved."""
    due = Shipment.objects.filter(status=S.READY_FOR_PICKUP, storage_until__lte=now)
    ids = due.order_by("storage_until").values_list("id", flat=True)[:BATCH]
    return sum(return_from_point(shipment_id=shipment_id, now=now) for shipment_id in ids)

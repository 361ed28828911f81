"""The courier's end: take an offered parcel, set out, hand it over at the door or say why not.

Invariant: only the courier who holds the task moves the parcel; a command that comes twice with its
key (a bad line resends) changes nothing the second time.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.locks import money_path
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.viewer import Viewer
from apps.logistics import rules
from apps.logistics.events import ShipmentDelivered
from apps.logistics.models import Courier, CourierTask, Shipment
from apps.logistics.services.moving import (
    answering,
    check_code,
    command_key,
    locked_shipment,
    move_shipment,
    require_move,
    was_done,
)
from apps.logistics.services.shipping import offer_task
from apps.logistics.types import FailureReason, ShipmentStatus, TaskState

S = ShipmentStatus
OPEN = (TaskState.OFFERED, TaskState.TAKEN)


class TaskTaken(DomainError):
    code = "logistics.task_taken"
    message = _("Another courier has taken this parcel.")


def _courier(actor: Viewer) -> Courier:
    """:raises NotFound: the actor carries nothing here"""
    found = None
    if actor.user_id is not None:
        found = Courier.objects.filter(user_id=actor.user_id, is_active=True).first()
    if found is None:
        raise NotFound
    return found


def _own_task(shipment: Shipment, courier: Courier) -> CourierTask:
    """:raises NotFound: the parcel is not this courier's"""
    task = CourierTask.objects.filter(
        shipment=shipment, courier=courier, state=TaskState.TAKEN
    ).first()
    if task is None:
        raise NotFound
    return task


def _has_delivered(shipment: Shipment, courier: Courier) -> bool:
    """Tell whether this courier handed it over already: the answer may have been lost on its way."""
    return CourierTask.objects.filter(
        shipment=shipment, courier=courier, state=TaskState.DONE
    ).exists()


@money_path
def take_task(*, shipment_id: UUID, actor: Viewer, now: datetime) -> CourierTask:
    """Take an offered parcel of the courier's city. Repeating returns the same task.

    :raises TaskTaken: another courier was faster
    :raises NotFound: no such parcel is offered in this courier's city
    """
    courier = _courier(actor)
    shipment = locked_shipment(shipment_id)
    task = CourierTask.objects.filter(shipment=shipment, state__in=OPEN).first()
    if task is None or not rules.is_same_city(task, courier):
        raise NotFound
    if task.state == TaskState.TAKEN:
        if task.courier_id != courier.id:
            raise TaskTaken
        return task
    pause_point("logistics.take_task")
    task.state = TaskState.TAKEN
    task.courier = courier
    task.taken_at = now
    task.save(update_fields=["state", "courier", "taken_at"])
    return task


@money_path
def release_task(*, shipment_id: UUID, actor: Viewer, now: datetime) -> None:
    """Give a parcel back that was taken and not set out with; it is offered again.

    :raises ShipmentMoveNotAllowed: the courier is on the way with it; then it is delivered or failed
    """
    courier = _courier(actor)
    shipment = locked_shipment(shipment_id)
    task = _own_task(shipment, courier)
    require_move(shipment, S.OUT_FOR_DELIVERY)
    task.state = TaskState.RELEASED
    task.released_at = now
    task.save(update_fields=["state", "released_at"])
    offer_task(shipment, now)


@money_path
def start_delivery(*, shipment_id: UUID, key: str, actor: Viewer, now: datetime) -> Shipment:
    """Set out with a taken parcel: OUT_FOR_DELIVERY. Emits ShipmentStatusChanged.

    :raises NotFound: the parcel is not this courier's
    """
    courier = _courier(actor)
    shipment = locked_shipment(shipment_id)
    key = command_key(actor=actor, verb="start", key=key)
    if was_done(shipment, key):
        return shipment
    task = _own_task(shipment, courier)
    if shipment.status == S.OUT_FOR_DELIVERY:
        return shipment
    move_shipment(
        shipment=shipment, to=S.OUT_FOR_DELIVERY, actor=actor, now=now, place=courier.city, key=key
    )
    task.started_at = now
    task.save(update_fields=["started_at"])
    return shipment


def start_round(*, key: str, actor: Viewer, now: datetime) -> int:
    """Set out with everything that was taken, a parcel at a time; return how many there were.

    :raises NotFound: the actor is no courier
    """
    waiting = CourierTask.objects.filter(
        courier=_courier(actor), state=TaskState.TAKEN, started_at=None
    )
    ids = list(waiting.order_by("taken_at", "id").values_list("shipment_id", flat=True))
    for shipment_id in ids:
        start_delivery(shipment_id=shipment_id, key=f"{key}:{shipment_id}", actor=actor, now=now)
    return len(ids)


@answering
@money_path
def deliver(
    *, shipment_id: UUID, code: str, key: str, actor: Viewer, now: datetime
) -> Shipment | DomainError:
    """Hand a parcel over at the door against the buyer's code. Emits ShipmentDelivered, once.

    :raises NotFound: the parcel is not this courier's
    :raises WrongHandoverCode, HandoverCodeLocked: the try is counted and committed
    :raises ShipmentMoveNotAllowed: the courier has not set out with it
    """
    courier = _courier(actor)
    shipment = locked_shipment(shipment_id)
    key = command_key(actor=actor, verb="deliver", key=key)
    if was_done(shipment, key) or _has_delivered(shipment, courier):
        return shipment
    task = _own_task(shipment, courier)
    require_move(shipment, S.DELIVERED)
    if refusal := check_code(shipment, code, now):
        return refusal
    complete_delivery(shipment, actor=actor, now=now, place=courier.city, key=key)
    task.state = TaskState.DONE
    task.done_at = now
    task.save(update_fields=["state", "done_at"])
    return shipment


def complete_delivery(
    shipment: Shipment, *, actor: Viewer, now: datetime, place: str, key: str
) -> None:
    """Move a locked parcel to DELIVERED and tell what was in it."""
    move_shipment(shipment=shipment, to=S.DELIVERED, actor=actor, now=now, place=place, key=key)
    items = shipment.items.order_by("id").values_list("line_id", "quantity")
    emit(
        ShipmentDelivered(
            reference_id=shipment.reference_id,
            shipment_id=shipment.id,
            delivered=tuple((str(line_id), quantity) for line_id, quantity in items),
        )
    )


@money_path
def fail_attempt(
    *, shipment_id: UUID, reason: FailureReason, key: str, actor: Viewer, now: datetime
) -> Shipment:
    """Say why a parcel could not be delivered: it is offered again, or goes back.

    It goes back when it was refused or the third try failed (rules.goes_back).

    :raises NotFound: the parcel is not this courier's
    :raises ShipmentMoveNotAllowed: the courier has not set out with it
    """
    courier = _courier(actor)
    shipment = locked_shipment(shipment_id)
    key = command_key(actor=actor, verb="fail", key=key)
    if was_done(shipment, key):
        return shipment
    task = _own_task(shipment, courier)
    require_move(shipment, S.DELIVERED)
    attempts = shipment.failed_attempts + 1
    is_back = rules.goes_back(reason, attempts)
    task.state = TaskState.FAILED
    task.failed_at = now
    task.failure_reason = reason
    task.save(update_fields=["state", "failed_at", "failure_reason"])
    shipment.failed_attempts = attempts
    shipment.save(update_fields=["failed_attempts"])
    move_shipment(
        shipment=shipment,
        to=S.RETURNING if is_back else S.ACCEPTED,
        actor=actor,
        now=now,
        place=courier.city,
        note=reason,
        key=key,
    )
    if not is_back:
        offer_task(shipment, now)
    return shipment

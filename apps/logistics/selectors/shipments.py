"""Reads of parcels. Callers above have checked that the references are the viewer's."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch

from apps.logistics.models import (
    CourierPosition,
    CourierTask,
    Shipment,
    ShipmentItem,
    TrackingEvent,
)
from apps.logistics.types import (
    Position,
    ShipmentItemView,
    ShipmentStatus,
    ShipmentView,
    TaskState,
    TrackingView,
)

# An older position says nothing of where the courier is.
POSITION_FRESH = timedelta(minutes=10)


def shipments_of(reference_ids: Collection[UUID]) -> dict[UUID, list[ShipmentView]]:
    """Return each reference's parcels, oldest first, with their contents and their way.

    Four queries whatever the count. A reference without parcels is absent.
    """
    found: dict[UUID, list[ShipmentView]] = {}
    rows = (
        Shipment.objects.filter(reference_id__in=reference_ids)
        .order_by("id")
        .prefetch_related(
            Prefetch("items", ShipmentItem.objects.order_by("id")),
            Prefetch("events", TrackingEvent.objects.order_by("seq")),
            Prefetch(
                "tasks",
                CourierTask.objects.filter(state=TaskState.TAKEN).select_related("courier__user"),
                to_attr="taken_tasks",
            ),
        )
    )
    for shipment in rows:
        found.setdefault(shipment.reference_id, []).append(_view(shipment))
    return found


def _view(shipment: Shipment) -> ShipmentView:
    is_near = shipment.status == ShipmentStatus.OUT_FOR_DELIVERY
    taken: list[CourierTask] = shipment.taken_tasks if is_near else []  # type: ignore[attr-defined]  # prefetched
    courier = taken[0].courier if taken else None
    return ShipmentView(
        id=shipment.id,
        reference_id=shipment.reference_id,
        number=shipment.number,
        kind=shipment.kind,
        carrier=shipment.carrier,
        status=ShipmentStatus(shipment.status),
        handover_code=shipment.handover_code,
        promised_from=shipment.promised_from,
        promised_to=shipment.promised_to,
        failed_attempts=shipment.failed_attempts,
        storage_until=shipment.storage_until,
        delivered_at=shipment.delivered_at,
        pickup_point_id=shipment.pickup_point_id,
        items=tuple(
            ShipmentItemView(item.line_id, item.title, item.sku, item.quantity, item.image)
            for item in shipment.items.all()
        ),
        events=tuple(
            TrackingView(event.seq, ShipmentStatus(event.status), event.at, event.place, event.note)
            for event in shipment.events.all()
        ),
        courier_name=courier.user.first_name if courier else "",
        courier_phone=courier.phone if courier else "",
    )


def ended_at(shipment_id: UUID) -> datetime | None:
    """Return when the carrier brought a parcel, gave it back or lost it; None while it is under way."""
    rows = Shipment.objects.filter(id=shipment_id)
    ends = rows.values_list("delivered_at", "returned_at", "lost_at").first() or ()
    return next((at for at in ends if at), None)


def courier_position(shipment_id: UUID, *, now: datetime) -> Position | None:
    """Return where the courier is who is on the way with this parcel; None when unknown or stale."""
    row = (
        CourierPosition.objects.filter(
            courier__tasks__shipment_id=shipment_id,
            courier__tasks__state=TaskState.TAKEN,
            courier__tasks__shipment__status=ShipmentStatus.OUT_FOR_DELIVERY,
            at__gt=now - POSITION_FRESH,
        )
        .order_by("-at")
        .first()
    )
    return Position(float(row.latitude), float(row.longitude), row.at) if row else None

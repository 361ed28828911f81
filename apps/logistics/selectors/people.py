"""Reads of couriers and pickup clerks: each sees their own work, others see nothing."""

from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from apps.core.errors import NotFound
from apps.core.viewer import Viewer
from apps.logistics.models import (
    Courier,
    CourierTask,
    PickupClerk,
    PickupPoint,
    Shipment,
    ShipmentItem,
)
from apps.logistics.types import ShipmentStatus, TaskState

S = ShipmentStatus
MAX_ROWS = 200


def courier_of(viewer: Viewer) -> Courier:
    """:raises NotFound: the viewer is no courier, or one who was dismissed"""
    found = None
    if viewer.user_id is not None:
        found = Courier.objects.filter(user_id=viewer.user_id, is_active=True).first()
    if found is None:
        raise NotFound
    return found


def desks_of(viewer: Viewer) -> tuple[bool, bool]:
    """Tell whether the viewer is a courier, and whether a clerk of a pickup point."""
    if viewer.user_id is None:
        return False, False
    own = {"user_id": viewer.user_id, "is_active": True}
    return Courier.objects.filter(**own).exists(), PickupClerk.objects.filter(**own).exists()


def _with_parcels(rows: QuerySet[CourierTask]) -> QuerySet[CourierTask]:
    items = Prefetch("shipment__items", ShipmentItem.objects.order_by("id"))
    return rows.select_related("shipment").prefetch_related(items)


def tasks_of(viewer: Viewer) -> list[CourierTask]:
    """Return the courier's taken tasks in the order of the round: promised first, then taken first.

    :raises NotFound: the viewer is no courier
    """
    rows = CourierTask.objects.filter(courier=courier_of(viewer), state=TaskState.TAKEN)
    return list(_with_parcels(rows).order_by("shipment__promised_to", "taken_at", "id"))


def offered_tasks(viewer: Viewer) -> list[CourierTask]:
    """Return what waits for a courier in the viewer's city, oldest first.

    :raises NotFound: the viewer is no courier
    """
    courier = courier_of(viewer)
    rows = CourierTask.objects.filter(
        country=courier.country, city__iexact=courier.city.strip(), state=TaskState.OFFERED
    )
    return list(_with_parcels(rows).order_by("offered_at", "id")[:MAX_ROWS])


def parcels_to_return(viewer: Viewer) -> list[Shipment]:
    """Return the parcels that this courier was the last to carry and that go back to the seller.

    :raises NotFound: the viewer is no courier
    """
    failed = CourierTask.objects.filter(courier=courier_of(viewer), state=TaskState.FAILED)
    rows = Shipment.objects.filter(status=S.RETURNING, tasks__in=failed).distinct()
    return list(rows.order_by("returning_at", "id")[:MAX_ROWS])


def clerk_point(viewer: Viewer) -> PickupPoint:
    """:raises NotFound: the viewer is no clerk, or one who was dismissed"""
    found = None
    if viewer.user_id is not None:
        found = (
            PickupClerk.objects.filter(user_id=viewer.user_id, is_active=True)
            .select_related("point")
            .first()
        )
    if found is None:
        raise NotFound
    return found.point


def point_shipments(
    viewer: Viewer, *, statuses: tuple[ShipmentStatus, ...] = (), search: str = ""
) -> list[Shipment]:
    """Return parcels of the clerk's own point: on the way, on the shelf, going back.

    `search` is a part of the number, or a whole handover code of a parcel on the shelf.

    :raises NotFound: the viewer is no clerk
    """
    rows = Shipment.objects.filter(
        pickup_point=clerk_point(viewer),
        status__in=statuses or (S.IN_TRANSIT, S.READY_FOR_PICKUP, S.RETURNING),
    )
    if search := search.strip():
        rows = rows.filter(
            Q(number__icontains=search) | Q(status=S.READY_FOR_PICKUP, handover_code=search)
        )
    items = Prefetch("items", ShipmentItem.objects.order_by("id"))
    return list(rows.prefetch_related(items).order_by("storage_until", "id")[:MAX_ROWS])


def point_shipment(viewer: Viewer, shipment_id: UUID) -> Shipment:
    """:raises NotFound: the parcel is not of the clerk's point, or the viewer is no clerk"""
    found = Shipment.objects.filter(pickup_point=clerk_point(viewer), id=shipment_id).first()
    if found is None:
        raise NotFound
    return found

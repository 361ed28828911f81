"""Made, handed over, given up, lost, back with its owner."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.models import AuditEntry
from apps.core.viewer import SYSTEM
from apps.logistics.models import CourierTask, Shipment, TrackingEvent
from apps.logistics.services import delivering, shipping
from apps.logistics.services.moving import ShipmentMoveNotAllowed
from apps.logistics.services.shipping import ShipmentDiffers
from apps.logistics.tests.world import (
    NOW,
    facts,
    make_courier,
    make_point,
    on_the_way,
    parcel,
    request_for,
    steps,
    viewer,
)
from apps.logistics.types import FailureReason, ShipmentStatus, TaskState

pytestmark = pytest.mark.django_db
S = ShipmentStatus


def test_shipment_is_created_once_per_number() -> None:
    request = request_for()

    first = shipping.create_shipment(request=request, actor=SYSTEM, now=NOW)
    again = shipping.create_shipment(request=request, actor=SYSTEM, now=NOW)

    assert again.id == first.id
    assert again.handover_code == first.handover_code
    assert Shipment.objects.count() == 1
    assert first.items.get().quantity == 2
    assert steps(first) == [S.CREATED]


def test_shipment_with_a_number_of_another_order_is_refused() -> None:
    request = request_for()
    shipping.create_shipment(request=request, actor=SYSTEM, now=NOW)

    with pytest.raises(ShipmentDiffers):
        shipping.create_shipment(
            request=replace(request, reference_id=uuid4()), actor=SYSTEM, now=NOW
        )


def test_courier_parcel_handed_over_twice_is_offered_once() -> None:
    shipment = parcel()

    shipping.hand_over(shipment_id=shipment.id, actor=SYSTEM, now=NOW)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.accepted_at) == (S.ACCEPTED, NOW)
    task = CourierTask.objects.get()
    assert (task.state, task.city, task.courier_id) == (TaskState.OFFERED, "Toshkent", None)
    assert facts("shipment_status_changed") == [
        {
            "reference_id": str(shipment.reference_id),
            "shipment_id": str(shipment.id),
            "status": "ACCEPTED",
        }
    ]
    assert violations() == []


def test_pickup_parcel_handed_over_is_on_the_road_to_its_point_without_a_task() -> None:
    point = make_point()

    shipment = parcel(kind="PICKUP", pickup_point_id=point.id)

    assert (shipment.status, shipment.city) == (S.IN_TRANSIT, point.city)
    assert steps(shipment) == [S.CREATED, S.ACCEPTED, S.IN_TRANSIT]
    assert CourierTask.objects.count() == 0
    assert violations() == []


def test_parcel_is_cancelled_before_it_is_handed_over_only() -> None:
    early = shipping.create_shipment(request=request_for("K-1-1-1"), actor=SYSTEM, now=NOW)
    late = parcel("K-1-1-2")

    shipping.cancel_shipment(shipment_id=early.id, actor=SYSTEM, now=NOW)
    with pytest.raises(ShipmentMoveNotAllowed):
        shipping.cancel_shipment(shipment_id=late.id, actor=SYSTEM, now=NOW)

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, early.cancelled_at) == (S.CANCELLED, NOW)
    assert (late.status, late.cancelled_at) == (S.ACCEPTED, None)
    with pytest.raises(ShipmentMoveNotAllowed):
        shipping.hand_over(shipment_id=early.id, actor=SYSTEM, now=NOW)


def test_lost_parcel_ends_its_task_and_says_why() -> None:
    courier = make_courier()
    shipment = on_the_way(courier)

    shipping.report_lost(shipment_id=shipment.id, actor=SYSTEM, now=NOW, reason="stolen")

    shipment.refresh_from_db()
    assert shipment.status == S.LOST
    assert CourierTask.objects.get().state == TaskState.RELEASED
    assert AuditEntry.objects.get(action="logistics.shipment_lost").reason == "stolen"
    assert violations() == []


def test_refused_parcel_given_back_by_its_courier_is_returned_once() -> None:
    courier, other = make_courier(1), make_courier(2)
    shipment = on_the_way(courier)
    delivering.fail_attempt(
        shipment_id=shipment.id,
        reason=FailureReason.REFUSED,
        key="f",
        actor=viewer(courier),
        now=NOW,
    )

    with pytest.raises(NotFound):
        shipping.hand_back(shipment_id=shipment.id, actor=viewer(other), now=NOW)
    for _ in range(2):
        shipping.hand_back(shipment_id=shipment.id, actor=viewer(courier), now=NOW)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.returned_at) == (S.RETURNED, NOW)
    assert facts("shipment_returned") == [
        {"reference_id": str(shipment.reference_id), "shipment_id": str(shipment.id)}
    ]
    assert violations() == []


def test_parcel_on_its_way_cannot_be_marked_returned() -> None:
    shipment = parcel()

    with pytest.raises(ShipmentMoveNotAllowed):
        shipping.mark_returned(shipment_id=shipment.id, actor=SYSTEM, now=NOW)

    assert facts("shipment_returned") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE logistics_trackingevent SET note = 'x'",
        "DELETE FROM logistics_trackingevent",
        "UPDATE logistics_shipmentitem SET quantity = 1",
        "UPDATE logistics_shipment SET status = 'DELIVERED', delivered_at = now()",
        # A move that the table allows, without its step.
        "UPDATE logistics_shipment SET status = 'LOST'",
        "UPDATE logistics_shipment SET handover_code = '12345'",
        "UPDATE logistics_shipment SET kind = 'PICKUP'",
        (
            "INSERT INTO logistics_couriertask (shipment_id, country, city, state, failure_reason,"
            " offered_at) SELECT shipment_id, country, city, 'OFFERED', '', now()"
            " FROM logistics_couriertask"
        ),
    ],
)
def test_forbidden_statement_is_refused_by_the_database(statement: str) -> None:
    parcel()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert TrackingEvent.objects.count() == 2
    assert violations() == []

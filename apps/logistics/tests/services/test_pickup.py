"""Parcels at a pickup point: arrive, wait for their term, are handed out or go back."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.viewer import ANONYMOUS
from apps.logistics.models import PickupClerk
from apps.logistics.services import pickup, shipping
from apps.logistics.services.moving import ShipmentMoveNotAllowed, WrongHandoverCode
from apps.logistics.tests.world import (
    NOW,
    facts,
    make_clerk,
    make_courier,
    make_point,
    on_the_shelf,
    parcel,
    steps,
    viewer,
    wrong,
)
from apps.logistics.types import ShipmentStatus

S = ShipmentStatus
database = pytest.mark.django_db
WEEK = timedelta(days=7)


def _hand_out(shipment: Any, clerk: Any, code: str, key: str = "h") -> Any:
    return pickup.hand_out(
        shipment_id=shipment.id, code=code, key=key, actor=viewer(clerk), now=NOW
    )


@database
def test_parcel_that_arrives_is_stored_for_seven_days() -> None:
    point = make_point()
    clerk = make_clerk(point)

    shipment = on_the_shelf(clerk, point)
    pickup.arrive_at_point(
        shipment_id=shipment.id, key="again", actor=viewer(clerk), now=NOW + WEEK
    )

    shipment.refresh_from_db()
    assert (shipment.status, shipment.storage_until) == (S.READY_FOR_PICKUP, NOW + WEEK)
    last = shipment.events.order_by("seq").last()
    assert (last.status, last.place) == (S.READY_FOR_PICKUP, "tashkent-1")


@database
def test_parcel_is_handed_out_against_its_code_once() -> None:
    point = make_point()
    clerk = make_clerk(point)
    shipment = on_the_shelf(clerk, point)

    with pytest.raises(WrongHandoverCode):
        _hand_out(shipment, clerk, wrong(shipment))
    for _ in range(2):
        _hand_out(shipment, clerk, shipment.handover_code)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.code_failures) == (S.DELIVERED, 1)
    assert steps(shipment) == [
        S.CREATED, S.ACCEPTED, S.IN_TRANSIT, S.READY_FOR_PICKUP, S.DELIVERED
    ]  # fmt: skip
    assert len(facts("shipment_delivered")) == 1
    assert violations() == []


@database
def test_parcel_not_on_the_shelf_is_not_handed_out() -> None:
    point = make_point()
    clerk = make_clerk(point)
    shipment = parcel(kind="PICKUP", pickup_point_id=point.id)

    with pytest.raises(ShipmentMoveNotAllowed):
        _hand_out(shipment, clerk, shipment.handover_code)

    shipment.refresh_from_db()
    assert shipment.status == S.IN_TRANSIT


@database
def test_courier_parcel_does_not_arrive_at_a_point() -> None:
    clerk = make_clerk(make_point())
    shipment = parcel()

    with pytest.raises(NotFound):
        pickup.arrive_at_point(shipment_id=shipment.id, key="a", actor=viewer(clerk), now=NOW)


@database
def test_strangers_move_nothing_at_a_point() -> None:
    """Nobody, a courier, a clerk of another point, a dismissed clerk."""
    point = make_point()
    shipment = on_the_shelf(make_clerk(point), point)
    dismissed = make_clerk(point, 3)
    PickupClerk.objects.filter(user=dismissed).update(is_active=False)
    strangers = [
        ANONYMOUS,
        viewer(make_courier()),
        viewer(make_clerk(make_point("samarkand-1"), 2)),
        viewer(dismissed),
    ]

    for stranger in strangers:
        with pytest.raises(NotFound):
            pickup.hand_out(
                shipment_id=shipment.id,
                code=shipment.handover_code,
                key="h",
                actor=stranger,
                now=NOW,
            )
        with pytest.raises(NotFound):
            pickup.arrive_at_point(shipment_id=shipment.id, key="a", actor=stranger, now=NOW)
        with pytest.raises(NotFound):
            shipping.hand_back(shipment_id=shipment.id, actor=stranger, now=NOW)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.code_failures) == (S.READY_FOR_PICKUP, 0)


@database
def test_overdue_parcels_go_back_and_reach_their_owner() -> None:
    point = make_point()
    clerk = make_clerk(point)
    waiting = [on_the_shelf(clerk, point, f"K-1-1-{number}") for number in (1, 2, 3)]
    _hand_out(waiting[0], clerk, waiting[0].handover_code)

    early = pickup.return_overdue(now=NOW + WEEK - timedelta(seconds=1))
    due = pickup.return_overdue(now=NOW + WEEK)
    again = pickup.return_overdue(now=NOW + WEEK)

    assert (early, due, again) == (0, 2, 0)
    for shipment in waiting:
        shipment.refresh_from_db()
    assert [shipment.status for shipment in waiting] == [S.DELIVERED, S.RETURNING, S.RETURNING]
    shipping.hand_back(shipment_id=waiting[1].id, actor=viewer(clerk), now=NOW + WEEK)
    assert facts("shipment_returned") == [
        {"reference_id": str(waiting[1].reference_id), "shipment_id": str(waiting[1].id)}
    ]
    assert violations() == []


@pytest.mark.usefixtures("committed_db")
def test_parcel_handed_out_while_its_term_ends_is_one_or_the_other() -> None:
    point = make_point()
    clerk = make_clerk(point)
    outcomes = set()
    for number in range(6):
        shipment = on_the_shelf(clerk, point, f"K-1-1-{number}")
        start = Barrier(2)
        done: list[str] = []

        def hand_out(shipment: Any = shipment, start: Any = start, done: Any = done) -> None:
            start.wait()
            try:
                _hand_out(shipment, clerk, shipment.handover_code, shipment.number)
                done.append("handed out")
            except ShipmentMoveNotAllowed:
                pass
            finally:
                connections.close_all()

        def send_back(shipment: Any = shipment, start: Any = start, done: Any = done) -> None:
            start.wait()
            if pickup.return_from_point(shipment_id=shipment.id, now=NOW + WEEK):
                done.append("sent back")
            connections.close_all()

        threads = [Thread(target=hand_out), Thread(target=send_back)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        shipment.refresh_from_db()
        is_out = done == ["handed out"] and shipment.status == S.DELIVERED
        is_back = done == ["sent back"] and shipment.status == S.RETURNING
        outcomes.add(is_out or is_back)

    assert outcomes == {True}
    assert violations() == []

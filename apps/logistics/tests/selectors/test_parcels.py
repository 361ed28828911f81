"""Parcels by reference, a courier's tasks, a point's shelf: own rows alone, few queries."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.errors import NotFound
from apps.core.viewer import ANONYMOUS
from apps.logistics import selectors
from apps.logistics.models import Courier, PickupClerk
from apps.logistics.services import delivering, positions
from apps.logistics.tests.world import (
    NOW,
    make_clerk,
    make_courier,
    make_point,
    on_the_shelf,
    on_the_way,
    parcel,
    viewer,
)
from apps.logistics.types import ShipmentStatus
from marketplace.tests.world import ADDRESS, make_user

pytestmark = pytest.mark.django_db
S = ShipmentStatus


def _queries(work: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_parcels_of_references_cost_four_queries_for_one_and_for_three() -> None:
    reference = uuid4()
    parcels = [parcel(f"K-1-1-{number}", reference_id=reference) for number in (1, 2)]
    other = parcel("K-1-2-1")

    found = selectors.shipments_of([reference, other.reference_id, uuid4()])

    assert set(found) == {reference, other.reference_id}
    assert [view.id for view in found[reference]] == [shipment.id for shipment in parcels]
    view = found[reference][0]
    assert [step.status for step in view.events] == [S.CREATED, S.ACCEPTED]
    assert [(item.sku, item.quantity) for item in view.items] == [("T-1", 2)]
    assert view.handover_code == parcels[0].handover_code
    assert _queries(lambda: selectors.shipments_of([other.reference_id])) == 4
    assert _queries(lambda: selectors.shipments_of([reference, other.reference_id])) == 4


def test_courier_is_named_while_on_the_way_only() -> None:
    courier = make_courier()
    shipment = parcel()
    delivering.take_task(shipment_id=shipment.id, actor=viewer(courier), now=NOW)

    def names() -> tuple[str, str]:
        view = selectors.shipments_of([shipment.reference_id])[shipment.reference_id][0]
        return view.courier_name, view.courier_phone

    taken = names()
    delivering.start_delivery(shipment_id=shipment.id, key="s", actor=viewer(courier), now=NOW)
    near = names()
    delivering.deliver(
        shipment_id=shipment.id,
        code=shipment.handover_code,
        key="d",
        actor=viewer(courier),
        now=NOW,
    )

    assert (taken, near, names()) == (("", ""), ("Sardor", "+998901112233"), ("", ""))


def test_position_is_told_of_the_parcel_on_the_way_while_it_is_fresh() -> None:
    courier = make_courier()
    shipment = on_the_way(courier, "K-1-1-1")
    waiting = parcel("K-1-1-2")
    delivering.take_task(shipment_id=waiting.id, actor=viewer(courier), now=NOW)
    positions.record_position(
        latitude=Decimal("41.3"), longitude=Decimal("69.2"), actor=viewer(courier), now=NOW
    )

    position = selectors.courier_position(shipment.id, now=NOW + timedelta(minutes=9))

    assert position is not None
    assert (position.latitude, position.longitude, position.at) == (41.3, 69.2, NOW)
    assert selectors.courier_position(shipment.id, now=NOW + timedelta(minutes=10)) is None
    assert selectors.courier_position(waiting.id, now=NOW) is None


def test_tasks_stand_in_the_order_of_the_round_under_one_query_count() -> None:
    courier = make_courier()
    late = on_the_way(courier, "K-1-1-1")
    one = _queries(lambda: selectors.tasks_of(viewer(courier)))
    soon = on_the_way(courier, "K-1-1-2", promised_to=late.promised_from)
    on_the_way(courier, "K-1-1-3")

    tasks = selectors.tasks_of(viewer(courier))

    assert [task.shipment.number for task in tasks] == [soon.number, "K-1-1-1", "K-1-1-3"]
    assert _queries(lambda: selectors.tasks_of(viewer(courier))) == one == 3


def test_offers_are_those_of_the_couriers_city_under_one_query_count() -> None:
    parcel("K-1-1-1")
    courier = make_courier()
    one = _queries(lambda: selectors.offered_tasks(viewer(courier)))
    parcel("K-1-1-2")
    parcel("K-1-1-3", address=ADDRESS | {"city": "Samarqand"})
    parcel("K-1-1-4")

    offered = selectors.offered_tasks(viewer(courier))

    assert [task.shipment.number for task in offered] == ["K-1-1-1", "K-1-1-2", "K-1-1-4"]
    assert _queries(lambda: selectors.offered_tasks(viewer(courier))) == one == 3
    assert [
        task.shipment.number
        for task in selectors.offered_tasks(viewer(make_courier(2, city="Samarqand")))
    ] == ["K-1-1-3"]


def test_point_shows_its_own_parcels_and_finds_by_number_and_code() -> None:
    here, there = make_point(), make_point("samarkand-1")
    clerk, other = make_clerk(here), make_clerk(there, 2)
    first = on_the_shelf(clerk, here, "K-100011-1-1")
    one = _queries(lambda: selectors.point_shipments(viewer(clerk)))
    on_the_shelf(clerk, here, "K-100012-1-1")
    coming = parcel("K-100013-1-1", kind="PICKUP", pickup_point_id=here.id)
    far = on_the_shelf(other, there, "K-100014-1-1")

    def numbers(**given: Any) -> list[str]:
        return sorted(found.number for found in selectors.point_shipments(viewer(clerk), **given))

    assert numbers() == ["K-100011-1-1", "K-100012-1-1", "K-100013-1-1"]
    assert _queries(lambda: selectors.point_shipments(viewer(clerk))) == one == 3
    assert numbers(statuses=(S.IN_TRANSIT,)) == [coming.number]
    assert numbers(search="100011") == [first.number]
    assert numbers(search=first.handover_code) == [first.number]
    # Neither another point's parcel nor one that has not arrived is found by its code.
    assert far.number not in numbers(search=far.handover_code)
    assert coming.number not in numbers(search=coming.handover_code)
    with pytest.raises(NotFound):
        selectors.point_shipment(viewer(clerk), far.id)


def test_strangers_are_neither_courier_nor_clerk() -> None:
    dismissed, closed = make_courier(), make_clerk(make_point())
    Courier.objects.filter(user=dismissed).update(is_active=False)
    PickupClerk.objects.filter(user=closed).update(is_active=False)
    staff = make_user("staff@people.example", is_staff=True, is_superuser=True)
    shipment = parcel()

    for stranger in (ANONYMOUS, viewer(staff), viewer(dismissed), viewer(closed)):
        for read in (
            selectors.courier_of,
            selectors.tasks_of,
            selectors.offered_tasks,
            selectors.parcels_to_return,
            selectors.clerk_point,
            selectors.point_shipments,
        ):
            with pytest.raises(NotFound):
                read(stranger)
        with pytest.raises(NotFound):
            selectors.point_shipment(stranger, shipment.id)

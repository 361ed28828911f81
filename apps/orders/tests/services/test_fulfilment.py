"""Confirming and shipping: who may, in parcels, and what the seller, the buyer and the clocks see."""

from datetime import timedelta
from uuid import uuid4

import pytest

from apps.core import clock
from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.models import AuditEntry
from apps.core.services.relay import deliver_all
from apps.core.viewer import ANONYMOUS
from apps.logistics.models import CourierTask, Shipment
from apps.orders.models import Order, OrderLine
from apps.orders.services import fulfilment
from apps.orders.services.access import UnitsUnavailable
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.tests.services.fulfilling import (
    arrive,
    bring,
    confirmed_order,
    delivered_order,
    fresh,
    member,
    owner,
    paid_order,
    quantities,
    ship,
)
from apps.orders.tests.services.world import now, place
from apps.orders.types import OrderStatus
from apps.sellers.models import Contract
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    return make_world()


def confirm(order: Order, actor: object) -> Order:
    return fulfilment.confirm_order(order_id=order.id, actor=actor, now=now())  # type: ignore[arg-type]


def test_paid_order_gets_a_day_to_be_confirmed(world: World) -> None:
    order = paid_order(world)

    assert order.status == OrderStatus.PAID
    assert order.paid_at is not None
    assert order.confirm_by == order.paid_at + 24 * HOUR
    assert (order.ship_by, order.release_due_at) == (None, None)


def test_confirmed_order_gets_its_handling_days_and_two_days_to_be_sent(world: World) -> None:
    order = confirmed_order(world)

    assert order.status == OrderStatus.PROCESSING
    assert order.processing_at is not None
    assert order.handling_days == 1
    assert order.ship_by == order.processing_at + 72 * HOUR
    assert order.confirm_by is None
    assert violations() == []


def test_confirming_twice_changes_nothing(world: World) -> None:
    order = confirmed_order(world)

    again = confirm(order, owner())

    assert again.processing_at == order.processing_at
    assert order.events.count() == 3
    assert AuditEntry.objects.filter(action="orders.confirm").count() == 1


def test_order_that_is_not_paid_is_not_confirmed(world: World) -> None:
    group = place(world)

    with pytest.raises(MoveNotAllowed):
        confirm(group.orders.get(), owner())


def test_manager_and_stock_keeper_confirm_and_others_find_nothing(world: World) -> None:
    for index, role in enumerate(("MANAGER", "STOCK")):
        order = paid_order(world, offers=(index,))
        assert confirm(order, member(world, role)).status == OrderStatus.PROCESSING
    order = paid_order(world)
    strangers = [
        ANONYMOUS,
        world.viewer(),
        owner(2),
        member(world, "FINANCE"),
        member(world, "MANAGER", seller=1),
    ]

    for stranger in strangers:
        with pytest.raises(NotFound):
            confirm(order, stranger)
        with pytest.raises(NotFound):
            fulfilment.ship_order(order_id=order.id, actor=stranger, now=now())
    assert fresh(order).status == OrderStatus.PAID
    with pytest.raises(NotFound):
        fulfilment.confirm_order(order_id=uuid4(), actor=owner(), now=now())


def test_whole_order_goes_in_one_parcel(world: World) -> None:
    order = confirmed_order(world, offers=(0, 1), quantity=2)

    shipment = ship(order)

    order = fresh(order)
    assert order.status == OrderStatus.SHIPPED
    assert (order.ship_by, order.confirm_by) == (None, None)
    assert quantities(order) == [(2, 0, 0, 0), (2, 0, 0, 0)]
    assert shipment.number == f"{order.number}-1"
    assert shipment.owner_id == order.seller_id
    assert shipment.weight_grams == 2000
    assert shipment.address == order.group.address
    assert shipment.from_city == "Toshkent"
    assert CourierTask.objects.get().shipment_id == shipment.id
    assert violations() == []


def test_order_goes_in_two_parcels_and_is_shipped_with_the_last(world: World) -> None:
    order = confirmed_order(world, offers=(0, 1), quantity=2)
    first, second = OrderLine.objects.filter(order=order).order_by("id")

    one = ship(order, {first.id: 2, second.id: 1})
    assert fresh(order).status == OrderStatus.PROCESSING
    assert fresh(order).ship_by is not None
    two = ship(order)

    assert fresh(order).status == OrderStatus.SHIPPED
    assert [one.number, two.number] == [f"{order.number}-1", f"{order.number}-2"]
    assert sorted(two.items.values_list("line_id", "quantity")) == [(second.id, 1)]
    assert quantities(order) == [(2, 0, 0, 0), (2, 0, 0, 0)]
    assert violations() == []


def test_parcel_takes_no_more_than_is_left_and_nothing_of_another_order(world: World) -> None:
    order = confirmed_order(world, quantity=2)
    line = OrderLine.objects.get(order=order)
    other = OrderLine.objects.get(order=confirmed_order(world, offers=(1,)))

    for items in ({line.id: 3}, {line.id: 0}, {line.id: -1}, {}, {other.id: 1}, {uuid4(): 1}):
        with pytest.raises(UnitsUnavailable):
            fulfilment.ship_order(order_id=order.id, items=items, actor=owner(), now=now())
    assert Shipment.objects.count() == 0
    assert quantities(order) == [(0, 0, 0, 0)]


def test_order_is_shipped_once_and_not_before_it_is_confirmed(world: World) -> None:
    order = paid_order(world)
    with pytest.raises(MoveNotAllowed):
        fulfilment.ship_order(order_id=order.id, actor=owner(), now=now())
    confirm(order, owner())
    ship(order)

    with pytest.raises(MoveNotAllowed):
        fulfilment.ship_order(order_id=order.id, actor=owner(), now=now())
    assert Shipment.objects.count() == 1


def test_delivered_order_starts_the_clock_of_its_contract(world: World) -> None:
    order = confirmed_order(world)
    Contract.objects.create(
        seller=world.sellers[0], version=2, escrow_days=30, valid_from=now().date() + 48 * HOUR
    )

    arrive(ship(order))

    order = fresh(order)
    assert order.status == OrderStatus.DELIVERED
    assert order.delivered_at is not None
    assert order.release_due_at is not None
    elapsed = order.release_due_at - order.delivered_at
    assert elapsed == timedelta(days=14)
    assert quantities(order) == [(1, 1, 0, 0)]
    assert violations() == []


def test_order_of_two_parcels_is_delivered_with_the_last(world: World) -> None:
    order = confirmed_order(world, quantity=3)
    line = OrderLine.objects.get(order=order)
    one, two = ship(order, {line.id: 1}), ship(order)

    arrive(one)
    assert (fresh(order).status, quantities(order)) == (OrderStatus.SHIPPED, [(3, 1, 0, 0)])
    arrive(two)

    assert (fresh(order).status, quantities(order)) == (OrderStatus.DELIVERED, [(3, 3, 0, 0)])
    assert violations() == []


def test_delivery_that_is_reported_twice_counts_once(world: World) -> None:
    order = delivered_order(world, quantity=2)
    parcel = order.parcels.get()

    fulfilment.accept_delivery(
        order_id=order.id, shipment_id=parcel.id, actor=owner(), now=now() + HOUR
    )

    assert quantities(order) == [(2, 2, 0, 0)]
    assert fresh(order).release_due_at == order.release_due_at


def test_order_is_delivered_when_the_carrier_says_not_when_we_hear_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = confirmed_order(world)
    shipment = ship(order)
    bring(shipment)
    monkeypatch.setattr(clock, "now", lambda: now() + 3 * HOUR)

    deliver_all()

    shipment.refresh_from_db()
    order = fresh(order)
    at = shipment.delivered_at
    assert at is not None
    assert order.parcels.get().delivered_at == at
    assert order.delivered_at == order.events.get(status=OrderStatus.DELIVERED).at == at
    assert order.release_due_at == at + timedelta(days=fulfilment.escrow_days(order))
    assert violations() == []


def test_parcels_of_two_sellers_go_their_own_ways(world: World) -> None:
    order = confirmed_order(world, offers=(0, 2))
    other = order.group.orders.exclude(id=order.id).get()

    arrive(ship(order))

    assert fresh(order).status == OrderStatus.DELIVERED
    assert fresh(other).status == OrderStatus.PAID
    assert violations() == []

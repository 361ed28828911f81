"""Changing where an order goes: until it is sent, at the same price, by its buyer alone."""

from datetime import timedelta
from typing import Any

import pytest

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.viewer import ANONYMOUS, Viewer
from apps.logistics.models import DeliveryTariff, DeliveryZone
from apps.orders.models import Order, OrderLine
from apps.orders.services import addressing
from apps.orders.services.checkouts import AddressIncomplete
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.tests.services.fulfilling import confirmed_order, fresh, owner, paid_order, ship
from apps.orders.tests.services.world import now
from apps.orders.types import OrderStatus
from marketplace.tests.world import ADDRESS, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def change(order: Order, viewer: Viewer, **parts: Any) -> Order:
    return addressing.change_address(
        order_id=order.id, address=ADDRESS | parts, viewer=viewer, now=now()
    )


def test_parcel_goes_to_the_new_address(world: World) -> None:
    order = confirmed_order(world, offers=(0, 2))
    other = order.group.orders.exclude(id=order.id).get()

    change(order, world.viewer(), street="Navoiy", house="1")
    shipment = ship(order)

    assert (shipment.address["street"], shipment.address["house"]) == ("Navoiy", "1")
    assert fresh(other).ship_to == ADDRESS
    assert violations() == []


def test_city_of_the_same_price_moves_the_promise_by_its_longer_way(world: World) -> None:
    DeliveryTariff.objects.filter(zone__code="uz-rest").update(min_days=3, max_days=7)
    order = paid_order(world)

    moved = fresh(change(order, world.viewer(), city="Buxoro"))

    assert moved.promised_from == order.promised_from + timedelta(days=2)
    assert moved.promised_to == order.promised_to + timedelta(days=4)


def test_city_of_another_price_is_refused_with_the_reason(world: World) -> None:
    zone = DeliveryZone.objects.get(code="uz-rest")
    DeliveryTariff.objects.filter(zone=zone, kind="COURIER").update(price_minor=40_000_00)
    order = paid_order(world)

    for place in ({"city": "Buxoro"}, {"country": "RU", "city": "Москва"}):
        with pytest.raises(addressing.DeliveryPriceDiffers, match="stays as it is"):
            change(order, world.viewer(), **place)
    assert fresh(order).ship_to == ADDRESS


def test_address_without_a_door_is_refused_for_a_courier(world: World) -> None:
    order = paid_order(world)

    with pytest.raises(AddressIncomplete):
        change(order, world.viewer(), house="")
    with pytest.raises(AddressIncomplete):
        change(order, world.viewer(), phone=" ")


def test_parcel_for_a_pickup_point_changes_who_collects_it_and_nothing_else(world: World) -> None:
    order = paid_order(world)
    Order.objects.filter(id=order.id).update(delivery_kind="PICKUP", pickup_point=world.pickup)

    moved = change(order, world.viewer(), recipient_name="Jasur", city="Buxoro", street="Navoiy")

    assert moved.ship_to == ADDRESS | {"recipient_name": "Jasur"}


def test_address_stays_once_something_is_sent(world: World) -> None:
    order = confirmed_order(world, quantity=2)
    ship(order, {OrderLine.objects.get(order=order).id: 1})
    assert fresh(order).status == OrderStatus.PROCESSING

    with pytest.raises(MoveNotAllowed):
        change(order, world.viewer(), house="14")


def test_nobody_but_the_buyer_changes_the_address(world: World) -> None:
    order = paid_order(world)

    for stranger in (ANONYMOUS, owner(), owner(2)):
        with pytest.raises(NotFound):
            change(order, stranger, house="14")
    assert fresh(order).address is None

"""Sold units come back to the rows they were taken from, once per key and never more than were sold."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from apps.catalog.models import OfferComponent, Stock, StockMovement, Warehouse
from apps.catalog.services import reservations
from apps.catalog.services.restocking import Restock, restock
from apps.catalog.services.stock import move_stock
from apps.catalog.types import Demand
from apps.core.invariants import violations
from apps.core.models import OutboxEvent
from marketplace.tests.world import NOW, World, make_world

pytestmark = pytest.mark.django_db
CANCEL = StockMovement.Kind.CANCEL


@pytest.fixture
def world() -> World:
    return make_world(units=4)


def sell(world: World, quantity: int) -> UUID:
    line_id, group_id = uuid4(), uuid4()
    reservations.reserve(
        group_id=group_id,
        demands=[Demand(line_id, world.offers[0].id, quantity)],
        expires_at=NOW + timedelta(minutes=15),
    )
    reservations.consume(group_id=group_id, now=NOW)
    return line_id


def give_back(line_id: UUID, quantity: int, sold: int, key: str = "order:1:cancel") -> int:
    rows = [Restock(line_id, quantity, sold)]
    return restock(units=rows, key=key, kind=CANCEL, actor_id=None)


def on_hand(world: World) -> list[int]:
    item_id = world.offers[0].components.order_by("id")[0].item_id
    rows = Stock.objects.filter(item_id=item_id).order_by("id")
    return list(rows.values_list("on_hand", flat=True))


def test_units_come_back_with_a_movement_of_their_own(world: World) -> None:
    line_id = sell(world, 3)

    assert give_back(line_id, 2, 3) == 2

    assert on_hand(world) == [3]
    movement = StockMovement.objects.get(kind=CANCEL)
    assert movement.quantity == 2
    assert violations() == []


def test_repeated_key_changes_nothing(world: World) -> None:
    line_id = sell(world, 3)
    give_back(line_id, 2, 3)

    assert give_back(line_id, 2, 3) == 0

    assert on_hand(world) == [3]


def test_more_than_was_sold_never_comes_back(world: World) -> None:
    line_id = sell(world, 3)
    give_back(line_id, 2, 3, key="a")

    assert give_back(line_id, 2, 3, key="b") == 1

    assert on_hand(world) == [4]


def test_units_of_two_warehouses_go_back_to_both(world: World) -> None:
    second = Warehouse.objects.create(
        code="wh-1b",
        name="Second",
        seller=world.sellers[0],
        country="UZ",
        city="Toshkent",
        address="B",
        time_zone="Asia/Tashkent",
        working_days=[1],
    )
    item_id = world.offers[0].components.get().item_id
    move_stock(
        item_id=item_id,
        warehouse_id=second.id,
        quantity=3,
        kind=StockMovement.Kind.RECEIPT,
        key="second",
        actor_id=None,
    )
    before = on_hand(world)
    line_id = sell(world, 6)
    assert sum(on_hand(world)) == 1

    give_back(line_id, 2, 6, key="a")
    give_back(line_id, 4, 6, key="b")

    assert on_hand(world) == before
    assert violations() == []


def test_bundle_gives_back_its_pieces_in_proportion(world: World) -> None:
    OfferComponent.objects.filter(offer=world.offers[0]).update(quantity=2)
    line_id = sell(world, 2)
    assert on_hand(world) == [0]

    assert give_back(line_id, 1, 2) == 2

    assert on_hand(world) == [2]


def test_card_hears_when_a_sold_out_item_is_back(world: World) -> None:
    line_id = sell(world, 4)
    heard = OutboxEvent.objects.filter(topic="catalog.card_source_changed")
    before = heard.count()

    give_back(line_id, 1, 4, key="a")
    first = heard.count()
    give_back(line_id, 1, 4, key="b")

    assert (first - before, heard.count() - first) == (1, 0)

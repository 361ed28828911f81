"""Holding, selling and letting go of units: the worked example of docs/reservations.md and its edges."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from apps.catalog.models import Offer, Reservation, Stock, StockMovement
from apps.catalog.services import reservations, stock
from apps.catalog.services.reservations import OfferSoldOut
from apps.catalog.types import Demand
from apps.core.invariants import violations
from marketplace.tests.world import NOW, World, make_world

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=15)


def _hold(offer: Offer, quantity: int) -> UUID:
    group_id = uuid4()
    reservations.reserve(
        group_id=group_id, demands=[Demand(uuid4(), offer.id, quantity)], expires_at=SOON
    )
    return group_id


def _levels(offer: Offer) -> tuple[int, int]:
    row = _stock(offer)
    return row.on_hand, row.reserved


def _stock(offer: Offer) -> Stock:
    return Stock.objects.get(item_id=offer.components.get().item_id)


def test_worked_example_of_the_document() -> None:
    offer = make_world(units=10).offers[0]

    first = _hold(offer, 4)
    assert _levels(offer) == (10, 4)
    second = _hold(offer, 4)
    assert _levels(offer) == (10, 8)
    with pytest.raises(OfferSoldOut):
        _hold(offer, 4)
    assert _levels(offer) == (10, 8)
    assert reservations.consume(group_id=first, now=NOW) == 1
    assert _levels(offer) == (6, 4)
    assert reservations.release(group_id=second, now=NOW, state=Reservation.State.EXPIRED) == 1
    assert _levels(offer) == (6, 0)
    assert StockMovement.objects.filter(kind="SALE", quantity=-4).count() == 1
    assert violations() == []


def test_reserve_when_one_line_is_short_holds_nothing() -> None:
    world = make_world(units=3)
    plenty, short = world.offers[0], world.offers[1]

    with pytest.raises(OfferSoldOut) as refusal:
        reservations.reserve(
            group_id=uuid4(),
            demands=[Demand(uuid4(), plenty.id, 1), Demand(uuid4(), short.id, 4)],
            expires_at=SOON,
        )

    assert refusal.value.params == {"offer_id": short.id}
    assert _levels(plenty) == (3, 0)
    assert _levels(short) == (3, 0)
    assert not Reservation.objects.exists()


def test_consume_after_expiry_wins_nothing() -> None:
    offer = make_world(units=5).offers[0]
    group_id = _hold(offer, 2)
    reservations.release(group_id=group_id, now=NOW, state=Reservation.State.EXPIRED)

    assert reservations.consume(group_id=group_id, now=NOW) == 0
    assert _levels(offer) == (5, 0)


def test_release_after_sale_gives_nothing_back() -> None:
    offer = make_world(units=5).offers[0]
    group_id = _hold(offer, 2)
    reservations.consume(group_id=group_id, now=NOW)

    assert reservations.release(group_id=group_id, now=NOW) == 0
    assert _levels(offer) == (3, 0)


def test_closed_offer_cannot_be_reserved() -> None:
    offer = make_world(units=5).offers[0]
    Offer.objects.filter(id=offer.id).update(is_active=False)

    with pytest.raises(OfferSoldOut):
        _hold(offer, 1)
    assert _levels(offer) == (5, 0)


def test_two_lines_of_one_stock_row_share_its_units() -> None:
    offer = make_world(units=5).offers[0]

    with pytest.raises(OfferSoldOut):
        reservations.reserve(
            group_id=uuid4(),
            demands=[Demand(uuid4(), offer.id, 3), Demand(uuid4(), offer.id, 3)],
            expires_at=SOON,
        )
    assert _levels(offer) == (5, 0)


def test_movement_below_what_is_held_is_refused() -> None:
    world: World = make_world(units=5)
    offer = world.offers[0]
    _hold(offer, 4)
    row = _stock(offer)

    with pytest.raises(stock.StockBelowReserved):
        stock.move_stock(
            item_id=row.item_id,
            warehouse_id=row.warehouse_id,
            quantity=-2,
            kind=StockMovement.Kind.WRITE_OFF,
            key="broken",
            actor_id=None,
        )
    assert _levels(offer) == (5, 4)


def test_movement_with_a_repeated_key_counts_once() -> None:
    offer = make_world(units=5).offers[0]
    row = _stock(offer)
    for _ in range(2):
        stock.move_stock(
            item_id=row.item_id,
            warehouse_id=row.warehouse_id,
            quantity=7,
            kind=StockMovement.Kind.RECEIPT,
            key="delivery-note-7",
            actor_id=None,
        )

    assert _levels(offer) == (12, 0)

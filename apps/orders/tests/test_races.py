"""R01 and R02 in process: many buyers want the same units at once; baskets cross each other.

marketplace/tests/test_races_http.py holds R01 against two web processes.
"""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from apps.catalog.models import Offer, OfferComponent, Reservation, Stock
from apps.catalog.services import reservations
from apps.core import clock, locks
from apps.core.errors import DomainError
from apps.core.invariants import violations
from apps.core.pauses import set_pause
from apps.orders.models import OrderGroup
from apps.orders.services import placing
from marketplace.tests.buyers import Buyer, at_once, ready_buyers
from marketplace.tests.world import World, make_world, receive_units

# The named smaller sizes of `make test`, and the full ones.
CI, FULL = {"buyers": 100, "units": 25}, {"buyers": 200, "units": 50}
BASKETS = 40
ROUNDS_IN_CI, ROUNDS = 3, 500

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def _wide_window() -> Iterator[None]:
    """Let whoever holds the stock rows rest a moment."""
    chance = random.Random(1)
    set_pause("catalog.reserve_locked", lambda: time.sleep(chance.uniform(0, 0.005)))
    yield
    set_pause("catalog.reserve_locked", None)


@pytest.fixture
def lost_races(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SQLSTATEs of what use cases had to try again."""
    seen: list[str] = []
    read = locks._sqlstate

    def noting(error: BaseException) -> str:
        seen.append(read(error))
        return seen[-1]

    monkeypatch.setattr(locks, "_sqlstate", noting)
    return seen


def stock_of(offer: Offer) -> tuple[int, int]:
    row = Stock.objects.get(item=offer.components.get().item_id)
    return row.on_hand, row.reserved


def stock_unlocked(item_ids: list[uuid.UUID]) -> list[Stock]:
    return list(Stock.objects.filter(item_id__in=item_ids).order_by("id"))


def place_at_once(buyers: list[Buyer], threads: int = 16) -> Counter[int]:
    answers = at_once([buyer.place for buyer in buyers], threads)
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes <= {"catalog.offer_sold_out", "checkout.line_unavailable"}
    return Counter(answer.status_code for answer in answers)


def sell_out(offer: Offer, size: dict[str, int], *, sold_before: int = 0) -> None:
    units = size["units"]
    statuses = place_at_once(ready_buyers(size["buyers"], [offer]))

    assert statuses == {202: units, 409: size["buyers"] - units}
    assert stock_of(offer) == (sold_before + units, sold_before + units)
    assert OrderGroup.objects.count() == sold_before + units
    assert violations() == []


@pytest.mark.usefixtures("_wide_window")
def test_hot_offer_is_sold_exactly_as_often_as_there_are_units() -> None:
    sell_out(make_world(units=CI["units"]).offers[0], CI)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("_wide_window")
def test_hot_offer_holds_in_twenty_rounds() -> None:
    world, units = make_world(units=FULL["units"]), FULL["units"]
    offer, warehouse = world.offers[0], Stock.objects.earliest("id").warehouse
    for number in range(20):
        sell_out(offer, FULL, sold_before=number * units)
        receive_units(offer, warehouse, units, key=f"round:{number}")


def test_without_the_guarded_write_the_hot_offer_is_oversold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: no row lock, and a read and a write instead of the conditional write."""
    world = make_world(units=2)
    meeting = threading.Barrier(6)

    def naive_take(*, stock_id: int, quantity: int) -> bool:
        row = Stock.objects.get(id=stock_id)
        meeting.wait(timeout=20)
        Stock.objects.filter(id=stock_id).update(reserved=row.reserved + quantity)
        return True

    monkeypatch.setattr(reservations, "take", naive_take)
    monkeypatch.setattr(reservations, "lock_stock", stock_unlocked)

    statuses = place_at_once(ready_buyers(6, [world.offers[0]]), threads=6)

    assert statuses[202] > 2
    assert Reservation.objects.filter(state="ACTIVE").count() > 2
    assert {violation.invariant for violation in violations()} == {
        "stock.reserved_is_sum_of_active_reservations"
    }


def crossed_rounds(world: World, rounds: int) -> Counter[int]:
    """Two offers of two sellers, each second cart in the other order; every order fits."""
    seen: Counter[int] = Counter()
    for _round in range(rounds):
        seen += place_at_once(ready_buyers(BASKETS, [world.offers[0], world.offers[2]]))
    return seen


def check_crossed(rounds: int) -> None:
    world = make_world(units=BASKETS * rounds)
    assert crossed_rounds(world, rounds) == {202: BASKETS * rounds}
    for offer in (world.offers[0], world.offers[2]):
        assert stock_of(offer) == (BASKETS * rounds, BASKETS * rounds)
    assert violations() == []


@pytest.mark.usefixtures("_wide_window")
def test_crossed_baskets_never_deadlock(lost_races: list[str]) -> None:
    check_crossed(ROUNDS_IN_CI)
    assert "40P01" not in lost_races


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_crossed_baskets_never_deadlock_in_five_hundred_rounds(lost_races: list[str]) -> None:
    check_crossed(ROUNDS)
    assert "40P01" not in lost_races


def test_crossed_baskets_without_one_order_of_locks_deadlock(
    lost_races: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: each basket locks its rows in an order of its own."""
    world = make_world()
    baskets = ready_buyers(2, [world.offers[0], world.offers[2]])
    meeting, turns = threading.Barrier(2), count()
    real = reservations._components

    def in_own_order(offer_ids: list[Any]) -> Any:
        turn = next(turns)
        for place, offer_id in enumerate(offer_ids[:: -1 if turn else 1]):
            item_id = OfferComponent.objects.get(offer=offer_id).item_id
            Stock.objects.select_for_update().get(item=item_id)
            if place == 0 and turn < len(baskets):
                meeting.wait(timeout=20)
        return real(offer_ids)

    monkeypatch.setattr(reservations, "_components", in_own_order)

    place_at_once(baskets, threads=2)

    assert "40P01" in lost_races


def test_two_requests_for_one_checkout_place_one_order() -> None:
    world = make_world()
    (buyer,) = ready_buyers(1, [world.offers[0]])

    answers = at_once([buyer.place] * 8, threads=8)

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert OrderGroup.objects.count() == 1


def test_services_agree_with_the_api() -> None:
    """In process: two buyers, one unit, exactly one group."""
    world = make_world(units=1)

    def work(buyer: Buyer) -> bool:
        try:
            placing.place_order(
                viewer=buyer.viewer,
                checkout_id=uuid.UUID(buyer.checkout_id),
                quote_digest=buyer.digest,
                now=clock.now(),
            )
        except DomainError:
            return False
        return True

    buyers = ready_buyers(2, [world.offers[0]])
    won = at_once([lambda buyer=buyer: work(buyer) for buyer in buyers], threads=2)
    assert sorted(won) == [False, True]

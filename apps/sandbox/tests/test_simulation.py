"""Random histories end with every invariant true, and a seed tells the same story twice."""

import time
from datetime import timedelta

import pytest

from apps.core.invariants import violations
from apps.orders.models import Order
from apps.orders.types import OrderStatus
from apps.sandbox.simulation.market import simulate
from marketplace.tests import figures
from marketplace.tests.world import NOW, make_world

# Twelve histories with some 173 orders each: every run lives through two thousand.
SEEDS, BASKETS, LEAST_ORDERS = range(7, 19), 120, 167
ENDS = {OrderStatus.CANCELLED, OrderStatus.DELIVERED, OrderStatus.RETURNED}


def live_to_the_end(baskets: int, seed: int) -> dict[str, int]:
    """Live until no clock runs; prove that nothing is open and that the books are true."""
    make_world(offers_each=6, units=50_000)

    tally = simulate(baskets=baskets, seed=seed, start=NOW)

    assert set(Order.objects.values_list("status", flat=True)) <= ENDS
    assert not Order.objects.filter(release_due_at__isnull=False).exists()
    assert violations() == []
    return tally


@pytest.mark.usefixtures("committed_db")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_history_ends_with_nothing_open_and_true_books(seed: int) -> None:
    tally = live_to_the_end(BASKETS, seed)

    assert Order.objects.count() >= LEAST_ORDERS
    assert tally["delivered"] >= 100
    assert tally["cancelled by the buyer"] + tally["refund paid"] >= 50
    assert tally["payout PAID"] >= 5
    assert tally["dispute decided"] >= 3
    ended = tally.get("chargeback WON", 0) + tally.get("chargeback LOST", 0)
    assert tally["charged back"] == ended >= 2


@pytest.mark.nightly
@pytest.mark.timeout(5400)
@pytest.mark.usefixtures("committed_db")
def test_two_thousand_baskets_end_with_nothing_open_and_true_books() -> None:
    began = time.monotonic()

    live_to_the_end(2000, seed=11)

    orders = Order.objects.count()
    figures.note("simulated market", orders=orders, seconds=time.monotonic() - began)


@pytest.mark.django_db
def test_history_that_is_cut_short_has_true_books_too() -> None:
    make_world(offers_each=6, units=50_000)

    simulate(baskets=12, seed=3, start=NOW, until=NOW + timedelta(days=1))

    assert Order.objects.exclude(status__in=ENDS).exists()
    assert violations() == []


@pytest.mark.django_db
def test_same_seed_lives_the_same_history() -> None:
    make_world(offers_each=6, units=50_000)

    first = simulate(baskets=5, seed=5, start=NOW)
    second = simulate(baskets=5, seed=5, start=NOW + timedelta(days=140))
    other = simulate(baskets=5, seed=6, start=NOW + timedelta(days=280))

    assert first == second
    assert first != other


@pytest.mark.django_db
def test_shop_without_goods_is_told() -> None:
    with pytest.raises(LookupError, match="load a catalogue"):
        simulate(baskets=1, seed=1, start=NOW)

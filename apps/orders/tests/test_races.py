"""R01 and R02: many buyers want the same units at once; baskets cross each other."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connections

from apps.catalog.models import Reservation, Stock
from apps.catalog.services import reservations
from apps.core import clock
from apps.core.errors import DomainError
from apps.core.invariants import violations
from apps.core.viewer import Grant, GrantToken, Viewer
from apps.orders.models import Cart, CartLine, Checkout, OrderGroup
from apps.orders.services import placing
from apps.orders.services.carts import grant_of
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import ADDRESS, NOW, World, make_world

BUYERS, UNITS = 200, 50
# As many as one machine's web workers and their database connections.
AT_ONCE = 16


@pytest.fixture(autouse=True)
def _no_rate_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = dict.fromkeys(configured.RATE_LIMITS, (1_000_000, 60))
    monkeypatch.setattr(configured, "RATE_LIMITS", limits)


def _at_once(works: list[Callable[[], Any]], at_once: int = AT_ONCE) -> list[Any]:
    """Run all works with `at_once` threads that start together."""
    barrier = threading.Barrier(at_once)

    def ready() -> None:
        barrier.wait()

    def run(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(at_once, initializer=ready) as pool:
        return list(pool.map(run, works))


Buyer = tuple[ApiClient, str, str]


def _buyers(count: int, offers: list[Any]) -> list[Buyer]:
    """Guests ready to place; every second one put the offers in from the other end.

    One of them asks for the quote over the API: a digest says nothing of whose cart it is.
    """
    asking = ApiClient(address="10.255.0.1")
    for offer in offers:
        asking.add(offer.id)
    _checkout_id, quote = asking.quote()
    asking_cart = Cart.objects.get(id=_grant(asking).id)
    carts = Cart.objects.bulk_create(Cart() for _ in range(count))
    Checkout.objects.bulk_create(
        Checkout(cart=cart, currency="UZS", language="en", email="g@p.example", address=ADDRESS)
        for cart in carts
    )
    CartLine.objects.bulk_create(
        CartLine(
            cart=cart,
            offer=offer,
            quantity=1,
            seen_price_minor=offer.price_minor,
            seen_currency=offer.currency,
            added_at=NOW + timedelta(seconds=place),
        )
        for number, cart in enumerate(carts)
        for place, offer in enumerate(offers if number % 2 else offers[::-1])
    )
    asking_cart.delete()
    checkouts = dict(Checkout.objects.filter(cart__in=carts).values_list("cart_id", "id"))
    buyers = []
    for number, cart in enumerate(carts):
        client = ApiClient(address=f"10.{number // 250}.1.{number % 250}")
        client.headers["X-Cart-Token"] = GrantToken.write(grant_of(cart))
        buyers.append((client, str(checkouts[cart.id]), quote["digest"]))
    return buyers


def _grant(client: ApiClient) -> Grant:
    return GrantToken.read(client.headers["X-Cart-Token"], kind="cart")


def _orders_of(buyers: list[Buyer]) -> list[Any]:
    return _at_once(
        [
            lambda client=client, checkout=checkout, digest=digest: client.place(
                checkout, digest, key=uuid.uuid4().hex
            )
            for client, checkout, digest in buyers
        ]
    )


def test_hot_offer_is_sold_exactly_as_often_as_there_are_units(committed_db: None) -> None:
    world = make_world(units=UNITS)
    buyers = _buyers(BUYERS, [world.offers[0]])

    answers = _orders_of(buyers)

    assert Counter(a.status_code for a in answers) == {202: UNITS, 409: BUYERS - UNITS}
    codes = {a.json()["code"] for a in answers if a.status_code == 409}
    assert codes <= {"catalog.offer_sold_out", "checkout.line_unavailable"}
    stock = Stock.objects.get(item=world.offers[0].components.get().item_id)
    assert (stock.on_hand, stock.reserved) == (UNITS, UNITS)
    assert OrderGroup.objects.count() == UNITS
    assert violations() == []


def test_without_the_guarded_write_the_hot_offer_is_oversold(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
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
    monkeypatch.setattr(reservations, "lock_rows", lambda rows, **_rank: list(rows))
    buyers = _buyers(6, [world.offers[0]])

    works = [
        lambda client=client, checkout=checkout, digest=digest: client.place(checkout, digest)
        for client, checkout, digest in buyers
    ]
    answers = _at_once(works, at_once=6)

    assert Counter(a.status_code for a in answers)[202] > 2
    held = Reservation.objects.filter(state="ACTIVE").count()
    assert held > 2


def _crossed(world: World, rounds: int) -> Counter[str]:
    """Two offers of two sellers, each cart in the other order; every order succeeds."""
    seen: Counter[str] = Counter()
    first, second = world.offers[0], world.offers[2]
    for _round in range(rounds):
        for answer in _orders_of(_buyers(40, [first, second])):
            seen[str(answer.status_code)] += 1
    return seen


def _check_crossed(world: World, rounds: int) -> None:
    assert _crossed(world, rounds) == {"202": 40 * rounds}
    for offer in (world.offers[0], world.offers[2]):
        assert Stock.objects.get(item=offer.components.get().item_id).reserved == 40 * rounds
    assert violations() == []


def test_crossed_baskets_never_deadlock(committed_db: None) -> None:
    _check_crossed(make_world(units=40 * 5), rounds=5)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_crossed_baskets_never_deadlock_in_five_hundred_rounds(committed_db: None) -> None:
    _check_crossed(make_world(units=40 * 500), rounds=500)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", range(20))
def test_hot_offer_holds_in_twenty_rounds(committed_db: None, number: int) -> None:
    test_hot_offer_is_sold_exactly_as_often_as_there_are_units(None)


def test_two_requests_for_one_checkout_place_one_order(committed_db: None) -> None:
    world = make_world()
    ((client, checkout_id, digest),) = _buyers(1, [world.offers[0]])
    works = [lambda: client.place(checkout_id, digest, key=uuid.uuid4().hex) for _ in range(8)]
    answers = _at_once(works, at_once=8)
    assert {a.status_code for a in answers} == {202}
    assert len({a.json()["id"] for a in answers}) == 1
    assert OrderGroup.objects.count() == 1


def test_services_agree_with_the_api(committed_db: None) -> None:
    """In process: two buyers, one unit, exactly one group."""
    world = make_world(units=1)
    buyers = _buyers(2, [world.offers[0]])

    def work(client: ApiClient, checkout_id: str, digest: str) -> bool:
        try:
            placing.place_order(
                viewer=Viewer(label="guest", grants=frozenset({_grant(client)})),
                checkout_id=uuid.UUID(checkout_id),
                quote_digest=digest,
                now=clock.now(),
            )
        except DomainError:
            return False
        return True

    won = _at_once([lambda parts=parts: work(*parts) for parts in buyers], at_once=2)
    assert sorted(won) == [False, True]

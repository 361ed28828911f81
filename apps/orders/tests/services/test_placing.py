"""Placing an order: what is ordered is what was shown; goods are held; refusals change nothing."""

from datetime import timedelta

import pytest

from apps.catalog.models import Reservation
from apps.catalog.services.reservations import OfferSoldOut
from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.viewer import ANONYMOUS
from apps.orders.models import CartLine, Checkout, Order, OrderGroup, OrderLine
from apps.orders.services import checkouts, placing
from apps.orders.services.quotes import LineUnavailable
from apps.orders.tests.services.world import filled_checkout, now, place, units
from apps.orders.types import GroupStatus, OrderStatus
from apps.pricing.services import set_exchange_rates
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


def assert_nothing_placed(world: World) -> None:
    assert OrderGroup.objects.count() == Order.objects.count() == 0
    assert Reservation.objects.count() == 0
    assert units(world) == (10, 0)
    assert CartLine.objects.count() == 1


def test_order_placed_holds_goods_and_empties_the_cart() -> None:
    world = make_world()

    group = place(world, quantity=3)

    assert group.status == GroupStatus.AWAITING_PAYMENT
    assert group.total == Money((300_000 + 25_000) * 100, "UZS")
    assert units(world) == (10, 3)
    assert CartLine.objects.count() == 0
    assert list(group.orders.values_list("status", "number")) == [
        (OrderStatus.CREATED, f"{group.number}-1")
    ]
    assert violations() == []


def test_group_of_two_sellers_splits_without_repricing() -> None:
    world = make_world()

    group = place(world, offers=(0, 2), quantity=2)

    orders = list(group.orders.order_by("number"))
    assert {order.seller_id for order in orders} == {seller.id for seller in world.sellers}
    assert sum(order.total_minor for order in orders) == group.total_minor
    lines = OrderLine.objects.filter(order__group=group)
    assert sum(line.total_minor for line in lines) == group.items_minor
    # Commission of 10 % is frozen on each line.
    assert [line.commission_minor * 10 for line in lines] == [line.total_minor for line in lines]


def test_placing_again_returns_the_first_group() -> None:
    world = make_world()
    checkout, quote = filled_checkout(world)
    given = {"viewer": world.viewer(), "checkout_id": checkout.id, "quote_digest": quote.digest}

    first = placing.place_order(**given, now=now())
    second = placing.place_order(**given, now=now())

    assert first.id == second.id
    assert OrderGroup.objects.count() == 1
    assert units(world) == (10, 1)


def test_stranger_does_not_find_the_checkout() -> None:
    world = make_world()
    checkout, quote = filled_checkout(world)
    stranger = make_user("stranger@people.example")

    for viewer in (world.viewer(stranger), ANONYMOUS):
        with pytest.raises(NotFound):
            placing.place_order(
                viewer=viewer, checkout_id=checkout.id, quote_digest=quote.digest, now=now()
            )
    assert_nothing_placed(world)


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_another_digest_than_shown_is_refused(digest: str) -> None:
    world = make_world()
    checkout, _quote = filled_checkout(world)

    with pytest.raises(placing.QuoteChanged):
        placing.place_order(
            viewer=world.viewer(), checkout_id=checkout.id, quote_digest=digest, now=now()
        )
    assert_nothing_placed(world)


def test_rate_that_moved_after_the_quote_is_refused() -> None:
    from decimal import Decimal

    from apps.pricing.selectors import forget_rates

    world = make_world()
    checkout, quote = filled_checkout(world, offers=(2,))
    set_exchange_rates(rates={"USD": Decimal(12500), "RUB": Decimal(160)}, valid_on=now().date())
    forget_rates()

    with pytest.raises(placing.QuoteChanged):
        placing.place_order(
            viewer=world.viewer(), checkout_id=checkout.id, quote_digest=quote.digest, now=now()
        )
    assert_nothing_placed(world)


def test_goods_taken_by_another_after_the_quote_are_refused() -> None:
    world = make_world(units=1)
    checkout, quote = filled_checkout(world)
    rival = make_user("rival@people.example")
    place(world, viewer=world.viewer(rival))

    with pytest.raises((OfferSoldOut, LineUnavailable, placing.QuoteChanged)):
        placing.place_order(
            viewer=world.viewer(), checkout_id=checkout.id, quote_digest=quote.digest, now=now()
        )
    assert OrderGroup.objects.count() == 1
    assert units(world) == (1, 1)


def test_checkout_without_address_is_refused() -> None:
    world = make_world()
    checkout, quote = filled_checkout(world)
    Checkout.objects.filter(id=checkout.id).update(address=checkout.address | {"street": ""})

    with pytest.raises(checkouts.AddressIncomplete):
        placing.place_order(
            viewer=world.viewer(), checkout_id=checkout.id, quote_digest=quote.digest, now=now()
        )
    assert_nothing_placed(world)


def test_hold_lasts_as_long_as_the_setting_says(settings: object) -> None:
    settings.RESERVATION_SECONDS = 60  # type: ignore[attr-defined]  pytest-django's wrapper

    group = place(make_world())

    assert group.hold_expires_at - group.placed_at == timedelta(seconds=60)

"""Changing where an order goes: until it is sent, as it was quoted, by its buyer alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.services.relay import deliver_all
from apps.core.viewer import ANONYMOUS
from apps.logistics.models import DeliveryTariff
from apps.logistics.selectors.tariffs import forget_tariffs
from apps.orders.models import AddressChange, Order, OrderLine
from apps.orders.rules import digest
from apps.orders.services import addressing
from apps.orders.services.address_quotes import AddressNotReached, _payload
from apps.orders.services.addressing import AddressConsent
from apps.orders.services.checkouts import AddressIncomplete
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.tests.services.fulfilling import confirmed_order, fresh, owner, paid_order, ship
from apps.orders.tests.services.moving import (
    BUXORO,
    change,
    consent_to,
    delivery_costs,
    move,
    quoted,
)
from apps.orders.tests.services.world import now
from apps.orders.types import OrderStatus
from apps.payments.models import Refund
from apps.payments.selectors import escrow_balance
from marketplace.tests.world import ADDRESS, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_parcel_goes_to_the_new_address(world: World) -> None:
    order = confirmed_order(world, offers=(0, 2))
    other = order.group.orders.exclude(id=order.id).get()

    change(order, world.viewer(), street="Navoiy", house="1")
    shipment = ship(order)

    assert (shipment.address["street"], shipment.address["house"]) == ("Navoiy", "1")
    assert fresh(other).ship_to == ADDRESS
    assert violations() == []


def test_city_of_other_days_moves_the_promise_once_it_is_confirmed(world: World) -> None:
    DeliveryTariff.objects.filter(zone__code="uz-rest").update(min_days=3, max_days=7)
    delivery_costs(25_000_00)
    order = paid_order(world)

    with pytest.raises(addressing.AddressQuoteChanged):
        change(order, world.viewer(), **BUXORO)
    assert fresh(order).address is None
    move(order, world.viewer())

    moved = fresh(order)
    assert moved.promised_from == order.promised_from + timedelta(days=2)
    assert moved.promised_to == order.promised_to + timedelta(days=4)
    assert moved.total == order.total


def test_place_that_the_carrier_does_not_reach_is_refused_in_words(world: World) -> None:
    order = paid_order(world)
    DeliveryTariff.objects.filter(zone__code="uz-rest").delete()
    forget_tariffs()

    for place in (BUXORO, {"country": "RU", "city": "Москва"}):
        with pytest.raises(AddressNotReached, match="stays as it is"):
            quoted(order, world.viewer(), **place)
        with pytest.raises(AddressNotReached):
            change(order, world.viewer(), **place)
    assert fresh(order).ship_to == ADDRESS


def test_cheaper_way_gives_the_difference_back_at_once(world: World) -> None:
    delivery_costs(10_000_00)
    order = paid_order(world, offers=(0, 2))

    quote = quoted(order, world.viewer(), **BUXORO)
    move(order, world.viewer())
    deliver_all()

    moved = fresh(order)
    (refund,) = Refund.objects.all()
    assert (quote.surcharge.minor, quote.goes_back.minor) == (0, 15_000_00)
    assert (moved.delivery_minor, moved.total_minor) == (10_000_00, order.total_minor - 15_000_00)
    assert moved.group.total_minor == order.group.total_minor - 15_000_00
    assert (refund.amount_minor, refund.allocation.reference_id) == (15_000_00, order.id)
    assert escrow_balance(order.id, "UZS") == moved.total
    assert violations() == []


def test_tariff_that_rose_since_costs_nothing_within_the_zone(world: World) -> None:
    order = paid_order(world)
    DeliveryTariff.objects.filter(kind="COURIER").update(price_minor=90_000_00)
    forget_tariffs()

    assert not quoted(order, world.viewer(), house="14").needs_consent
    change(order, world.viewer(), house="14")

    assert fresh(order).delivery_minor == order.delivery_minor


@pytest.mark.parametrize("spoilt", ["price", "term", "future", "other address"])
def test_only_the_very_quote_that_was_seen_is_confirmed(world: World, spoilt: str) -> None:
    delivery_costs(40_000_00)
    order = paid_order(world)
    quote = quoted(order, world.viewer(), **BUXORO)
    consent, place = consent_to(quote), BUXORO
    if spoilt == "price":
        delivery_costs(50_000_00)
    elif spoilt == "term":
        consent = AddressConsent(quote.digest, now() - timedelta(seconds=1))
    elif spoilt == "future":
        late = replace(quote, expires_at=quote.expires_at + timedelta(days=9))
        consent = AddressConsent(digest(_payload(late)), late.expires_at)
    else:
        place = BUXORO | {"city": "Samarqand"}

    with pytest.raises(addressing.AddressQuoteChanged):
        change(order, world.viewer(), consent=consent, **place)

    assert (fresh(order).address, AddressChange.objects.count()) == (None, 0)


def test_address_without_a_door_is_refused_for_a_courier(world: World) -> None:
    order = paid_order(world)

    with pytest.raises(AddressIncomplete):
        change(order, world.viewer(), house="")
    with pytest.raises(AddressIncomplete):
        change(order, world.viewer(), phone=" ")


def test_parcel_for_a_pickup_point_changes_who_collects_it_and_nothing_else(world: World) -> None:
    order = paid_order(world)
    Order.objects.filter(id=order.id).update(delivery_kind="PICKUP", pickup_point=world.pickup)

    change(order, world.viewer(), recipient_name="Jasur", city="Buxoro", street="Navoiy")

    moved = fresh(order)
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

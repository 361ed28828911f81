"""A paid order on its buyer's page: parcels, clocks, deeds with their consequence, the address."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.orders.models import AddressChange, Order
from apps.orders.selectors import last_change
from apps.orders.tests.services.fulfilling import (
    arrive,
    confirmed_order,
    delivered_order,
    fresh,
    paid_order,
    refuse,
    set_out,
    ship,
)
from apps.orders.tests.services.moving import BUXORO, delivery_costs, surcharge_captured
from apps.payments.models import Settlement
from apps.storefront.tests.web.trade import SAME_ORIGIN
from marketplace.tests.world import ADDRESS, World, make_user, make_world

pytestmark = pytest.mark.django_db

PAGE_QUERIES = 18


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def buyer(world: World) -> Client:
    client = Client(headers=SAME_ORIGIN)
    client.cookies["currency"] = "UZS"
    client.force_login(world.buyer)
    return client


def page(client: Client, order: Order) -> str:
    return client.get(f"/en/orders/{order.group_id}/").content.decode()


def path(order: Order, what: str) -> str:
    return f"/en/orders/{order.group_id}/{order.id}/{what}/"


def test_page_shows_the_parcel_with_its_code_and_the_courier(buyer: Client, world: World) -> None:
    order = confirmed_order(world)
    shipment = ship(order)
    assert "Handed to delivery" in page(buyer, order)
    set_out(shipment)

    html = page(buyer, order)

    assert f"Parcel {order.number}-1" in html
    assert shipment.handover_code in html
    assert "Tell it to the courier when the parcel is in your hands." in html
    assert "With the courier" in html
    assert 'href="tel:+998901112233"' in html


def test_code_is_gone_once_the_parcel_has_arrived(buyer: Client, world: World) -> None:
    order = confirmed_order(world)
    shipment = ship(order)
    arrive(shipment)

    html = page(buyer, order)

    assert shipment.handover_code not in html
    assert "The seller gets the money on" in html
    assert "Everything has arrived." in html
    assert "until you receive the order" not in html
    assert "this cannot be undone" in html


def test_staff_see_no_code_and_no_deeds(world: World) -> None:
    order = confirmed_order(world)
    shipment = ship(order)
    other = paid_order(world, offers=(1,))
    staff = make_user("staff@people.example", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_ordergroup"))
    client = Client(headers=SAME_ORIGIN)
    client.force_login(staff)

    assert shipment.handover_code not in page(client, order)
    assert "Cancel this parcel" not in page(client, other)
    for what in ("cancel", "receipt", "address", "address/payment"):
        assert client.post(path(other, what), ADDRESS).status_code == 404


def test_buyer_cancels_one_parcel_and_reads_what_becomes_of_the_money(
    buyer: Client, world: World
) -> None:
    order = paid_order(world, offers=(0, 2))
    before = page(buyer, order)

    answer = buyer.post(path(order, "cancel"), follow=True)

    assert "The goods go back on sale at once. 125,000" in before
    html = answer.content.decode()
    assert "It is cancelled. The money goes back to where it was paid from." in html
    assert "You cancelled it." in html
    assert "A part of the sum goes back to where it was paid from." in html
    assert fresh(order).status == "CANCELLED"


def test_buyer_confirms_receipt(buyer: Client, world: World) -> None:
    order = delivered_order(world)

    answer = buyer.post(path(order, "receipt"), follow=True)

    html = answer.content.decode()
    assert "Thank you. The seller is paid." in html
    assert "You have it, and the seller is paid." in html
    assert "Confirm receipt" not in html
    assert Settlement.objects.count() == 1


def test_too_late_is_said_and_nothing_is_done(buyer: Client, world: World) -> None:
    order = confirmed_order(world)
    ship(order)

    for what in ("cancel", "receipt"):
        html = buyer.post(path(order, what), follow=True).content.decode()
        assert "The order is not in a state that allows this." in html
    assert fresh(order).status == "SHIPPED"


def test_address_form_is_filled_and_saves(buyer: Client, world: World) -> None:
    order = paid_order(world)
    form = buyer.get(path(order, "address")).content.decode()

    answer = buyer.post(path(order, "address"), ADDRESS | {"house": "77"}, follow=True)

    assert 'value="Bobur"' in form
    assert "Aziza Karimova, Toshkent, Bobur 77, apt. 4" in answer.content.decode()
    assert fresh(order).ship_to["house"] == "77"


def test_address_without_a_house_is_asked_for_again(buyer: Client, world: World) -> None:
    order = paid_order(world)

    answer = buyer.post(path(order, "address"), ADDRESS | {"house": ""})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"house": ["This field is required."]}


def test_address_that_nobody_reaches_is_refused_on_the_form(buyer: Client, world: World) -> None:
    order = paid_order(world)

    answer = buyer.post(path(order, "address"), ADDRESS | {"country": "RU", "city": "Москва"})

    assert answer.status_code == 422
    assert "The carrier of this parcel does not go there" in answer.content.decode()
    assert fresh(order).address is None


def confirm(buyer: Client, order: Order) -> Any:
    """Send the hidden fields of the page that shows the price, as a browser does."""
    page = buyer.post(path(order, "address"), ADDRESS | BUXORO)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text(page)))
    assert page.status_code == 200
    return text(page), buyer.post(path(order, "address"), {**fields})


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_cheaper_address_is_shown_with_its_price_before_it_is_saved(
    buyer: Client, world: World
) -> None:
    delivery_costs(10_000_00)
    order = paid_order(world)

    asked, answer = confirm(buyer, order)

    assert "costs 15,000" in asked
    assert "Aziza Karimova, Buxoro, Navoiy 1" in asked
    assert "less. The difference goes back" in asked
    assert answer.url == f"/en/orders/{order.group_id}/"
    assert "The difference goes back to where it was paid from." in page(buyer, order)
    assert fresh(order).delivery_minor == 10_000_00


def test_dearer_address_leads_to_its_payment_and_waits_on_the_page(
    buyer: Client, world: World
) -> None:
    delivery_costs(40_000_00)
    order = paid_order(world)

    asked, answer = confirm(buyer, order)
    waiting = page(buyer, order)
    paying = buyer.get(answer.url)
    again = buyer.post(answer.url)
    surcharge_captured(AddressChange.objects.get())
    ended = buyer.get(path(order, "address/payment"))

    assert "Pay 15,000" in asked
    assert answer.url == path(order, "address/payment") + "?start=1"
    assert "The new address waits for 15,000" in waiting
    assert "Opening the payment page" in text(paying)
    assert "delivery to the new address" in text(paying)
    assert again.url == answer.url
    assert ended.url == f"/en/orders/{order.group_id}/"
    shown = page(buyer, order)
    assert "Buxoro, Navoiy 1" in shown
    assert "waits for" not in shown
    assert "140,000" in shown


def test_price_that_moved_is_shown_again_with_the_reason(buyer: Client, world: World) -> None:
    delivery_costs(40_000_00)
    order = paid_order(world)
    asked = text(buyer.post(path(order, "address"), ADDRESS | BUXORO))
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked))
    delivery_costs(50_000_00)

    answer = buyer.post(path(order, "address"), fields)

    assert "has another price or other days" in text(answer)
    assert "Pay 25,000" in text(answer)
    assert not AddressChange.objects.exists()


def test_address_of_a_pickup_parcel_asks_who_collects_it(buyer: Client, world: World) -> None:
    order = paid_order(world)
    Order.objects.filter(id=order.id).update(delivery_kind="PICKUP", pickup_point=world.pickup)

    form = buyer.get(path(order, "address")).content.decode()
    buyer.post(path(order, "address"), {"recipient_name": "Jasur", "phone": "+998901234567"})

    assert 'name="street"' not in form
    assert fresh(order).ship_to == ADDRESS | {"recipient_name": "Jasur"}


def test_refused_parcel_is_explained(buyer: Client, world: World) -> None:
    order = confirmed_order(world)
    refuse(ship(order))

    html = page(buyer, order)

    assert "It was not accepted or not collected. The money goes back." in html
    assert "sent back: 1" in html
    assert "Everything has arrived." not in html


def test_every_step_of_a_parcel_changes_the_page_s_number(buyer: Client, world: World) -> None:
    order = confirmed_order(world)
    seen = [last_change(order.group_id)]
    shipment = ship(order)
    seen.append(last_change(order.group_id))
    set_out(shipment)
    seen.append(last_change(order.group_id))

    assert seen == sorted(set(seen))
    assert f'data-seq="{seen[-1]}"' in page(buyer, order)


def test_page_costs_the_same_for_one_parcel_and_three(
    buyer: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    small = confirmed_order(world)
    ship(small)
    large = confirmed_order(world, quantity=3)
    line = large.lines.get()
    for _ in range(3):
        ship(large, {line.id: 1})

    for order in (small, large):
        with django_assert_num_queries(PAGE_QUERIES):
            page(buyer, order)

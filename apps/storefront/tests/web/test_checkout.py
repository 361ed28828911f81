"""The checkout: guest and customer, two tabs, what changes on the way."""

import pytest
from django.test import Client

from apps.accounts.models import Address
from apps.catalog.models import Offer
from apps.core.money import Money
from apps.orders.models import Checkout, OrderGroup
from apps.orders.types import GroupStatus
from apps.payments.models import PaymentAttempt
from apps.storefront.tests.web.trade import WHERE, add, fill, place_data
from marketplace.tests.world import ADDRESS, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def buyer(world: World) -> Client:
    client = Client()
    client.cookies["currency"] = "UZS"
    client.force_login(world.buyer)
    return client


def test_guest_buys_from_two_sellers_with_email_and_address_alone(
    client: Client, world: World
) -> None:
    client.cookies["currency"] = "UZS"
    add(client, world.offers[0])
    add(client, world.offers[2])

    page = fill(client, world, email="Guest@People.example")
    assert "Pay 298,500\u00a0UZS" in page
    answer = client.post("/en/checkout/", place_data(page))

    group = OrderGroup.objects.get()
    assert answer["Location"] == f"/en/orders/{group.id}/payment/?start=1"
    assert (group.user_id, group.email) == (None, "guest@people.example")
    assert group.total == Money(298_500_00, "UZS")
    assert group.orders.count() == 2
    assert PaymentAttempt.objects.get().state == "CREATED"
    assert client.get(f"/en/orders/{group.id}/").status_code == 200
    assert Client().get(f"/en/orders/{group.id}/").status_code == 404


def test_last_part_shows_what_is_saved_and_what_one_agrees_to(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0], 2)
    Offer.objects.filter(id=world.offers[0].id).update(old_price_minor=125_000_00)

    page = fill(buyer, world)

    assert "250,000\u00a0UZS</s>" in page
    assert "You save" in page
    form = page.partition('name="action" value="place"')[2].partition("</form>")[0]
    assert "Pay 225,000\u00a0UZS" in form
    assert 'href="/en/info/terms/"' in form
    assert 'href="/en/info/privacy/"' in form


def test_customer_delivers_to_a_pickup_point_without_a_street(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    buyer.post("/en/checkout/", WHERE | {"street": "", "house": ""})
    seller = world.sellers[0].id

    refused = buyer.post("/en/checkout/", {"action": "how", f"delivery-{seller}": "COURIER:own:"})
    assert refused.status_code == 422
    assert "The courier needs the street and the house." in refused.content.decode()
    buyer.post(
        "/en/checkout/",
        {"action": "how", f"delivery-{seller}": f"PICKUP:own:{world.pickup.id}"},
    )
    page = buyer.get("/en/checkout/").content.decode()
    buyer.post("/en/checkout/", place_data(page))

    order = OrderGroup.objects.get().orders.get()
    assert (order.delivery_kind, order.pickup_point_id) == ("PICKUP", world.pickup.id)
    assert order.delivery_price == Money(12_000_00, "UZS")


def test_saved_address_fills_the_first_part(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    address = Address.objects.create(user=world.buyer, **ADDRESS)

    buyer.post("/en/checkout/", {"action": "saved", "address_id": str(address.id)})

    assert Checkout.objects.get().address == ADDRESS


def test_foreign_saved_address_is_not_found(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    from marketplace.tests.world import make_user

    stranger = make_user("stranger@people.example")
    address = Address.objects.create(user=stranger, **ADDRESS)

    answer = buyer.post("/en/checkout/", {"action": "saved", "address_id": str(address.id)})

    assert answer.status_code == 404
    assert Checkout.objects.filter(address=ADDRESS).count() == 0


def test_missing_fields_are_named_beside_them_and_on_top(client: Client, world: World) -> None:
    add(client, world.offers[0])

    answer = client.post("/en/checkout/", {"action": "where", "country": "UZ", "phone": "12"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_email"' in page
    assert 'href="#id_recipient_name"' in page
    assert "Enter a phone number such as +998 90 123 45 67." in page
    assert Checkout.objects.get().address == {}


def test_empty_cart_leads_back_with_a_word(client: Client, world: World) -> None:
    answer = client.get("/en/checkout/", follow=True)

    assert answer.redirect_chain == [("/en/cart/", 302)]
    assert "The cart is empty. Put something in first." in answer.content.decode()


def test_pay_pressed_twice_and_in_two_tabs_is_one_order(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    data = place_data(fill(buyer, world))
    other_tab = place_data(buyer.get("/en/checkout/").content.decode())

    answers = [buyer.post("/en/checkout/", sent) for sent in (data, data, other_tab)]

    group = OrderGroup.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/en/orders/{group.id}/payment/?start=1"}
    assert PaymentAttempt.objects.count() == 1


def test_changed_price_asks_again_with_both_sums(buyer: Client, world: World) -> None:

    add(buyer, world.offers[0])
    data = place_data(fill(buyer, world))
    _reprice(world.offers[0], Money(110_000_00, "UZS"))

    answer = buyer.post("/en/checkout/", data)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The sum was 125,000\u00a0UZS, now it is 135,000\u00a0UZS" in page
    assert OrderGroup.objects.count() == 0
    buyer.post("/en/checkout/", place_data(page))
    assert OrderGroup.objects.get().total == Money(135_000_00, "UZS")


def _reprice(offer: Offer, price: Money) -> None:
    Offer.objects.filter(id=offer.id).update(price_minor=price.minor)


def test_sold_out_meanwhile_leads_to_the_marked_line(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    data = place_data(fill(buyer, world))
    Offer.objects.filter(id=world.offers[0].id).update(is_active=False)

    answer = buyer.post("/en/checkout/", data, follow=True)

    assert answer.redirect_chain == [("/en/cart/", 302)]
    assert "Sold out or not for sale any more." in answer.content.decode()
    assert OrderGroup.objects.count() == 0


@pytest.mark.parametrize("checkout_id", ["", "nonsense", "0191d1a0-0000-7000-8000-000000000000"])
def test_foreign_checkout_is_refused_with_nothing_lost(
    buyer: Client, world: World, checkout_id: str
) -> None:
    add(buyer, world.offers[0])
    fill(buyer, world)

    answer = buyer.post(
        "/en/checkout/",
        {"action": "place", "checkout_id": checkout_id, "digest": "x"},
        follow=True,
    )

    assert "Nothing was charged." in answer.content.decode()
    assert OrderGroup.objects.count() == 0
    assert Checkout.objects.get().address["city"] == "Toshkent"


def test_expired_session_keeps_the_cart_of_the_customer(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    data = place_data(fill(buyer, world))
    buyer.logout()

    answer = buyer.post("/en/checkout/", data, follow=True)

    assert "Nothing was charged." in answer.content.decode()
    assert OrderGroup.objects.count() == 0
    assert Checkout.objects.get().state == "OPEN"


def test_price_sent_by_the_client_is_ignored(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    data = place_data(fill(buyer, world)) | {"total": "1", "price": "1", "unit_minor": "1"}

    buyer.post("/en/checkout/", data)

    group = OrderGroup.objects.get()
    assert group.total == Money(125_000_00, "UZS")
    assert group.status == GroupStatus.AWAITING_PAYMENT

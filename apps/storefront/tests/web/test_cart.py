"""The cart's page and forms: guests, customers, refusals, changes explained."""

import json
import re
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.catalog.models import Offer
from apps.orders.models import Cart, CartLine
from apps.storefront.tests.web.trade import SAME_ORIGIN, add
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def buyer(world: World) -> Client:
    client = Client()
    client.force_login(world.buyer)
    return client


def test_guest_adds_an_offer_and_gets_a_cart_of_its_own(client: Client, world: World) -> None:
    answer = add(client, world.offers[0], 2)

    cookie = answer.cookies["cart_token"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 7_776_000)
    line = CartLine.objects.get()
    assert (line.cart.user_id, line.offer_id, line.quantity) == (None, world.offers[0].id, 2)
    page = client.get("/en/cart/")
    assert page["Cache-Control"] == "private, no-store"
    assert "Thing T11" in page.content.decode()


def test_second_guest_sees_an_empty_cart(client: Client, world: World) -> None:
    add(client, world.offers[0])

    assert "Thing T11" not in Client().get("/en/cart/").content.decode()


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000", "NaN", "abc", "", "1.5", "²"])
def test_quantity_that_is_none_is_refused_and_changes_nothing(
    client: Client, world: World, quantity: str
) -> None:
    answer = add(client, world.offers[0], quantity)

    assert answer.status_code == 302
    assert "Choose a quantity from 1 to 99." in client.get("/en/cart/").content.decode()
    assert CartLine.objects.count() == 0


@pytest.mark.parametrize("offer_id", [str(UUID(int=7)), "nonsense", ""])
def test_unknown_offer_is_refused_and_changes_nothing(
    client: Client, world: World, offer_id: str
) -> None:
    add(client, offer_id)

    assert "This is not for sale any more." in client.get("/en/cart/").content.decode()
    assert Cart.objects.count() == 0


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "null"}, {}])
def test_adding_from_a_foreign_page_is_forbidden(
    client: Client, world: World, headers: dict[str, str]
) -> None:
    answer = client.post(
        "/en/cart/add/", {"offer_id": str(world.offers[0].id), "quantity": "1"}, headers=headers
    )

    assert answer.status_code == 403
    assert Cart.objects.count() == 0


def test_adding_leads_back_to_own_pages_only(client: Client, world: World) -> None:
    data = {"offer_id": str(world.offers[0].id), "quantity": "1"}

    own = client.post("/en/cart/add/", data | {"next": "/en/"}, headers=SAME_ORIGIN)
    foreign = client.post(
        "/en/cart/add/", data | {"next": "https://evil.example/"}, headers=SAME_ORIGIN
    )

    assert (own["Location"], foreign["Location"]) == ("/en/", "/en/cart/")


def test_adding_by_htmx_tells_the_header(client: Client, world: World) -> None:
    answer = add(client, world.offers[0], HTTP_HX_REQUEST="true")

    assert answer.status_code == 204
    happened = json.loads(answer["HX-Trigger"])
    assert happened["notice"]["kind"] == "success"
    assert happened["cart-changed"] == {
        "offer_id": str(world.offers[0].id),
        "quantity": 1,
        "maximum": 99,
    }


def test_units_of_an_offer_are_set_from_a_card_and_taken_out_at_zero(
    buyer: Client, world: World
) -> None:
    offer_id = str(world.offers[0].id)
    add(buyer, world.offers[0])

    def set_units(quantity: str, **headers: str) -> HttpResponse:
        data = {"offer_id": offer_id, "quantity": quantity}
        return buyer.post("/en/cart/units/", data, headers=SAME_ORIGIN | headers)

    refused = set_units("100", **{"HX-Request": "true"})
    set_units("3", **{"HX-Request": "true"})
    kept = CartLine.objects.get().quantity
    set_units("0")
    gone = set_units("1")

    assert (refused.status_code, kept, gone.status_code) == (422, 3, 404)
    assert "1 to 99" in refused["HX-Trigger"]
    assert CartLine.objects.count() == 0
    assert buyer.post("/en/cart/units/", {"offer_id": offer_id, "quantity": "1"}).status_code == 403


def test_line_is_changed_saved_restored_and_removed(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    line = CartLine.objects.get()
    url = f"/en/cart/lines/{line.id}/"

    buyer.post(url, {"action": "quantity", "quantity": "3"})
    line.refresh_from_db()
    assert line.quantity == 3
    buyer.post(url, {"action": "save"})
    line.refresh_from_db()
    assert line.is_saved_for_later
    answer = buyer.post(url, {"action": "restore"}, HTTP_HX_REQUEST="true")
    line.refresh_from_db()
    assert not line.is_saved_for_later
    assert answer["HX-Trigger"] == "cart-changed"
    assert answer.content.decode().lstrip().startswith('<div class="cart stack" id="cart">')
    buyer.post(url, {"action": "remove"})
    assert CartLine.objects.count() == 0


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000", "NaN", "abc"])
def test_wrong_quantity_of_a_line_leaves_it(buyer: Client, world: World, quantity: str) -> None:
    add(buyer, world.offers[0], 2)
    line = CartLine.objects.get()

    buyer.post(f"/en/cart/lines/{line.id}/", {"action": "quantity", "quantity": quantity})

    line.refresh_from_db()
    assert line.quantity == 2
    assert "Choose a quantity from 1 to 99." in buyer.get("/en/cart/").content.decode()


def test_foreign_line_is_not_found(buyer: Client, client: Client, world: World) -> None:
    add(client, world.offers[0])
    line = CartLine.objects.get()

    answer = buyer.post(f"/en/cart/lines/{line.id}/", {"action": "remove"})

    assert answer.status_code == 404
    assert CartLine.objects.filter(id=line.id).exists()


def test_changed_price_is_explained_until_accepted(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    CartLine.objects.update(seen_price_minor=120_000_00)
    buyer.cookies["currency"] = "UZS"

    page = buyer.get("/en/cart/").content.decode()
    assert "The price was 120,000\u00a0UZS, now it is 100,000\u00a0UZS." in page
    buyer.post("/en/cart/accept/")

    assert CartLine.objects.get().seen_price_minor == 100_000_00
    assert "The price was" not in buyer.get("/en/cart/").content.decode()


def test_struck_prices_stand_beside_the_lines_and_their_saving_in_the_summary(
    buyer: Client, world: World
) -> None:
    buyer.cookies["currency"] = "UZS"
    add(buyer, world.offers[0], 2)
    add(buyer, world.offers[1])
    assert "You save" not in buyer.get("/en/cart/").content.decode()
    Offer.objects.filter(id=world.offers[0].id).update(old_price_minor=125_000_00)

    page = buyer.get("/en/cart/").content.decode()

    assert page.count("250,000\u00a0UZS</s>") == 1
    summary = _words(page.partition('class="summary"')[2].partition("</dl>")[0])
    assert summary == (
        "3 items 450,000\u00a0UZS You save −50,000\u00a0UZS Delivery at the next step"
        " Goods together 400,000\u00a0UZS"
    )


def test_sold_out_line_saves_nothing(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    add(buyer, world.offers[1])
    Offer.objects.filter(id=world.offers[0].id).update(old_price_minor=125_000_00, is_active=False)

    page = buyer.get("/en/cart/").content.decode()

    assert "You save" not in page
    assert "125,000" not in page


def _words(html: str) -> str:
    text = re.sub(r"<[^>]+>", "", re.sub(r"(</?d[tdl]|</?div)[^>]*>", " ", html)).partition(">")[2]
    return " ".join(re.split(r"[ \n]+", text.strip()))


def test_short_stock_blocks_the_checkout_until_accepted(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0], 12)

    page = buyer.get("/en/cart/").content.decode()
    assert "Only 10 are left." in page
    assert 'href="/en/checkout/"' not in page
    buyer.post("/en/cart/accept/")

    assert CartLine.objects.get().quantity == 10
    assert 'href="/en/checkout/"' in buyer.get("/en/cart/").content.decode()


def test_sold_out_line_stays_visible_and_out_of_the_sum(buyer: Client, world: World) -> None:
    add(buyer, world.offers[0])
    add(buyer, world.offers[1])
    Offer.objects.filter(id=world.offers[0].id).update(is_active=False)

    page = buyer.get("/en/cart/").content.decode()

    assert "Sold out or not for sale any more." in page
    buyer.post("/en/cart/accept/")
    assert CartLine.objects.get(offer=world.offers[0]).is_saved_for_later


def test_cart_costs_the_same_queries_for_one_line_and_three(
    buyer: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    add(buyer, world.offers[0])
    buyer.get("/en/cart/")
    with django_assert_num_queries(QUERIES):
        buyer.get("/en/cart/")
    add(buyer, world.offers[1])
    add(buyer, world.offers[2])
    buyer.get("/en/cart/")
    with django_assert_num_queries(QUERIES):
        buyer.get("/en/cart/")


QUERIES = 5


def test_guest_cart_is_merged_at_sign_in_and_its_cookie_dropped(
    client: Client, world: World, buyer: Client
) -> None:
    add(buyer, world.offers[0], 1)
    add(client, world.offers[0], 3)
    add(client, world.offers[2], 1)

    answer = client.post(
        "/en/account/login/",
        {"login": "buyer@people.example", "password": "correct horse battery"},
    )

    assert answer.status_code == 302
    assert answer.cookies["cart_token"].value == ""
    lines = CartLine.objects.filter(cart__user=world.buyer)
    assert dict(lines.values_list("offer_id", "quantity")) == {
        world.offers[0].id: 3,
        world.offers[2].id: 1,
    }
    assert Cart.objects.filter(user=None).count() == 0

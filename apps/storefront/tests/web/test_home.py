"""The front page: public, whole, the same cost for any number of cards."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from apps.catalog.models import ListingCard
from apps.catalog.services import shelves
from apps.orders.services import carts
from marketplace.tests.world import NOW, World, make_world

pytestmark = pytest.mark.django_db
# The ids of three shelves, the cards.
QUERIES = 2


@pytest.fixture
def world() -> World:
    cache.clear()
    return make_world(offers_each=2)


def test_home_may_be_cached_and_sets_no_cookie(client: Client, world: World) -> None:
    response = client.get("/en/")

    assert response.status_code == 200
    assert response["Cache-Control"] == "public, no-cache"
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.content.decode()


def test_home_shows_prices_in_the_currency_of_the_cookie(client: Client, world: World) -> None:
    client.cookies["currency"] = "UZS"
    assert "100,000" in client.get("/en/").content.decode()

    client.cookies["currency"] = "USD"
    assert "$8.00" in _text(client.get("/en/"))


def test_deals_are_absent_without_an_old_price(client: Client, world: World) -> None:
    assert "Deals of the day" not in client.get("/en/").content.decode()

    ListingCard.objects.filter(product_id=world.offers[0].variant.product_id).update(
        old_price_minor=200_000_00
    )

    assert "Up to 50% off today" in client.get("/en/").content.decode()


def test_home_of_an_empty_shop_says_so(client: Client) -> None:
    cache.clear()

    assert "The shelves are empty" in client.get("/en/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_home_costs_the_same_for_any_number_of_cards(
    client: Client, world: World, count: int, django_assert_num_queries: Any
) -> None:
    shown = [offer.variant.product_id for offer in world.offers[:count]]
    ListingCard.objects.exclude(product_id__in=shown).update(is_visible=False)
    client.get("/en/")

    with django_assert_num_queries(QUERIES):
        response = client.get("/en/")

    assert response.content.decode().count('class="card"') == 2 * count


def test_continue_shows_own_viewed_products_and_cart(client: Client, world: World) -> None:
    assert world.buyer is not None
    product = world.offers[0].variant.product
    shelves.note_viewed(user_id=world.buyer.id, product_id=product.id, now=NOW)
    carts.add_line(viewer=world.viewer(), offer_id=world.offers[1].id, quantity=2, now=NOW)

    assert client.get("/en/me/continue/").content.decode().strip() == ""
    client.force_login(world.buyer)
    response = client.get("/en/me/continue/")

    assert response["Cache-Control"] == "private, no-store"
    assert "Thing T11" in response.content.decode()
    assert "2 items wait in the cart" in response.content.decode()


def _text(response: Any) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())

"""Favourites: one's own list, guests led to sign in, foreign pages refused."""

from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client

from apps.catalog.models import Favorite
from apps.catalog.services import shelves
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
PATH = "/en/favourites/set/"


@pytest.fixture
def world() -> World:
    cache.clear()
    return make_world(offers_each=2)


def form(world: World, **extra: str) -> dict[str, str]:
    product_id = str(world.offers[0].variant.product_id)
    return {"product_id": product_id, "is_favorite": "1", "next": "/en/cart/"} | extra


def test_favorite_is_kept_and_taken_off_again(client: Client, world: World) -> None:
    assert world.buyer is not None
    client.force_login(world.buyer)

    response = client.post(PATH, form(world), headers=SAME_ORIGIN)

    assert (response.status_code, response["Location"]) == (302, "/en/cart/")
    assert Favorite.objects.filter(user=world.buyer).count() == 1
    client.post(PATH, form(world, is_favorite="0"), headers=SAME_ORIGIN)
    assert Favorite.objects.count() == 0


def test_guest_is_led_to_sign_in_and_nothing_is_kept(client: Client, world: World) -> None:
    response = client.post(PATH, form(world), headers=SAME_ORIGIN)

    assert response.status_code == 302
    assert response["Location"] == "/en/account/login/?next=%2Fen%2Fcart%2F"
    assert Favorite.objects.count() == 0


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {}])
def test_foreign_origin_is_refused(client: Client, world: World, headers: dict[str, str]) -> None:
    assert world.buyer is not None
    client.force_login(world.buyer)

    assert client.post(PATH, form(world), headers=headers).status_code == 403
    assert Favorite.objects.count() == 0


@pytest.mark.parametrize("product_id", ["", "x", "\0", str(UUID(int=7))])
def test_unknown_product_is_not_found(client: Client, world: World, product_id: str) -> None:
    assert world.buyer is not None
    client.force_login(world.buyer)

    response = client.post(PATH, form(world, product_id=product_id), headers=SAME_ORIGIN)

    assert response.status_code == 404
    assert Favorite.objects.count() == 0


def test_foreign_next_is_not_followed(client: Client, world: World) -> None:
    assert world.buyer is not None
    client.force_login(world.buyer)

    response = client.post(PATH, form(world, next="https://evil.example/"), headers=SAME_ORIGIN)

    assert response["Location"] == "/en/favourites/"


def test_list_shows_only_the_own(client: Client, world: World) -> None:
    other = make_user("other@people.example")
    shelves.set_favorite(
        user_id=other.id, product_id=world.offers[0].variant.product_id, is_favorite=True
    )
    assert world.buyer is not None
    client.force_login(world.buyer)

    page = client.get("/en/favourites/")

    assert page["Cache-Control"] == "private, no-store"
    assert page.context["favorites"] == []
    assert "Nothing here yet" in page.content.decode()


def test_list_tells_a_guest_to_sign_in(client: Client, world: World) -> None:
    page = client.get("/en/favourites/").content.decode()

    assert "Sign in to keep favourites" in page
    assert "/en/account/login/?next=%2Fen%2Ffavourites%2F" in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number(
    client: Client, world: World, count: int, django_assert_num_queries: Any
) -> None:
    assert world.buyer is not None
    client.force_login(world.buyer)
    for offer in world.offers[:count]:
        shelves.set_favorite(
            user_id=world.buyer.id, product_id=offer.variant.product_id, is_favorite=True
        )
    client.get("/en/favourites/")

    # The session comes from the cache; the account, the list, its cards.
    with django_assert_num_queries(3):
        page = client.get("/en/favourites/")

    assert len(page.context["favorites"]) == count

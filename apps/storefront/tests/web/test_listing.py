"""Listings and searches: nothing in an address fails, and what is asked for is what is shown."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import (
    Attribute,
    AttributeOption,
    Brand,
    CategoryAttribute,
    ListingCard,
    Product,
)
from apps.search import services as search
from apps.storefront import listing_page
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
CATEGORY = "/en/c/things/"
SEARCH = "/en/search/"
# Cards, the names of filters.
QUERIES = 2


@pytest.fixture
def world() -> World:
    cache.clear()
    world = make_world(offers_each=2)
    color = Attribute.objects.create(code="color", kind="CHOICE", labels={"en": "Color"})
    for option in ("red", "blue"):
        AttributeOption.objects.create(
            attribute=color, code=option, labels={"en": option.title()}, swatch="#123456"
        )
    CategoryAttribute.objects.create(category=world.category, attribute=color)
    for number, offer in enumerate(world.offers):
        value = "red" if number % 2 else "blue"
        Product.objects.filter(id=offer.variant.product_id).update(attributes={"color": value})
    brand = Brand.objects.create(name="Nurli", slug="nurli")
    ListingCard.objects.all().update(brand_id=brand.id, brand_name=brand.name)
    search.rebuild()
    return world


def titles(page: str) -> list[str]:
    return re.findall(r'class="card__title">([^<]*)<', page)


def test_category_may_be_cached_and_sets_no_cookie(client: Client, world: World) -> None:
    response = client.get(CATEGORY)

    assert response.status_code == 200
    assert response["Cache-Control"] == "public, no-cache"
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert len(titles(response.content.decode())) == 4


def test_unknown_category_is_not_found(client: Client, world: World) -> None:
    assert client.get("/en/c/nothing/").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "price_from=NaN",
        "price_from=1e309&price_to=-1",
        "price_from=99999999999999999999999",
        "price_to=9999999999999",
        "page=-1",
        "page=abc",
        "page=41",
        "page=99999999",
        "sort=DROP%20TABLE",
        "q=%00",
        "q=" + "long " * 300,
        "brand=-1",
        "brand=999999999999999999",
        "seller=x",
        "f.color=%00",
        "f.%00=red",
        "f.=red",
        "rating=500",
        "category=%00",
        "category=nothing",
        "in_stock=maybe",
        "q=%27%3B%20DROP%20TABLE--&sort=relevance",
    ],
)
@pytest.mark.parametrize("path", [CATEGORY, SEARCH])
def test_bad_parameter_never_fails(client: Client, world: World, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code == 200


def test_ignored_parameter_is_explained(client: Client, world: World) -> None:
    page = client.get(f"{CATEGORY}?price_from=NaN&page=-1").content.decode()

    assert "“NaN” cannot be used as the lowest price" in page
    assert "“-1” cannot be used as a page number" in page
    assert len(titles(page)) == 4


def test_price_is_read_in_the_currency_of_the_visitor(client: Client, world: World) -> None:
    # 100,000 soʻm are $8.00; 990 roubles are 148,500 soʻm: $11.88.
    client.cookies["currency"] = "USD"

    exact = client.get(f"{CATEGORY}?price_from=8&price_to=8").content.decode()
    above = client.get(f"{CATEGORY}?price_from=8.01&price_to=11.88").content.decode()

    assert titles(exact) == ["Thing T11"]
    assert titles(above) == ["Thing T21"]


def test_sort_by_price_goes_both_ways(client: Client, world: World) -> None:
    up = titles(client.get(f"{CATEGORY}?sort=cheap").content.decode())
    down = titles(client.get(f"{CATEGORY}?sort=expensive").content.decode())

    assert up == ["Thing T11", "Thing T21", "Thing T12", "Thing T22"]
    assert down == up[::-1]


def test_attribute_filter_counts_and_becomes_a_chip(client: Client, world: World) -> None:
    page = client.get(f"{CATEGORY}?f.color=red&sort=cheap").content.decode()

    assert titles(page) == ["Thing T12", "Thing T22"]
    assert "Color: Red" in page
    assert f'href="{CATEGORY}?sort=cheap"' in page
    assert "noindex" in page


def test_plain_category_is_for_search_engines_with_its_languages(
    client: Client, world: World
) -> None:
    page = client.get(CATEGORY).content.decode()

    assert "noindex" not in page
    assert 'rel="canonical" href="http://' in page
    assert re.findall(r'hreflang="(\w\w)" href="[^"]*?(/\w\w/c/things/)"', page) == [
        ("en", "/en/c/things/"),
        ("ru", "/ru/c/things/"),
        ("uz", "/uz/c/things/"),
    ]


def test_page_beyond_the_last_becomes_the_first(client: Client, world: World) -> None:
    page = client.get(f"{CATEGORY}?page=7").content.decode()

    assert "There is no page 7" in page
    assert len(titles(page)) == 4


def test_pages_are_plain_links(client: Client, world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(listing_page, "PAGE_SIZE", 3)

    one = client.get(f"{CATEGORY}?sort=cheap").content.decode()
    two = client.get(f"{CATEGORY}?sort=cheap&page=2").content.decode()

    assert titles(one) == ["Thing T11", "Thing T21", "Thing T12"]
    assert f'href="{CATEGORY}?sort=cheap&amp;page=2"' in one
    assert titles(two) == ["Thing T22"]
    assert f'href="{CATEGORY}?sort=cheap" rel="prev"' in two


def test_search_finds_by_words_and_offers_the_nearest_without_filters(
    client: Client, world: World
) -> None:
    found = client.get(f"{SEARCH}?q=T11").content.decode()
    missed = client.get(f"{SEARCH}?q=T11&rating=5").content.decode()

    assert titles(found)[0] == "Thing T11"
    assert "Nothing fits all of these filters" in missed
    assert "The nearest without filters" in missed
    assert "Thing T11" in titles(missed)


def test_search_without_hits_shows_what_is_popular(client: Client, world: World) -> None:
    page = client.get(f"{SEARCH}?q=qwzxqwzx").content.decode()

    assert "Nothing found for “qwzxqwzx”" in page
    assert "Popular now" in page


def test_text_of_the_visitor_is_escaped(client: Client, world: World) -> None:
    page = client.get(SEARCH, {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_listing_costs_the_same_for_any_number_of_cards(
    client: Client, world: World, count: int
) -> None:
    shown = [offer.variant.product_id for offer in world.offers[:count]]
    ListingCard.objects.exclude(product_id__in=shown).update(is_visible=False)
    client.get(CATEGORY)

    with CaptureQueriesContext(connection) as queries:
        page = client.get(CATEGORY).content.decode()

    own = [query for query in queries if "search_search" not in query["sql"]]
    assert len(titles(page)) == count
    assert len(own) == QUERIES


def test_suggestions_are_a_public_fragment(client: Client, world: World) -> None:
    response = client.get(f"{SEARCH}suggest/?q=%00")

    assert response.status_code == 200
    assert response["Cache-Control"] == "public, no-cache"
    assert "<html" not in response.content.decode()

"""Search over the API."""

from typing import Any

import pytest
from django.test import Client

from apps.core.services.relay import deliver_all
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
URL = "/api/v1/search/"


def indexed_world(*, offers_each: int) -> World:
    world = make_world(offers_each=offers_each)
    deliver_all()
    return world


def test_search_answers_skus_prices_totals_and_facets(client: Client) -> None:
    world = indexed_world(offers_each=1)

    answer = client.get(URL, {"q": "T11", "limit": 100})

    assert answer.status_code == 200
    body = answer.json()
    assert (body["total"], body["is_total_exact"], body["corrected"]) == (1, True, None)
    hit = body["results"][0]
    assert hit["sku"] == "T11"
    assert hit["product_id"] == str(world.offers[0].variant.product_id)
    assert hit["title"] == "Thing T11"
    assert hit["price"] == {"amount_minor": 100_000_00, "currency": "UZS"}
    assert body["facets"]["sellers"] == {str(world.sellers[0].id): 1}
    assert body["facets"]["category_paths"] == {world.category.path: 1}


def test_search_correction_is_told(client: Client) -> None:
    indexed_world(offers_each=1)

    assert client.get(URL, {"q": "thnig"}).json()["corrected"] == "thing"


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"offset": "100000"}, "offset"),
        ({"sort": "BEST"}, "sort"),
        ({"q": "x" * 257}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"price_from": "9", "price_to": "8"}, "price_to"),
        ({"price_from": "1e3"}, "price_from"),
        ({"rating_from": "6"}, "rating_from"),
        ({"brand": "apple"}, "brand"),
        ({"brand": "99999999999999999999"}, "brand"),
        ({"seller": "1"}, "seller"),
        ({"facet": "color"}, "facet"),
        ({"category_path": "%"}, "category_path"),
        ({"language": "de"}, "language"),
        ({"in_stock": "perhaps"}, "in_stock"),
    ],
)
def test_search_parameter_out_of_range_is_named(
    client: Client, parameters: dict[str, str], field: str
) -> None:
    answer = client.get(URL, parameters)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], list(answer.json()["errors"])) == ("input.invalid", [field])


def test_search_filters_are_read(client: Client) -> None:
    world = indexed_world(offers_each=2)

    answer = client.get(
        URL, {"seller": [str(world.sellers[1].id)], "sort": "PRICE_UP", "in_stock": "true"}
    )

    assert [hit["sku"] for hit in answer.json()["results"]] == ["T21", "T22"]


def test_search_one_and_four_rows_take_the_same_queries(
    client: Client, django_assert_num_queries: Any
) -> None:
    indexed_world(offers_each=2)

    with django_assert_num_queries(4):
        assert len(client.get(URL, {"q": "T11"}).json()["results"]) == 1
    with django_assert_num_queries(4):
        assert len(client.get(URL, {"q": "thing"}).json()["results"]) == 4


def test_suggest_answers_lines(client: Client) -> None:
    indexed_world(offers_each=1)

    body = client.get(URL + "suggest/", {"q": "thi", "limit": 3}).json()

    assert body["suggestions"][0] == {
        "text": "thing",
        "kind": "query",
        "category_code": "",
        "product_id": None,
        "brand_id": None,
    }
    assert client.get(URL + "suggest/", {"limit": 99}).status_code == 422


@pytest.mark.parametrize("name", ["language", "sort", "limit", "brand", "facet", "in_stock"])
def test_empty_parameter_is_no_value_and_is_refused_by_its_name(client: Client, name: str) -> None:
    answer = client.get(URL, {"q": "thing", name: ""})

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [name]


def test_suggest_in_no_language_is_refused(client: Client) -> None:
    answer = client.get(URL + "suggest/", {"q": "thi", "language": ""})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["language"])


def test_list_takes_every_value_of_its_name_and_others_the_last(client: Client) -> None:
    answer = client.get(URL + "?q=thing&brand=1&brand=x&limit=x&limit=2")

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["brand"]

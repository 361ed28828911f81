"""A seller's orders over the API: the same powers, the same refusals, once per key."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.orders.models import Order
from apps.orders.tests.services.fulfilling import confirmed_order, fresh, paid_order, quantities
from apps.seller_centre.tests.shop import member_user, owner_user
from apps.sellers.types import MemberRole
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db

LIST_QUERIES = 9


@pytest.fixture
def world() -> World:
    return make_world(offers_each=3)


@pytest.fixture
def api(world: World) -> ApiClient:
    return ApiClient(owner_user(world.sellers[0]))


def listed(api: ApiClient, world: World, query: str = "") -> Any:
    return api.get(f"seller/orders/?seller_id={world.sellers[0].id}{query}")


def items(order: Order, *counts: int) -> list[dict[str, Any]]:
    lines = order.lines.order_by("id")
    return [
        {"line_id": str(line.id), "quantity": count}
        for line, count in zip(lines, counts, strict=True)
        if count
    ]


def do(api: ApiClient, order: Order, deed: str, body: Any = None, key: str = "k1") -> Any:
    return api.post(f"seller/orders/{order.id}/{deed}/", body, Idempotency_Key=key)


def test_shops_are_those_i_work_for(world: World, api: ApiClient) -> None:
    assert api.get("seller/shops/").json() == {
        "results": [
            {
                "seller_id": str(world.sellers[0].id),
                "name": "Shop 1",
                "status": "ACTIVE",
                "role": "OWNER",
            }
        ]
    }


def test_queue_and_order_show_lines_clock_and_money(world: World, api: ApiClient) -> None:
    order = paid_order(world, offers=(0, 1), quantity=2)

    body = listed(api, world).json()
    one = api.get(f"seller/orders/{order.id}/").json()

    assert [row["number"] for row in body["results"]] == [order.number]
    assert body["next_before"] is None
    assert one == body["results"][0]
    assert (one["status"], one["can_confirm"], one["can_ship"]) == ("PAID", True, False)
    assert [row["unshipped_quantity"] for row in one["lines"]] == [2, 2]
    assert one["economics"]["payout"] == {"amount_minor": 54_000_000, "currency": "UZS"}
    assert one["ship_to"]["street"] == "Bobur"
    assert one["due_at"] is not None


def test_tab_filters_and_pages_follow(world: World, api: ApiClient) -> None:
    orders = [paid_order(world) for _ in range(3)]

    first = listed(api, world, "&limit=2&tab=to_confirm").json()
    second = listed(api, world, f"&limit=2&before={first['next_before']}").json()

    found = [row["number"] for row in (*first["results"], *second["results"])]
    assert found == [order.number for order in reversed(orders)]
    assert listed(api, world, "&tab=to_ship").json()["results"] == []
    assert listed(api, world, "&tab=none").status_code == 422
    assert listed(api, world, "&limit=0").status_code == 422


def test_text_finds_by_number_goods_and_recipient_where_the_role_packs(
    world: World, api: ApiClient
) -> None:
    order, other = paid_order(world), paid_order(world, offers=(1,))
    finance = ApiClient(member_user(world.sellers[0], MemberRole.FINANCE))

    def numbers(client: ApiClient, query: str) -> list[str]:
        return [row["number"] for row in listed(client, world, query).json()["results"]]

    assert numbers(api, f"&q={order.number}") == [order.number]
    assert numbers(api, "&q=S-T12") == [other.number]
    assert numbers(api, "&q=karimova&tab=to_confirm") == [other.number, order.number]
    assert numbers(api, "&q=karimova&tab=to_ship") == []
    assert numbers(finance, "&q=karimova") == []
    assert numbers(finance, "&q=") == [other.number, order.number]
    assert listed(api, world, f"&q={'x' * 101}").status_code == 422


def test_order_goes_from_confirmed_over_one_parcel_to_shipped(world: World, api: ApiClient) -> None:
    order = paid_order(world, offers=(0, 1), quantity=2)

    confirmed = do(api, order, "confirm", {})
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "PROCESSING")
    part = do(api, order, "ship", {"items": items(order, 1, 0)}, key="k2")
    assert [row["unshipped_quantity"] for row in part.json()["lines"]] == [1, 2]
    rest = do(api, order, "ship", {}, key="k3")

    assert rest.json()["status"] == "SHIPPED"
    assert len(rest.json()["parcels"]) == 2


def test_shipping_repeated_with_its_key_sends_one_parcel(world: World, api: ApiClient) -> None:
    order = confirmed_order(world, quantity=4)
    body = {"items": items(order, 1)}

    answers = [do(api, order, "ship", body) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replay"] == "true"
    assert quantities(order)[0][0] == 1


def test_units_are_cancelled_with_a_reason(world: World, api: ApiClient) -> None:
    order = confirmed_order(world, offers=(0, 1), quantity=2)

    part = do(api, order, "cancel", {"reason": "OUT_OF_STOCK", "items": items(order, 1, 0)})
    whole = do(api, order, "cancel", {"reason": "BY_SELLER"}, key="k2")

    assert part.json()["lines"][0]["cancelled_quantity"] == 1
    assert (whole.json()["status"], whole.json()["cancel_reason"]) == ("CANCELLED", "BY_SELLER")


@pytest.mark.parametrize(
    ("deed", "body", "status", "code"),
    [
        ("confirm", {"status": "SHIPPED"}, 422, "input.invalid"),
        ("ship", {"items": []}, 422, "input.invalid"),
        ("ship", {"items": [{"line_id": "x", "quantity": 1}]}, 422, "input.invalid"),
        ("ship", {"commission": 0}, 422, "input.invalid"),
        ("ship", {}, 409, "orders.move_not_allowed"),
        ("cancel", {}, 422, "input.invalid"),
        ("cancel", {"reason": "BY_BUYER"}, 422, "input.invalid"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    world: World, api: ApiClient, deed: str, body: Any, status: int, code: str
) -> None:
    order = paid_order(world)

    answer = do(api, order, deed, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert fresh(order).status == "PAID"


def test_more_units_than_are_left_are_refused(world: World, api: ApiClient) -> None:
    order = confirmed_order(world, quantity=2)
    twice = items(order, 2) * 2

    answer = do(api, order, "ship", {"items": twice})

    assert (answer.status_code, answer.json()["code"]) == (409, "orders.units_unavailable")
    assert quantities(order)[0][0] == 0


def test_strangers_find_nothing_and_guests_are_asked_who_they_are(world: World) -> None:
    order = paid_order(world)
    strangers = [
        world.buyer,
        owner_user(world.sellers[1]),
        make_user("staff@people.example", is_staff=True, is_superuser=True),
    ]

    for user in strangers:
        api = ApiClient(user)
        assert listed(api, world).status_code == 404
        assert api.get(f"seller/orders/{order.id}/").status_code == 404
        for deed, body in (("confirm", {}), ("ship", {}), ("cancel", {"reason": "BY_SELLER"})):
            assert do(api, order, deed, body).status_code == 404
    guest = ApiClient()
    assert guest.get("seller/shops/").status_code == 401
    assert listed(guest, world).status_code == 401
    assert do(guest, order, "confirm", {}).status_code == 401
    assert fresh(order).status == "PAID"


def test_roles_read_and_do_what_is_theirs(world: World) -> None:
    order = paid_order(world)
    keeper = ApiClient(member_user(world.sellers[0], MemberRole.STOCK))
    accountant = ApiClient(member_user(world.sellers[0], MemberRole.FINANCE))

    assert do(accountant, order, "confirm", {}).status_code == 404
    assert do(keeper, order, "cancel", {"reason": "BY_SELLER"}).status_code == 404
    assert accountant.get(f"seller/orders/{order.id}/").json()["ship_to"] is None
    seen = do(keeper, order, "confirm", {}, key="k2").json()

    assert (seen["status"], seen["economics"]) == ("PROCESSING", None)
    assert seen["ship_to"]["city"] == "Toshkent"


def test_queue_costs_the_same_for_one_order_and_three(
    world: World, api: ApiClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    paid_order(world)
    listed(api, world)
    with django_assert_num_queries(LIST_QUERIES):
        listed(api, world)
    with django_assert_num_queries(LIST_QUERIES):
        listed(api, world, "&q=thing")
    paid_order(world, offers=(0, 1))
    paid_order(world, offers=(0, 1, 2))
    with django_assert_num_queries(LIST_QUERIES):
        listed(api, world)

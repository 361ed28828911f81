"""A purchase over the API: cart, checkout, quote, order, pay, cancel."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Offer
from apps.orders.models import Cart, CartLine, Checkout, OrderGroup
from apps.payments.models import PaymentAttempt
from apps.payments.types import AttemptState
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import ADDRESS, World, make_user, make_world

EMAIL = "guest@people.example"
OPENING = {"currency": "UZS", "language": "en", "email": EMAIL, "address": ADDRESS}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_guest_buys_from_two_sellers_and_follows_the_order_by_token(world: World) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id, 2)
    guest.add(world.offers[2].id)
    checkout_id, quote = guest.quote()

    placed = guest.place(checkout_id, quote["digest"])

    assert placed.status_code == 202, placed.content
    body = placed.json()
    # 2 x 100,000 soʻm + 990 roubles at 150 soʻm + two deliveries of 25,000 soʻm.
    assert body["total"] == {"amount_minor": 398_500_00, "currency": "UZS"} == quote["total"]
    assert len(body["orders"]) == 2
    assert body["next_action"] == {"type": "wait", "url": f"/api/v1/orders/{body['id']}/"}
    assert ApiClient().get(f"orders/{body['id']}/").status_code == 404
    follower = ApiClient()
    follower.headers["X-Order-Token"] = body["order_token"]
    assert follower.get(f"orders/{body['id']}/").json()["status"] == "AWAITING_PAYMENT"
    PaymentAttempt.objects.update(
        state=AttemptState.REQUIRES_ACTION, redirect_url="https://pay.example/1"
    )
    assert follower.get(f"orders/{body['id']}/").json()["next_action"] == {
        "type": "redirect",
        "url": "https://pay.example/1",
    }
    again = follower.post(f"orders/{body['id']}/pay/", Idempotency_Key="p1")
    assert (again.status_code, PaymentAttempt.objects.count()) == (202, 1)
    gone = follower.post(f"orders/{body['id']}/cancel/", Idempotency_Key="c1")
    assert (gone.status_code, gone.json()["status"]) == (200, "CANCELLED")
    refused = follower.post(f"orders/{body['id']}/pay/", Idempotency_Key="p2")
    assert (refused.status_code, refused.json()["code"]) == (409, "orders.move_not_allowed")


def test_guest_cart_moves_into_the_customers_at_sign_in(world: World) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id, 3)
    customer = ApiClient(world.buyer)
    customer.headers["X-Cart-Token"] = guest.headers["X-Cart-Token"]

    merged = customer.post("cart/merge/")

    assert [line["quantity"] for line in merged.json()["lines"]] == [3]
    assert merged.json()["cart_token"] is None
    assert guest.get("cart/").json()["lines"] == []
    assert customer.post("cart/merge/").json() == merged.json()


def test_cookies_of_a_browser_count_for_nothing(world: World) -> None:
    guest = ApiClient()
    token = guest.add(world.offers[0].id).json()["cart_token"]
    browser = ApiClient()
    assert world.buyer is not None
    browser.client.force_login(world.buyer)
    browser.client.cookies["cart_token"] = token

    assert browser.get("me/").status_code == 401
    assert browser.get("orders/").status_code == 401
    assert browser.get("cart/").json() == {"lines": [], "cart_token": None}


def test_line_is_changed_and_taken_out(world: World) -> None:
    guest = ApiClient()
    line = guest.add(world.offers[0].id).json()["lines"][0]
    changed = guest.patch(f"cart/lines/{line['id']}/", {"quantity": 4, "is_saved_for_later": True})
    assert [(r["quantity"], r["is_saved_for_later"]) for r in changed.json()["lines"]] == [
        (4, True)
    ]
    assert guest.patch(f"cart/lines/{line['id']}/", {}).status_code == 422
    assert guest.delete(f"cart/lines/{line['id']}/").json()["lines"] == []
    assert guest.delete(f"cart/lines/{line['id']}/").status_code == 404


def test_delivery_options_are_per_seller_and_cheapest_first(world: World) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id)
    checkout_id, _quote = guest.quote()
    (found,) = guest.get(f"checkout/{checkout_id}/delivery-options/").json()["results"]
    assert [way["kind"] for way in found["options"]] == ["PICKUP", "COURIER"]
    assert world.pickup is not None
    choice = {
        "seller_id": found["seller_id"],
        "kind": "PICKUP",
        "carrier": "own",
        "pickup_point_id": str(world.pickup.id),
    }
    chosen = guest.patch(f"checkout/{checkout_id}/", {"deliveries": [choice]})
    assert chosen.status_code == 200
    quote = guest.post(f"checkout/{checkout_id}/quote/").json()
    assert quote["delivery"] == {"amount_minor": 12_000_00, "currency": "UZS"}


def test_purchase_costs_no_more_statements_than_it_needs(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    guest = ApiClient()
    with django_assert_max_num_queries(PUTTING_IN):
        guest.add(world.offers[0].id)
    with django_assert_max_num_queries(QUOTING):
        checkout_id, quote = guest.quote()
    with django_assert_max_num_queries(PLACING):
        assert guest.place(checkout_id, quote["digest"]).status_code == 202
    guest.add(world.offers[0].id)
    with django_assert_max_num_queries(QUOTING_AT_ONCE):
        assert guest.post("checkout/", OPENING).status_code == 201


def test_address_that_came_with_the_opening_is_quoted_at_once(world: World) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id, 2)
    guest.add(world.offers[2].id)

    opened = guest.post("checkout/", OPENING).json()

    assert opened["email"] == EMAIL
    assert opened["address"] == ADDRESS
    assert opened["quote"]["total"] == {"amount_minor": 398_500_00, "currency": "UZS"}
    assert guest.post(f"checkout/{opened['id']}/quote/").json() == opened["quote"]
    placed = guest.place(opened["id"], opened["quote"]["digest"])
    assert placed.status_code == 202, placed.content
    assert placed.json()["total"] == opened["quote"]["total"]


def test_opening_again_finds_the_open_checkout_and_changes_it(world: World) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id)
    first = guest.post("checkout/", {"currency": "RUB", "language": "ru"}).json()
    second = guest.post("checkout/", OPENING | {"address": ADDRESS | {"house": "7"}}).json()

    assert (first["currency"], first["quote"]) == ("RUB", None)
    assert second["id"] == first["id"]
    assert (second["currency"], second["language"]) == ("UZS", "en")
    shown = guest.get(f"checkout/{first['id']}/").json()
    assert (shown["email"], shown["address"]["house"]) == (EMAIL, "7")
    assert shown == {name: value for name, value in second.items() if name != "quote"}


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"address": ADDRESS | {"country": "AQ"}}, 422, "checkout.address_incomplete"),
        ({"address": ADDRESS | {"street": 7}}, 422, "input.invalid"),
        ({"email": "nobody"}, 422, "input.invalid"),
        ({"total": 1}, 422, "input.invalid"),
    ],
)
def test_refused_opening_leaves_nothing(
    world: World, wrong: dict[str, Any], status: int, code: str
) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id)

    refused = guest.post("checkout/", OPENING | wrong)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert not Checkout.objects.exists()


def test_opening_with_an_address_is_refused_where_the_goods_are_gone(world: World) -> None:
    guest = ApiClient()
    guest.add(world.offers[0].id)
    Offer.objects.filter(id=world.offers[0].id).update(is_active=False)

    refused = guest.post("checkout/", OPENING)

    assert (refused.status_code, refused.json()["code"]) == (409, "checkout.line_unavailable")
    assert not Checkout.objects.exists()
    assert ApiClient().post("checkout/", OPENING).json()["code"] == "checkout.cart_empty"


# Of one line; each with its savepoints, which are transactions outside of tests.
PUTTING_IN, QUOTING, QUOTING_AT_ONCE, PLACING = 13, 21, 8, 42


def _place(client: ApiClient, offer_id: Any) -> str:
    client.add(offer_id)
    checkout_id, quote = client.quote()
    return str(client.place(checkout_id, quote["digest"]).json()["id"])


def test_orders_are_listed_in_one_number_of_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    customer = ApiClient(world.buyer)
    _place(customer, world.offers[0].id)
    queries = 4
    with django_assert_num_queries(queries):
        assert len(customer.get("orders/").json()["results"]) == 1
    _place(customer, world.offers[1].id)
    _place(customer, world.offers[2].id)
    with django_assert_num_queries(queries):
        answer = customer.get("orders/").json()
    assert len(answer["results"]) == 3
    first = customer.get("orders/?limit=2").json()
    second = customer.get(first["next"].removeprefix("http://testserver")).json()
    assert [len(first["results"]), len(second["results"])] == [2, 1]


@pytest.mark.parametrize("who", ["anonymous", "other", "staff"])
def test_others_order_and_checkout_are_not_found(world: World, who: str) -> None:
    owner = ApiClient(world.buyer)
    owner.add(world.offers[0].id)
    line_id = owner.get("cart/").json()["lines"][0]["id"]
    checkout_id, quote = owner.quote()
    order_id = _place(ApiClient(make_user("third@people.example")), world.offers[1].id)
    stranger = {
        "anonymous": ApiClient,
        "other": lambda: ApiClient(make_user("other@people.example")),
        "staff": lambda: ApiClient(make_user("staff@people.example", is_staff=True)),
    }[who]()
    before = _state()
    statuses = [
        stranger.get(f"orders/{order_id}/").status_code,
        stranger.post(f"orders/{order_id}/pay/", Idempotency_Key="a").status_code,
        stranger.post(f"orders/{order_id}/cancel/", Idempotency_Key="b").status_code,
        stranger.get(f"checkout/{checkout_id}/").status_code,
        stranger.patch(f"checkout/{checkout_id}/", {"email": "x@y.example"}).status_code,
        stranger.get(f"checkout/{checkout_id}/delivery-options/").status_code,
        stranger.post(f"checkout/{checkout_id}/quote/").status_code,
        stranger.place(checkout_id, quote["digest"]).status_code,
        stranger.patch(f"cart/lines/{line_id}/", {"quantity": 9}).status_code,
        stranger.delete(f"cart/lines/{line_id}/").status_code,
    ]
    assert statuses == [404] * len(statuses)
    assert _state() == before


def test_staff_may_look_at_an_order_but_not_act_as_its_buyer(world: World) -> None:
    order_id = _place(ApiClient(world.buyer), world.offers[0].id)
    admin = make_user("root@people.example", is_staff=True, is_superuser=True)
    staff = ApiClient(admin)
    assert staff.get(f"orders/{order_id}/").status_code == 200
    assert staff.get("orders/").json()["results"] == []
    cancelled = staff.post(f"orders/{order_id}/cancel/", Idempotency_Key="b")
    assert cancelled.status_code == 404
    assert OrderGroup.objects.get().status == "AWAITING_PAYMENT"


def _state() -> list[Any]:
    return [
        list(OrderGroup.objects.values_list("id", "status")),
        list(CartLine.objects.values_list("id", "quantity")),
        list(Cart.objects.values_list("id", "token_version")),
        list(User.objects.values_list("id", "email").order_by("id"))[:1],
    ]


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("http://127.0.0.1:8000/en/orders/", True),
        ("https://evil.example/", False),
        ("http://127.0.0.1:8000@evil.example/", False),
        ("http://127.0.0.1:8000\\@evil.example/", False),
        ("//evil.example/", False),
        ("javascript:alert(1)", False),
        ("http://127.0.0.1:8000.evil.example/", False),
    ],
)
def test_return_address_must_be_ours(world: World, address: str, is_taken: bool) -> None:  # noqa: FBT001  a parameter of the table
    guest = ApiClient()
    guest.add(world.offers[0].id)
    checkout_id, quote = guest.quote()
    answer = guest.place(checkout_id, quote["digest"], return_url=address)
    assert answer.status_code == (202 if is_taken else 422)
    assert OrderGroup.objects.count() == int(is_taken)

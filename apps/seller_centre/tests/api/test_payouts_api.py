"""A shop's payouts over the API: the same powers, the same refusals, once per key."""

from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.payments.models import Payout, PayoutAccount, PayoutSchedule
from apps.payments.tests.payouts import ask_payout, balances, pay_in, plain_account, uzs
from apps.seller_centre.tests.shop import member_user, owner_user
from apps.sellers.types import MemberRole
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db

LIST_QUERIES = 3


@pytest.fixture
def world() -> World:
    world = make_world(offers_each=1)
    pay_in(world.sellers[0].id, uzs(1_000_000))
    plain_account(world.sellers[0].id)
    return world


@pytest.fixture
def api(world: World) -> ApiClient:
    return ApiClient(owner_user(world.sellers[0]))


def ask(api: ApiClient, world: World, key: str = "k", **body: Any) -> Any:
    given = {"seller_id": str(world.sellers[0].id), "currency": "UZS"} | body
    return api.post("seller/payouts/", given, Idempotency_Key=key)


def test_payout_is_asked_for_once_per_key(world: World, api: ApiClient) -> None:
    first = ask(api, world, amount_minor=40_000_000)
    again = ask(api, world, amount_minor=40_000_000)

    assert first.status_code == again.status_code == 201
    assert (again["Idempotent-Replay"], again.json()) == ("true", first.json())
    body = first.json()
    payout = Payout.objects.get()
    assert body["id"] == str(payout.id)
    assert body["amount"] == {"amount_minor": 40_000_000, "currency": "UZS"}
    assert (body["state"], body["origin"], body["account_last4"]) == ("CREATED", "MANUAL", "6789")
    assert balances(world.sellers[0].id, payout) == (60_000_000, 40_000_000)
    assert api.get(f"seller/payouts/{payout.id}/").json() == body


def test_payout_without_a_sum_takes_all(world: World, api: ApiClient) -> None:
    assert ask(api, world).json()["amount"]["amount_minor"] == 100_000_000


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount_minor": 100_000_001}, 409, "payouts.exceeds_balance"),
        ({"amount_minor": 1}, 422, "payouts.too_small"),
        ({"amount_minor": 0}, 422, "input.invalid"),
        ({"amount_minor": -5_000_000}, 422, "input.invalid"),
        ({"amount_minor": 5_000_000.0}, 422, "input.invalid"),
        ({"amount_minor": "5000000"}, 422, "input.invalid"),
        ({"amount_minor": True}, 422, "input.invalid"),
        ({"amount_minor": 10**16}, 422, "input.invalid"),
        ({"currency": "USD"}, 404, "not_found"),
        ({"currency": "XXX"}, 404, "not_found"),
        ({"currency": "uzs"}, 422, "input.invalid"),
        ({"account": "acct_mine"}, 422, "input.invalid"),
        ({"seller_id": str(uuid4())}, 404, "not_found"),
    ],
)
def test_payout_that_cannot_be_is_refused_and_changes_nothing(
    world: World, api: ApiClient, body: dict[str, Any], status: int, code: str
) -> None:
    answer = ask(api, world, **body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Payout.objects.count() == 0


def test_key_is_needed(world: World, api: ApiClient) -> None:
    assert ask(api, world, key="").json()["code"] == "idempotency.key_missing"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (MemberRole.MANAGER, (200, 404, 404, 404)),
        (MemberRole.STOCK, (404, 404, 404, 404)),
        (MemberRole.FINANCE, (200, 201, 404, 200)),
    ],
)
def test_each_role_may_what_its_powers_say(
    world: World, role: MemberRole, expected: tuple[int, ...]
) -> None:
    api = ApiClient(member_user(world.sellers[0], role))

    assert _all(api, world) == expected


def _all(api: ApiClient, world: World) -> tuple[int, ...]:
    shop = {"seller_id": str(world.sellers[0].id), "currency": "UZS"}
    return (
        api.get(f"seller/payouts/?seller_id={world.sellers[0].id}").status_code,
        ask(api, world).status_code,
        api.post("seller/payout-accounts/", shop, Idempotency_Key="a").status_code,
        api.post(
            "seller/payout-schedules/", shop | {"rhythm": "DAILY"}, Idempotency_Key="s"
        ).status_code,
    )


def test_strangers_find_nothing(world: World) -> None:
    payout = ask_payout(world.sellers[0].id, uzs(100_000))
    users = [
        world.buyer,
        owner_user(world.sellers[1]),
        make_user("staff@people.example", is_staff=True, is_superuser=True),
    ]
    for number, user in enumerate(users):
        api = ApiClient(user, address=f"10.1.0.{number}")
        assert _all(api, world) == (404, 404, 404, 404)
        assert api.get(f"seller/payouts/{payout.id}/").status_code == 404
    guest = ApiClient(address="10.1.0.9")
    assert _all(guest, world) == (401, 401, 401, 401)
    assert Payout.objects.count() == 1


def test_owner_begins_an_account_and_sets_a_schedule(world: World, api: ApiClient) -> None:
    shop = {"seller_id": str(world.sellers[0].id), "currency": "UZS"}

    begun = api.post("seller/payout-accounts/", shop, Idempotency_Key="a").json()
    rhythm = {"rhythm": "WEEKLY", "weekday": 5}
    kept = api.post("seller/payout-schedules/", shop | rhythm, Idempotency_Key="s").json()

    assert (begun["account"]["last4"], begun["begun"]["state"]) == ("6789", "PENDING")
    assert kept["schedule"] == rhythm
    assert PayoutAccount.objects.filter(state="PENDING").count() == 1
    assert PayoutSchedule.objects.get().weekday == 5
    text = str(api.get(f"seller/payout-accounts/?seller_id={world.sellers[0].id}").json())
    assert "http" not in text  # the page of one visit is no answer of an API


def test_list_costs_the_same_for_one_payout_and_three(
    world: World, api: ApiClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = f"seller/payouts/?seller_id={world.sellers[0].id}"
    ask_payout(world.sellers[0].id, uzs(100_000))
    with django_assert_num_queries(LIST_QUERIES):
        assert len(api.get(path).json()["results"]) == 1
    ask_payout(world.sellers[0].id, uzs(100_000))
    ask_payout(world.sellers[0].id, uzs(100_000))
    with django_assert_num_queries(LIST_QUERIES):
        assert len(api.get(path).json()["results"]) == 3
    page = api.get(f"{path}&limit=2").json()
    rest = api.get(f"{path}&limit=2&before={page['next_before']}").json()
    numbers = [row["number"] for row in page["results"] + rest["results"]]
    assert numbers == [row.number for row in Payout.objects.order_by("-id")]
    assert rest["next_before"] is None

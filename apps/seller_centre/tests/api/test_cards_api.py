"""A seller's cards and bulk prices over the API: the same services, powers and refusals as the pages."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.catalog.models import CardDraft, Offer, Product, Stock, Warehouse
from apps.catalog.tests.seller_cards import approved, complete_draft, lamps, png
from apps.seller_centre.tests.shop import member_user, owner_user
from apps.sellers.types import MemberRole
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world(offers_each=2)


@pytest.fixture
def api(world: World) -> ApiClient:
    return ApiClient(owner_user(world.sellers[0]))


def upload(api: ApiClient, draft_id: str, content: bytes) -> Any:
    return api.client.post(
        f"/api/v1/seller/products/{draft_id}/pictures/",
        {"picture": SimpleUploadedFile("../x.svg", content, "text/html")},
        headers=api.headers,
    )


def variant(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    measures = {"weight_grams": 900, "length_mm": 300, "width_mm": 200, "height_mm": 200}
    return row | measures | {"price_minor": 100_000} | more


def test_card_goes_from_start_to_moderation(world: World, api: ApiClient) -> None:
    lamps(world)
    body = {"seller_id": str(world.sellers[0].id), "title": "Lamp", "gtin": "4006381333931"}
    first = api.post("seller/products/", body, Idempotency_Key="a")
    assert first.status_code == 201
    assert api.post("seller/products/", body, Idempotency_Key="a").json() == first.json()
    draft_id, version = first.json()["id"], first.json()["version"]
    assert {row["step"] for row in first.json()["problems"]} == {
        "category",
        "variants",
        "pictures",
        "offer",
    }

    path = f"seller/products/{draft_id}/"
    sent = {
        "version": version,
        "category": "lamps",
        "brand": "Rishton",
        "attributes": {"power": 40},
        "choices": {"tone": ["red", "blue"]},
    }
    card = api.patch(path, sent).json()
    rows = [variant(row, seller_sku=f"A-{n}") for n, row in enumerate(card["variants"])]
    card = api.patch(path, {"version": card["version"], "variants": rows}).json()
    assert upload(api, draft_id, b"<svg/>").json()["code"] == "catalog.unusable_picture"
    card = upload(api, draft_id, png()).json()
    assert (card["problems"], len(card["pictures"])) == ([], 1)
    sent = {"version": card["version"]}
    answer = api.post(f"{path}submit/", sent, Idempotency_Key="b").json()

    assert (answer["status"], [row["kind"] for row in answer["decisions"]]) == (
        "IN_REVIEW",
        ["SUBMITTED"],
    )
    assert api.patch(path, {"version": answer["version"]}).json()["code"] == (
        "catalog.draft_in_review"
    )
    back = api.post(f"{path}withdraw/", {}, Idempotency_Key="c").json()
    assert back["status"] == "DRAFT"
    listed = api.get(f"seller/products/?seller_id={world.sellers[0].id}&status=DRAFT").json()
    assert [row["title"] for row in listed["results"]] == ["Lamp"]
    assert not Product.objects.filter(created_by_seller=world.sellers[0]).exists()


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"version": 999, "handling_days": 5}, 409, "catalog.draft_changed"),
        ({"category": "none"}, 422, "catalog.draft_value_refused"),
        ({"status": "APPROVED"}, 422, "input.invalid"),
        ({"attributes": {"power": [1]}}, 422, "input.invalid"),
        ({"texts": {"xx": {"title": "A"}}}, 422, "catalog.draft_value_refused"),
        ({"variants": [{"key": "a", "variant_id": "made-up"}]}, 422, "catalog.draft_value_refused"),
    ],
)
def test_what_cannot_be_is_refused_by_its_code(
    world: World, api: ApiClient, sent: dict[str, Any], status: int, code: str
) -> None:
    draft = complete_draft(world)

    answer = api.patch(f"seller/products/{draft.id}/", {"version": draft.version} | sent)

    assert answer.status_code == status
    assert answer.json()["code"].startswith(code)
    assert CardDraft.objects.get().version == draft.version


def test_strangers_and_roles_without_the_power_find_nothing(world: World) -> None:
    draft = complete_draft(world)
    seller = world.sellers[0]
    for user in (
        make_user("nobody@people.example"),
        owner_user(world.sellers[1]),
        member_user(seller, MemberRole.STOCK),
        member_user(seller, MemberRole.FINANCE),
    ):
        api = ApiClient(user)
        path = f"seller/products/{draft.id}/"
        statuses = {
            api.get(path).status_code,
            api.patch(path, {"version": draft.version}).status_code,
            api.post(f"{path}submit/", {"version": 1}, Idempotency_Key="x").status_code,
            api.get(f"seller/products/?seller_id={seller.id}").status_code,
            upload(api, str(draft.id), png()).status_code,
        }
        assert statuses == {404}, user


def row_of(offer: Offer, **more: Any) -> dict[str, Any]:
    return {"offer_id": str(offer.id)} | more


def test_each_row_of_a_bulk_request_is_answered(world: World, api: ApiClient) -> None:
    first, second, foreign = world.offers[0], world.offers[1], world.offers[2]
    place = str(Warehouse.objects.get(seller=world.sellers[0]).id)
    count = {"warehouse_id": place, "on_hand": 25, "seen_on_hand": 10}
    body = {
        "seller_id": str(world.sellers[0].id),
        "rows": [
            row_of(first, version=1, price_minor=9_000_000, **count),
            row_of(second, version=7, price_minor=1),
            row_of(foreign, version=1, price_minor=1),
            row_of(second, **(count | {"seen_on_hand": 3})),
        ],
    }

    answer = api.post("seller/offers/bulk/", body, Idempotency_Key="k").json()
    again = api.post("seller/offers/bulk/", body, Idempotency_Key="k").json()

    assert [(row["is_done"], row["code"]) for row in answer["results"]] == [
        (True, ""),
        (False, "catalog.offer_changed"),
        (False, "not_found"),
        (False, "catalog.stock_moved"),
    ]
    assert again == answer
    first.refresh_from_db()
    assert (first.price_minor, first.version) == (9_000_000, 2)
    units = Stock.objects.filter(item__seller=world.sellers[0]).order_by("item__seller_sku")
    assert [row.on_hand for row in units] == [25, 10]
    assert Offer.objects.get(id=foreign.id).version == 1


def test_row_that_says_half_is_refused(world: World, api: ApiClient) -> None:
    rows = [row_of(world.offers[0], price_minor=5)]
    body = {"seller_id": str(world.sellers[0].id), "rows": rows}

    assert api.post("seller/offers/bulk/", body, Idempotency_Key="k").status_code == 422


def test_bulk_request_of_a_stranger_is_not_found_and_of_finance_refused(world: World) -> None:
    body = {
        "seller_id": str(world.sellers[0].id),
        "rows": [row_of(world.offers[0], version=1, price_minor=5)],
    }
    finance = ApiClient(member_user(world.sellers[0], MemberRole.FINANCE))

    stranger = ApiClient(owner_user(world.sellers[1])).post(
        "seller/offers/bulk/", body, Idempotency_Key="k"
    )
    answer = finance.post("seller/offers/bulk/", body, Idempotency_Key="k").json()

    assert stranger.status_code == 404
    assert answer["results"][0]["code"] == "not_found"
    assert Offer.objects.get(id=world.offers[0].id).price_minor == 10_000_000


def test_approved_card_tells_its_product(world: World, api: ApiClient) -> None:
    draft = approved(complete_draft(world))

    card = api.get(f"seller/products/{draft.id}/").json()

    assert (card["status"], card["product_id"]) == ("APPROVED", str(draft.product_id))

"""Returns and disputes over the API, from both sides: once per key, and nothing for strangers."""

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.accounts.models import User
from apps.catalog.services.images import rendition_key
from apps.core.viewer import SYSTEM, GrantToken
from apps.orders.models import CasePhoto, Dispute, Order, Return
from apps.orders.selectors import order_grant
from apps.orders.services.evidence import private_storage
from apps.orders.services.mediating import address_sides
from apps.orders.tests.cases.world import arrived, ask, dispute, line_of
from apps.orders.tests.services.fulfilling import delivered_order, member, owner
from apps.orders.tests.services.world import now
from apps.orders.types_returns import AnswerRequest, Asked, ReturnState, Words
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def buyer(world: World) -> ApiClient:
    return ApiClient(world.buyer)


@pytest.fixture
def seller(world: World) -> ApiClient:
    return ApiClient(User.objects.get(id=owner().user_id))


def send(client: ApiClient, path: str, body: Any = None, key: str = "") -> Any:
    return client.post(path, body, Idempotency_Key=key or uuid4().hex)


def asking(order: Order, quantity: int = 1) -> dict[str, Any]:
    return {
        "items": [{"line_id": str(line_of(order).id), "quantity": quantity}],
        "reason": "FAULTY",
        "note": "Dead.",
    }


def test_buyer_asks_once_per_key_and_follows_it(world: World, buyer: ApiClient) -> None:
    order = delivered_order(world, quantity=2)
    path = f"orders/{order.group_id}/orders/{order.id}/returns/"

    answers = [send(buyer, path, asking(order), key="k") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    case = Return.objects.get()
    row = answers[0].json()
    assert (row["number"], row["state"], row["refund"]) == (case.number, "REQUESTED", None)
    assert (row["can_cancel"], row["can_send"]) == (True, False)
    assert buyer.get("returns/").json()["results"][0]["id"] == str(case.id)
    assert send(buyer, path, asking(order, 2)).json()["code"] == "orders.units_unavailable"


def test_return_goes_from_side_to_side(world: World, buyer: ApiClient, seller: ApiClient) -> None:
    case = ask(world, delivered_order(world))
    line_id = str(case.lines.get().line_id)

    assert (
        send(seller, f"seller/returns/{case.id}/approve/").json()["ship_to"]["city"] == "Toshkent"
    )
    sent = send(buyer, f"returns/{case.id}/sent/", {"carrier": "Post", "tracking_number": "RR1"})
    assert sent.json()["state"] == "IN_TRANSIT"
    assert send(seller, f"seller/returns/{case.id}/receive/").json()["can_inspect"] is True
    body = {"lines": [{"line_id": line_id, "accepted": 1, "condition": "WRITE_OFF"}]}
    row = send(seller, f"seller/returns/{case.id}/inspect/", body).json()

    assert row["refund"] == {"amount_minor": 125_000_00, "currency": "UZS"}
    (line,) = buyer.get(f"returns/{case.id}/").json()["lines"]
    assert (line["accepted_quantity"], line["condition"]) == (1, "WRITE_OFF")


def test_fewer_units_without_a_word_are_refused(world: World, seller: ApiClient) -> None:
    case = arrived(world, delivered_order(world, quantity=2), 2)
    body = {"lines": [{"line_id": str(case.lines.get().line_id), "accepted": 1}]}

    answer = send(seller, f"seller/returns/{case.id}/inspect/", body)

    assert (answer.status_code, answer.json()["code"]) == (422, "orders.reason_missing")
    case.refresh_from_db()
    assert case.state == ReturnState.RECEIVED


def test_dispute_is_opened_answered_and_brought_before_the_arbiter(
    world: World, buyer: ApiClient, seller: ApiClient
) -> None:
    order = delivered_order(world)
    body = {"reason": "NOT_AS_DESCRIBED", "wanted_minor": 50_000_00, "text": "It is blue."}

    answer = send(buyer, f"orders/{order.group_id}/orders/{order.id}/disputes/", body)

    assert answer.status_code == 201
    case = Dispute.objects.get()
    said = send(seller, f"seller/disputes/{case.id}/messages/", {"text": "It is red."}).json()
    assert [row["side"] for row in said["messages"]] == ["BUYER", "SELLER"]
    assert said["state"] == "SELLER_ANSWERED"
    assert send(buyer, f"disputes/{case.id}/escalate/").json()["state"] == "IN_ARBITRATION"
    assert send(buyer, f"disputes/{case.id}/withdraw/").json()["state"] == "WITHDRAWN"


def test_guest_uses_the_token_of_the_order(world: World) -> None:
    order = delivered_order(world)
    guest = ApiClient()
    token = GrantToken.write(order_grant(order.group))
    path = f"orders/{order.group_id}/orders/{order.id}/returns/"

    answer = guest.post(path, asking(order), Idempotency_Key="k", X_Order_Token=token)

    assert answer.status_code == 201


def test_strangers_find_nothing(world: World) -> None:
    order = delivered_order(world)
    case = ask(world, order)
    found = dispute(world, delivered_order(world))
    stranger, other = (
        ApiClient(make_user("o@people.example")),
        ApiClient(User.objects.get(id=owner(2).user_id)),
    )
    for path in (f"returns/{case.id}/", f"disputes/{found.id}/"):
        assert stranger.get(path).status_code == 404
        assert other.get(f"seller/{path}").status_code == 404
    assert send(other, f"seller/returns/{case.id}/approve/").status_code == 404
    assert stranger.get("returns/").json()["results"] == []


def test_stock_keeper_sees_no_refund(world: World) -> None:
    from apps.orders.tests.cases.world import accept

    case = accept(arrived(world, delivered_order(world)))
    keeper = ApiClient(User.objects.get(id=member(world, "STOCK").user_id))

    assert keeper.get(f"seller/returns/{case.id}/").json()["refund"] is None
    listed = keeper.get(f"seller/returns/?seller_id={world.sellers[0].id}&tab=closed").json()
    assert [row["number"] for row in listed["results"]] == [case.number]


def upload(client: ApiClient, path: str, key: str = "", **fields: Any) -> Any:
    """Send a form, as apps send pictures."""
    return client.client.post(
        f"/api/v1/{path}",
        fields,
        headers=client.headers | {"Idempotency-Key": key or uuid4().hex},
        REMOTE_ADDR=client.address,
    )


def picture(color: str = "red") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(content, "PNG")
    return SimpleUploadedFile(f"{color}.png", content.getvalue(), "image/png")


def test_pictures_of_a_return_come_as_a_form_and_are_kept_privately(
    world: World, buyer: ApiClient
) -> None:
    case = ask(world, delivered_order(world))
    path = f"returns/{case.id}/photos/"
    stranger = ApiClient(make_user("other@people.example"))

    first = upload(buyer, path, photos=[picture(), picture("blue")])
    same = upload(buyer, path, photos=[picture()])
    many = upload(buyer, path, photos=[picture(name) for name in ("lime", "pink", "navy", "gold")])
    broken = upload(buyer, path, photos=[SimpleUploadedFile("a.png", b"<svg/>")])

    assert [row["width"] for row in first.json()["photos"]] == [40, 40]
    assert len(same.json()["photos"]) == 2
    assert many.json()["code"] == "orders.too_many_photos"
    assert broken.json()["code"] == "catalog.unusable_picture"
    assert upload(stranger, path, photos=[picture()]).status_code == 404
    photo = CasePhoto.objects.order_by("id")[0]
    assert private_storage().exists(rendition_key(photo.content_hash, 40))
    assert not default_storage.exists(rendition_key(photo.content_hash, 40))


def test_words_in_a_dispute_carry_pictures_and_show_the_question(
    world: World, buyer: ApiClient
) -> None:
    case = dispute(world, delivered_order(world))
    asks = AnswerRequest(Asked.BUYER, 24)
    address_sides(
        dispute_id=case.id, words=Words("A photo?", "q"), asks=asks, actor=SYSTEM, now=now()
    )
    path = f"disputes/{case.id}/messages/"

    answer = upload(buyer, path, key="k", text="Here.", photos=[picture()])
    again = upload(buyer, path, key="k", text="Here.", photos=[picture()])
    plain = send(buyer, path, {"text": "And more."})

    _first, question, mine = answer.json()["messages"]
    assert (question["asked_of"], question["answer_by"] is None) == ("BUYER", False)
    assert (mine["text"], len(mine["photos"]), mine["answer_by"]) == ("Here.", 1, None)
    assert again.json() == answer.json()
    assert len(plain.json()["messages"]) == 4

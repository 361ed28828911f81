"""Documents over the API: the buyer's receipts, the shop's papers and statements."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from apps.core.viewer import GrantToken
from apps.documents.models import Document
from apps.documents.tests.world import receipt_of, render_all
from apps.orders.selectors import order_grant
from apps.orders.tests.services.fulfilling import confirmed_order, paid_order, ship
from apps.seller_centre.tests.shop import member_user, owner_user
from apps.sellers.types import MemberRole
from marketplace.tests.api_client import session_token
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def call(method: str, path: str, user: Any = None, body: Any = None, **headers: str) -> Any:
    if user is not None:
        headers["X-Session-Token"] = session_token(user)
    if method == "post":
        headers["Idempotency-Key"] = uuid4().hex
    given = {"data": body or {}, "content_type": "application/json"} if method == "post" else {}
    return getattr(Client(), method)(f"/api/v1/{path}", headers=headers, **given)


def test_guest_with_the_token_lists_waits_and_downloads(world: World) -> None:
    order = paid_order(world)
    token = {"X-Order-Token": GrantToken.write(order_grant(order.group))}
    path = f"orders/{order.group_id}/documents/"

    (listed,) = call("get", path, **token).json()["results"]
    assert (listed["kind"], listed["file_state"], listed["file_url"]) == (
        "RECEIPT",
        "PREPARING",
        None,
    )
    assert call("get", f"{path}{listed['id']}/file/", **token).status_code == 404
    asked = call("post", f"{path}{listed['id']}/", **token, **{"Accept-Language": "ru"})
    assert (asked.status_code, asked.json()["language"]) == (202, "ru")
    render_all()

    shown = call("get", f"{path}{listed['id']}/", **token).json()
    file = call(
        "get",
        shown["file_url"].removeprefix("/api/v1/"),
        **token,
        Accept="application/pdf",
    )
    assert file.status_code == 200
    assert file.content.startswith(b"%PDF")
    assert len(file.content) == shown["size_bytes"]
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Cache-Control"] == "private, no-store"


def test_refusal_of_the_file_is_a_problem_whatever_is_accepted(world: World) -> None:
    order = paid_order(world)
    path = f"orders/{order.group_id}/documents/{receipt_of(order).id}/file/"

    answer = call("get", path, make_user("x@people.example"), Accept="application/pdf")

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_seller_has_a_label_made_once_per_key(world: World) -> None:
    order = confirmed_order(world)
    parcel = ship(order)
    packer = member_user(world.sellers[0], MemberRole.STOCK)
    path, body = f"seller/orders/{order.id}/documents/", {"kind": "LABEL"}

    assert call("post", path, packer, body).status_code == 404
    made = call("post", path, packer, body | {"parcel_id": str(parcel.id)})

    assert made.status_code == 202
    assert made.json()["number"] == parcel.number
    render_all()
    shown = call("get", f"seller/documents/{made.json()['id']}/", packer).json()
    assert shown["file_state"] == "READY"
    file = call("get", shown["file_url"].removeprefix("/api/v1/"), packer)
    assert file.content.startswith(b"%PDF")
    (listed,) = call("get", path, packer).json()["results"]
    assert listed["id"] == made.json()["id"]


def test_strangers_and_roles_without_the_power_find_nothing(world: World) -> None:
    order = paid_order(world)
    receipt = receipt_of(order)
    finance = member_user(world.sellers[0], MemberRole.FINANCE)
    packer = member_user(world.sellers[0], MemberRole.STOCK)
    other = owner_user(world.sellers[1])
    document = f"seller/documents/{receipt.id}/"
    statements = f"seller/statements/?seller_id={world.sellers[0].id}"
    slip = {"kind": "PACKING_SLIP"}

    assert call("get", document, finance).status_code == 200
    assert call("get", statements, finance).status_code == 200
    for user in (packer, other, world.buyer):
        assert call("get", document, user).status_code == 404
        assert call("post", document, user).status_code == 404
        assert call("get", f"{document}file/", user).status_code == 404
        assert call("get", statements, user).status_code == 404
    for user in (finance, other, world.buyer):
        path = f"seller/orders/{order.id}/documents/"
        assert call("post", path, user, slip).status_code == 404
    for path in (document, statements, f"{document}file/"):
        assert call("get", path).status_code == 401
    assert Document.objects.count() == 1


def test_statement_of_an_open_month_is_refused_and_of_an_empty_one_not_found(
    world: World,
) -> None:
    user, seller = owner_user(world.sellers[0]), world.sellers[0]
    this_month = f"{datetime.now(UTC):%Y-%m}"
    body = {"seller_id": str(seller.id), "currency": "UZS"}

    refused = call("post", "seller/statements/", user, body | {"month": "2099-01"})
    assert (refused.status_code, refused.json()["code"]) == (409, "documents.month_is_open")
    assert call("post", "seller/statements/", user, body | {"month": this_month}).status_code == 409
    assert call("post", "seller/statements/", user, body | {"month": "2020-01"}).status_code == 404
    assert call("post", "seller/statements/", user, body | {"month": "2020-13"}).status_code == 422

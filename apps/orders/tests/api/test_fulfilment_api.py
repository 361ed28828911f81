"""One part of a paid order over the API: follow it, cancel it, send it elsewhere, confirm receipt."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission

from apps.core.services.relay import deliver_all
from apps.core.viewer import GrantToken
from apps.orders.models import Order
from apps.orders.selectors import order_grant
from apps.orders.tests.services.fulfilling import (
    confirmed_order,
    delivered_order,
    fresh,
    paid_order,
    set_out,
    ship,
)
from apps.orders.tests.services.moving import BUXORO, delivery_costs
from apps.payments.models import Refund, Settlement
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import ADDRESS, World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def act(client: ApiClient, order: Order, what: str, body: Any = None, key: str = "") -> Any:
    path = f"orders/{order.group_id}/orders/{order.id}/{what}/"
    return client.post(path, body, Idempotency_Key=key or uuid4().hex)


def shown(answer: Any, order: Order) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = next(
        row for row in answer.json()["orders"] if row["id"] == str(order.id)
    )
    return found


def test_buyer_reads_the_parcel_its_code_and_its_way(world: World) -> None:
    order = confirmed_order(world, quantity=2)
    shipment = ship(order)
    set_out(shipment)

    row = shown(ApiClient(world.buyer).get(f"orders/{order.group_id}/"), order)

    (parcel,) = row["shipments"]
    assert row["status"] == "SHIPPED"
    assert (parcel["number"], parcel["status"]) == (f"{order.number}-1", "OUT_FOR_DELIVERY")
    assert parcel["handover_code"] == shipment.handover_code
    assert parcel["items"] == [{"line_id": str(order.lines.get().id), "quantity": 2}]
    steps = [event["status"] for event in parcel["events"]]
    assert steps == ["CREATED", "ACCEPTED", "OUT_FOR_DELIVERY"]
    assert parcel["courier_phone"] == "+998901112233"
    assert row["lines"][0]["shipped_quantity"] == 2
    assert not any(row[name] for name in ("can_cancel", "can_change_address"))


def test_staff_who_may_look_see_no_code_and_can_do_nothing(world: World) -> None:
    order = confirmed_order(world)
    ship(order)
    staff = make_user("staff@people.example", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_ordergroup"))

    row = shown(ApiClient(staff).get(f"orders/{order.group_id}/"), order)

    assert row["shipments"][0]["handover_code"] == ""
    assert act(ApiClient(staff), order, "confirm-receipt").status_code == 404


def test_buyer_cancels_a_paid_part_once_per_key(world: World) -> None:
    order = paid_order(world, offers=(0, 2))
    buyer = ApiClient(world.buyer)

    first = act(buyer, order, "cancel", key="c1")
    again = act(buyer, order, "cancel", key="c1")

    row = shown(first, order)
    assert (row["status"], row["cancel_reason"]) == ("CANCELLED", "BY_BUYER")
    assert first.json()["status"] == "PAID"
    assert (again.json(), again["Idempotent-Replay"]) == (first.json(), "true")
    assert Refund.objects.count() == 1


def test_guest_confirms_receipt_with_the_order_s_token(world: World) -> None:
    order = delivered_order(world)
    guest = ApiClient()
    guest.headers["X-Order-Token"] = GrantToken.write(order_grant(order.group))
    before = shown(guest.get(f"orders/{order.group_id}/"), order)

    answer = act(guest, order, "confirm-receipt")

    row = shown(answer, order)
    assert before["can_confirm_receipt"] is True
    assert before["release_due_at"] is not None
    assert row["can_confirm_receipt"] is False
    assert row["released_at"] is not None
    assert Settlement.objects.get().reference_id == order.id


def test_address_of_the_same_price_is_changed_at_once(world: World) -> None:
    order = paid_order(world)
    buyer = ApiClient(world.buyer)

    answer = act(buyer, order, "address", ADDRESS | {"house": "77"})
    abroad = act(buyer, order, "address", ADDRESS | {"country": "RU", "city": "Москва"})
    incomplete = act(buyer, order, "address", ADDRESS | {"house": ""})

    row = shown(answer, order)
    assert (row["can_change_address"], row["address_change"]) == (True, None)
    assert fresh(order).ship_to["house"] == "77"
    assert (abroad.status_code, abroad.json()["code"]) == (409, "orders.address_not_reached")
    assert (incomplete.status_code, incomplete.json()["code"]) == (
        422,
        "checkout.address_incomplete",
    )


def test_dearer_address_is_quoted_confirmed_and_waits_for_its_payment(world: World) -> None:
    delivery_costs(40_000_00)
    order = paid_order(world)
    buyer, place = ApiClient(world.buyer), ADDRESS | BUXORO
    path = f"orders/{order.group_id}/orders/{order.id}/address/quote/"

    unasked = act(buyer, order, "address", place)
    quote = buyer.post(path, place).json()
    half = act(buyer, order, "address", place | {"quote_digest": quote["digest"]})
    confirmed = {"quote_digest": quote["digest"], "quote_expires_at": quote["expires_at"]}
    answer = act(buyer, order, "address", place | confirmed)
    again = act(buyer, order, "address/pay")

    assert (unasked.status_code, unasked.json()["code"]) == (409, "orders.address_quote_changed")
    assert half.status_code == 422
    assert quote["surcharge"] == {"amount_minor": 15_000_00, "currency": "UZS"}
    assert (quote["goes_back"]["amount_minor"], quote["needs_consent"]) == (0, True)
    change = shown(answer, order)["address_change"]
    assert (change["surcharge"], change["address"]["city"]) == (quote["surcharge"], "Buxoro")
    assert change["next_action"]["type"] == "wait"
    assert shown(again, order)["address_change"]["id"] == change["id"]
    assert fresh(order).address is None


def test_cheaper_address_shows_its_new_price(world: World) -> None:
    delivery_costs(10_000_00)
    order = paid_order(world)
    buyer, place = ApiClient(world.buyer), ADDRESS | BUXORO
    path = f"orders/{order.group_id}/orders/{order.id}/address/quote/"
    quote = buyer.post(path, place).json()

    answer = act(
        buyer,
        order,
        "address",
        place | {"quote_digest": quote["digest"], "quote_expires_at": quote["expires_at"]},
    )

    assert quote["goes_back"]["amount_minor"] == 15_000_00
    assert shown(answer, order)["delivery_price"]["amount_minor"] == 10_000_00
    assert answer.json()["total"]["amount_minor"] == order.total_minor - 15_000_00


def test_what_cannot_be_done_now_is_refused_with_its_code(world: World) -> None:
    order = confirmed_order(world)
    ship(order)
    buyer = ApiClient(world.buyer)

    for what, body in (
        ("cancel", None),
        ("confirm-receipt", None),
        ("address", ADDRESS),
        ("address/pay", None),
    ):
        answer = act(buyer, order, what, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "orders.move_not_allowed")


def test_strangers_and_crossed_groups_find_nothing(world: World) -> None:
    order = paid_order(world)
    other = make_user("other@people.example")
    theirs = paid_order(world, offers=(1,))
    clients = [ApiClient(), ApiClient(other)]
    owner_type = type(other)
    clients.append(ApiClient(owner_type.objects.get(email="owner1@sellers.example")))

    deeds = (
        ("cancel", None),
        ("confirm-receipt", None),
        ("address", ADDRESS),
        ("address/pay", None),
        ("address/quote", ADDRESS),
    )
    for what, body in deeds:
        for client in clients:
            assert act(client, order, what, body).status_code == 404
        crossed = f"orders/{order.group_id}/orders/{theirs.id}/{what}/"
        buyer = ApiClient(world.buyer)
        assert buyer.post(crossed, body, Idempotency_Key=uuid4().hex).status_code == 404
    deliver_all()
    assert (fresh(order).status, fresh(theirs).status) == ("PAID", "PAID")

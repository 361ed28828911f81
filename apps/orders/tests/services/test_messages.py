"""Letters of fulfilment: who gets which, once, in their own language, with what they need to act."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import get_template

from apps.accounts.models import User
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.logistics.models import PickupClerk
from apps.logistics.services.pickup import arrive_at_point
from apps.notifications.models import Delivery
from apps.notifications.services import render_email
from apps.orders.models import Order, OrderGroup, OrderLine
from apps.orders.services import cancelling, settling
from apps.orders.tests.services.fulfilling import (
    confirmed_order,
    delivered_order,
    fresh,
    member,
    owner,
    paid_order,
    refuse,
    set_out,
    ship,
)
from apps.orders.tests.services.world import now
from apps.orders.types import CancelReason
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
BUYER = "buyer@people.example"


@pytest.fixture
def world() -> World:
    return make_world()


def sent_to(address: str) -> list[str]:
    """Kinds of the letters to an address, without those of placing and paying."""
    rows = Delivery.objects.filter(address=address).exclude(
        kind__in=["order_placed", "order_paid", "order_refunded"]
    )
    return list(rows.order_by("id").values_list("kind", flat=True))


def body(kind: str, address: str = BUYER) -> str:
    letter = Delivery.objects.get(kind=kind, address=address)
    message = render_email(letter.kind, letter.language, letter.context)
    return f"{message.subject}\n{message.body}"


def test_new_order_is_told_to_those_who_can_confirm_it(world: World) -> None:
    member(world, "STOCK")
    member(world, "FINANCE")

    order = paid_order(world)

    letters = Delivery.objects.filter(kind="seller_new_order")
    assert sorted(letters.values_list("address", flat=True)) == [
        "owner1@sellers.example",
        "stock0@sellers.example",
    ]
    text = body("seller_new_order", "owner1@sellers.example")
    assert f"New order {order.number}" in text
    assert f"/en/seller/orders/{order.id}/" in text
    assert "Thing T11: 1 pcs" in text


def test_buyer_follows_the_parcel_and_hears_of_nothing_twice(world: World) -> None:
    order = delivered_order(world)
    deliver_all()

    assert sent_to(BUYER) == ["parcel_shipped", "parcel_out", "order_delivered"]
    assert f"Parcel {order.number}-1 is on its way" in body("parcel_shipped")
    assert "tell the courier the code" in body("parcel_out")
    assert "the seller gets the money on" in body("order_delivered")


def test_no_letter_tells_the_handover_code(world: World) -> None:
    shipment = ship(confirmed_order(world))
    set_out(shipment)
    deliver_all()

    for letter in Delivery.objects.all():
        assert shipment.handover_code not in str(letter.context)


def test_parcel_at_the_point_is_told_with_place_and_term(world: World) -> None:
    order = confirmed_order(world)
    Order.objects.filter(id=order.id).update(delivery_kind="PICKUP", pickup_point=world.pickup)
    shipment = ship(order)
    clerk = make_user("clerk@people.example")
    PickupClerk.objects.create(user=clerk, point=world.pickup)

    arrive_at_point(shipment_id=shipment.id, key="k", actor=world.viewer(clerk), now=now())
    deliver_all()

    assert sent_to(BUYER) == ["parcel_shipped", "parcel_ready"]
    text = body("parcel_ready")
    assert "Point 1: Toshkent, Navoiy 1, 9-21" in text
    assert "It is kept until" in text


def test_cancelled_part_is_told_to_both_sides(world: World) -> None:
    order = paid_order(world)
    cancelling.cancel_order(
        order_id=order.id, reason=CancelReason.BY_BUYER, actor=world.viewer(), now=now()
    )
    deliver_all()

    assert sent_to(BUYER) == ["order_cancelled"]
    assert f"Order {order.number} is cancelled" in body("order_cancelled")
    assert sent_to("owner1@sellers.example") == ["seller_new_order", "seller_order_cancelled"]
    assert "units are in your stock again" in body(
        "seller_order_cancelled", "owner1@sellers.example"
    )


def test_cancelled_units_are_told_with_what_goes_back(world: World) -> None:
    order = confirmed_order(world, quantity=3)
    line = OrderLine.objects.get(order=order)
    for _ in range(2):
        cancelling.cancel_units(
            order_id=order.id,
            items={line.id: 1},
            reason=CancelReason.OUT_OF_STOCK,
            actor=owner(),
            now=now(),
        )
        deliver_all()

    assert sent_to(BUYER) == ["order_units_cancelled"] * 2
    letter = Delivery.objects.filter(kind="order_units_cancelled").first()
    assert letter is not None
    assert letter.context["refund"] == "100,000\N{NO-BREAK SPACE}UZS"
    assert letter.context["reason"] == "The seller has run out of it. The money goes back."


def test_parcel_that_came_back_is_told(world: World) -> None:
    refuse(ship(confirmed_order(world)))

    assert sent_to(BUYER) == ["parcel_shipped", "parcel_out", "order_returned"]


def test_settlement_is_told_to_those_who_see_money(world: World) -> None:
    member(world, "FINANCE")
    member(world, "STOCK")
    order = delivered_order(world)
    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    deliver_all()

    letters = Delivery.objects.filter(kind="seller_settled")
    assert sorted(letters.values_list("address", flat=True)) == [
        "finance0@sellers.example",
        "owner1@sellers.example",
    ]
    assert {row.context["payout"] for row in letters} == {"90,000\N{NO-BREAK SPACE}UZS"}


def test_letters_are_in_the_reader_s_language(world: World) -> None:
    User.objects.filter(email="owner1@sellers.example").update(language="uz")
    order = paid_order(world)
    OrderGroup.objects.filter(id=order.group_id).update(language="ru")
    cancelling.cancel_order(
        order_id=order.id, reason=CancelReason.SELLER_LATE, actor=SYSTEM, now=now()
    )
    deliver_all()

    assert fresh(order).cancel_reason == "SELLER_LATE"
    buyer = Delivery.objects.get(kind="order_cancelled", address=BUYER)
    seller = Delivery.objects.get(kind="seller_order_cancelled")
    assert (buyer.language, seller.language) == ("ru", "uz")
    assert buyer.context["url"].startswith(f"{settings.SITE_URL}/ru/orders/open/")
    assert "/uz/seller/orders/" in seller.context["url"]


KINDS = (
    "parcel_shipped",
    "parcel_out",
    "parcel_ready",
    "order_delivered",
    "order_returned",
    "order_units_cancelled",
    "seller_new_order",
    "seller_order_cancelled",
    "seller_settled",
    "seller_chargeback",
    "seller_chargeback_ended",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_letter_reads_whole_in_every_language(kind: str, language: str) -> None:
    """With every value given, nothing is left unfilled, in the text and in the HTML."""
    get_template(f"emails/{kind}.html")
    values: dict[str, Any] = {
        name: f"<{name}>"
        for name in (
            *("number", "parcel", "seller", "shop", "total", "reason", "url", "promised", "place"),
            *("until", "release_on", "refund", "due", "payout", "available", "sum", "why"),
        )
    }
    values |= {"is_pickup": False, "lines": [{"title": "Thing", "options": "", "quantity": 2}]}

    message = render_email(kind, language, values)

    (html, _kind) = message.alternatives[0]
    assert not re.search(r"\{\{|\{%|%\(", message.subject + message.body + str(html))
    assert "Thing" in message.body
    assert "<url>" in message.body
    assert "&lt;url&gt;" in str(html)

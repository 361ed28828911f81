"""Walks through cart and checkout as a browser would, for the tests of trade pages."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from apps.orders.models import OrderGroup
from marketplace.tests.world import World

WHERE = {
    "action": "where",
    "recipient_name": "Aziza Karimova",
    "phone": "+998 90 123-45-67",
    "country": "UZ",
    "city": "Toshkent",
    "street": "Bobur",
    "house": "12",
    "apartment": "4",
}
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


def add(client: Client, offer: Any, quantity: object = 1, **extra: Any) -> HttpResponse:
    return client.post(
        "/en/cart/add/",
        {"offer_id": str(getattr(offer, "id", offer)), "quantity": str(quantity)},
        headers=SAME_ORIGIN,
        **extra,
    )


def fill(client: Client, world: World, *, email: str = "", kind: str = "COURIER") -> str:
    """Fill in where and how; return the page of the last part."""
    answer = client.post("/en/checkout/", WHERE | ({"email": email} if email else {}))
    assert answer.status_code == 302, answer.content.decode()
    page = client.get("/en/checkout/").content.decode()
    names = set(re.findall(r'name="(delivery-[0-9a-f-]+)"', page))
    point = f"PICKUP:own:{world.pickup.id}" if world.pickup else ""
    value = "COURIER:own:" if kind == "COURIER" else point
    answer = client.post("/en/checkout/", {"action": "how"} | dict.fromkeys(names, value))
    assert answer.status_code == 302, answer.content.decode()
    return client.get("/en/checkout/").content.decode()


def place_data(page: str) -> dict[str, str]:
    found = dict(re.findall(r'name="(checkout_id|digest)" value="([^"]+)"', page))
    return {"action": "place"} | found


def buy(client: Client, world: World, *, email: str = "") -> OrderGroup:
    """From a filled cart to a placed order."""
    data = place_data(fill(client, world, email=email))
    answer = client.post("/en/checkout/", data)
    assert answer.status_code == 302, answer.content.decode()
    return OrderGroup.objects.get(checkout_id=data["checkout_id"])

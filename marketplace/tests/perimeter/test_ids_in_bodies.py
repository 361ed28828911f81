"""S02: an id of somebody else's thing in a body or before a socket is answered as an id of nothing.

Every place for an id in every body that the OpenAPI document describes is tried with A's id, below things
of the stranger's own where the address has ids; what cannot be tried so stands in a table.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections

from apps.orders.models import OrderLine
from marketplace.tests.access import filled, url_of
from marketplace.tests.described import body_schema, looked_up
from marketplace.tests.perimeter.test_access_matrix import SOCKETS, connect
from marketplace.tests.perimeter.test_further_on import BODIES as FURTHER_ON
from marketplace.tests.perimeter.test_objects_of_others import (
    OWNERS,
    TABLE,
    Try,
    owned_in,
    placed,
)
from marketplace.tests.scene import Scene
from marketplace.tests.strangers import Strangers, make_strangers, not_there

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access-matrix")]

# Where a body names what everybody sees.
EVERYBODYS = {
    "POST /api/v1/cart/lines/ offer_id": "offers are on sale",
    "POST /api/v1/checkout/ deliveries[].seller_id": "shops are open",
    "POST /api/v1/checkout/ deliveries[].pickup_point_id": "points are on the map",
    "PATCH /api/v1/checkout/<checkout_id>/ deliveries[].seller_id": "shops are open",
    "PATCH /api/v1/checkout/<checkout_id>/ deliveries[].pickup_point_id": "points are on the map",
    "PUT /api/v1/favourites/ product_id": "products are shown",
    "POST /api/v1/reviews/ product_id": "products are shown",
}
# Bodies that the table sends with too little for their ids to be read.
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/seller/products/": {"seller_id": "{seller_id}", "title": "Lamp"},
    "/api/v1/seller/offers/bulk/": {
        "seller_id": "{seller_id}",
        "rows": [
            {"offer_id": "{offer_id}", "warehouse_id": "{warehouse_id}"}
            | {"on_hand": 7, "seen_on_hand": 1}
        ],
    },
    "/api/v1/seller/orders/<order_id>/cancel/": {
        "reason": "OUT_OF_STOCK",
        "items": [{"line_id": "{sold_line_id}", "quantity": 1}],
    },
}


def id_places(schema: dict[str, Any], name: str = "") -> Iterator[str]:
    """Where ids stand in a body: "rows[].offer_id"."""
    schema = looked_up(schema)
    if schema.get("format") == "uuid":
        yield name
    if "items" in schema:
        yield from id_places(schema["items"], f"{name}[]")
    for key, inner in schema.get("properties", {}).items():
        yield from id_places(inner, f"{name}.{key}" if name else key)


def all_places() -> Iterator[tuple[str, str, str]]:
    for address, row in TABLE.rows.items():
        for method in row.outcomes:
            for where in id_places(body_schema(method, address)):
                yield method, address, where


def put(body: Any, where: str, value: str) -> Any:
    """Return the body with an id in its place."""
    head, _dot, rest = where.partition(".")
    name = head.removesuffix("[]")
    if not rest:
        return body | {name: value}
    return body | {name: [put(body[name][0], rest, value)]}


def found_in(body: Any, where: str) -> str:
    head, _dot, rest = where.partition(".")
    inner = body[head.removesuffix("[]")]
    return found_in(inner[0], rest) if rest else str(inner)


def values_of_a(scene: Scene) -> dict[str, Any]:
    lines = OrderLine.objects.filter(order_id=scene.values["paid_order_id"])
    return scene.values | {"sold_line_id": lines.order_by("id")[0].id}


def calls(
    scene: Scene, method: str, address: str, where: str, theirs: dict[str, Any]
) -> Iterator[Try]:
    """A's id, and one of nothing, in a body whose other ids are the stranger's own where it has them."""
    row, names = TABLE.rows[address], owned_in(address)
    of_a = values_of_a(scene)
    own = {**theirs, **placed(row, theirs)}
    if not theirs:
        own = of_a | filled(row.places, scene.values)
    if not set(names) <= set(own):
        return
    template = BODIES.get(address, row.send)
    wanted = found_in(filled(template, of_a), where)
    body, missing = filled(template, of_a | own), not_there(wanted)
    url = url_of(address, of_a | own)
    ids = frozenset({wanted, missing})
    yield Try(method, url, url, put(body, where, wanted), ids, put(body, where, missing))


TRIED = [
    place
    for place in all_places()
    if f"{place[0]} {place[1]} {place[2]}" not in set(EVERYBODYS) | FURTHER_ON
]


@pytest.fixture
def strangers(scene: Scene) -> Strangers:
    return make_strangers(scene)


def test_ids_of_others_in_bodies_are_answered_as_ids_of_nothing(
    scene: Scene, strangers: Strangers
) -> None:
    """The owner's own call shows a difference: the control of each place."""
    told_too_much, untold = [], []
    for method, address, where in TRIED:
        for name in ("other customer", "other seller"):
            stranger = strangers.people[name]
            told_too_much += [
                f"{method} {address} {where} as {name}: {said}"
                for one in calls(scene, method, address, where, stranger.theirs)
                if (said := one.differs(stranger.person))
            ]
        owners = [scene.people[name] for name in OWNERS]
        of_owner = list(calls(scene, method, address, where, {}))
        if not any(one.differs(owner) for one in of_owner for owner in owners):
            untold.append(f"{method} {address} {where}")
    assert told_too_much == []
    assert untold == []


def test_every_place_for_an_id_is_tried_or_said_why_not() -> None:
    named = {f"{method} {address} {where}" for method, address, where in all_places()}

    assert set(EVERYBODYS) | FURTHER_ON <= named
    assert len(TRIED) >= 8


@pytest.mark.parametrize("address", SOCKETS)
def test_socket_of_others_closes_as_one_of_nothing(scene: Scene, address: str) -> None:
    """Whoever is let in by the table is not let in where there is nothing."""
    there = url_of(address, scene.values)
    nothing = url_of(address, {name: not_there(scene.values[name]) for name in owned_in(address)})
    outcomes = TABLE.rows[address].outcomes["WS"]

    async def knock(url: str) -> dict[str, str]:
        found = {}
        for name, outcome in outcomes.items():
            if url == nothing or outcome != "ok":
                found[name] = await connect(scene.people[name], url, settings.SITE_URL)
        await sync_to_async(connections.close_all)()
        return found

    told, untold = asyncio.run(knock(there)), asyncio.run(knock(nothing))

    assert told == {name: untold[name] for name in told}
    assert set(untold) - set(told) != set()
    assert set(untold.values()) == {"4404"}

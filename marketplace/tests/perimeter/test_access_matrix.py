"""S01: every route, every method, every actor: the answer is the table's, and the table knows no other route."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from django.urls import path

from marketplace.live import build_application
from marketplace.tests import access
from marketplace.tests.access import Person, Row, filled, outcome_of, url_of
from marketplace.tests.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access-matrix")]
TABLE = access.load()


def differences(scene: Scene, url: str, row: Row) -> dict[str, str]:
    """Call a route with every method as every actor; return what is not as the row says."""
    send = filled(row.send, scene.values)
    found = {}
    for method, expected in row.outcomes.items():
        for actor, outcome in expected.items():
            answer = outcome_of(scene.people[actor].call(method, url, send))
            if answer != outcome:
                found[f"{method} as {actor}"] = f"{answer}, not {outcome}"
    return found


HTTP = sorted(address for address, row in TABLE.rows.items() if "WS" not in row.outcomes)


@pytest.mark.parametrize("address", HTTP)
def test_route_answers_each_actor_as_the_table_says(scene: Scene, address: str) -> None:
    row = TABLE.rows[address]
    url = url_of(address, scene.values | filled(row.places, scene.values))
    assert differences(scene, url, row) == {}


@pytest.mark.parametrize("model", sorted(TABLE.models))
def test_pages_of_a_model_answer_by_the_rights_of_its_row(scene: Scene, model: str) -> None:
    row = apps.get_model(model)._default_manager.order_by("pk").first()
    assert row is not None
    generated = [route for route in access.routes() if route.model == model]
    assert {route.kind for route in generated} == set(access.ADMIN_KINDS)

    found = {
        route.kind: wrong
        for route in generated
        if (
            wrong := differences(
                scene,
                url_of(route.address, {"object_id": row.pk}),
                TABLE.models[model][route.kind],
            )
        )
    }

    assert found == {}


def unmatched(table: access.Table, routes: list[access.Route]) -> tuple[set[str], set[str]]:
    """Return the routes without a row and the rows without a route."""
    known = {*table.rows, *table.models}
    there = {route.model or route.address for route in routes}
    return there - known, known - there


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert unmatched(TABLE, access.routes()) == (set(), set())


def test_route_without_a_row_and_row_without_a_route_are_seen() -> None:
    """The gate goes red: for a page, for one below an include, for a model of the back office, for a row left over."""
    from django.urls import get_resolver, include

    def show(request: Any) -> HttpResponse:
        return HttpResponse()

    planted = [
        *get_resolver().url_patterns,
        path("forgotten/<uuid:thing_id>/", show),
        path("api/v1/", include([path("forgotten/", show)])),
    ]
    rows = {name: row for name, row in TABLE.rows.items() if name != "/en/cart/"}
    models = {name: row for name, row in TABLE.models.items() if name != "orders.Order"}
    poorer = access.Table(TABLE.groups, rows | {"/gone/": TABLE.rows["/ping"]}, models)

    without_row, without_route = unmatched(poorer, access.routes(planted))

    assert without_row == {
        "/forgotten/<thing_id>/",
        "/api/v1/forgotten/",
        "/en/cart/",
        "orders.Order",
    }
    assert without_route == {"/gone/"}


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("401: inactive; ok: customer link_holder order_readers; 404", ""),
        ("401: inactive; ok: customer link_holder; 404", "order_readers"),
        ("401: inactive; ok: customer link_holder order_readers seller_owner; 404", "seller_owner"),
        ("ok", "visitors other_customer seller_owner seller_staff other_seller courier moderator"),
    ],
)
def test_wrong_rule_is_seen_for_each_actor_that_it_is_wrong_for(
    scene: Scene, rule: str, wrong: str
) -> None:
    row = Row({"GET": access.outcomes(rule, TABLE.groups)})

    found = differences(scene, url_of("/api/v1/orders/<group_id>/", scene.values), row)

    expected = set(access._members(wrong, TABLE.groups)) - {"link_holder"}
    assert set(found) == {f"GET as {actor}" for actor in expected}


@pytest.mark.parametrize(
    "rule",
    ["ok: customer", "ok: nobody; 404", "", "ok: customer;", "ok: customer; 404: visitors people"],
)
def test_rule_that_leaves_an_actor_out_or_names_an_unknown_one_is_refused(rule: str) -> None:
    with pytest.raises(AssertionError):
        access.outcomes(rule, TABLE.groups)


async def connect(person: Person, url: str, origin: str) -> str:
    """Knock at the live process as it is deployed: origin, session, viewer."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={person.session_key}"
    scope = {
        "type": "websocket",
        "path": url,
        "headers": [(b"origin", origin.encode()), (b"cookie", cookie.encode())],
        "subprotocols": [],
    }
    socket = ApplicationCommunicator(build_application(), scope)
    await socket.send_input({"type": "websocket.connect"})
    answer = await socket.receive_output(10)
    if answer["type"] == "websocket.accept":
        await socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await socket.wait(10)
        return "ok"
    return str(answer.get("code", 403))


SOCKETS = sorted(address for address, row in TABLE.rows.items() if "WS" in row.outcomes)


@pytest.mark.parametrize("address", SOCKETS)
def test_socket_answers_each_actor_as_the_table_says(scene: Scene, address: str) -> None:
    url = url_of(address, scene.values)

    async def walk(origin: str) -> dict[str, str]:
        found = {name: await connect(one, url, origin) for name, one in scene.people.items()}
        await sync_to_async(connections.close_all)()
        return found

    assert asyncio.run(walk(settings.SITE_URL)) == TABLE.rows[address].outcomes["WS"]
    refused = asyncio.run(walk("https://evil.example"))
    assert set(refused.values()) & {"ok"} == set()

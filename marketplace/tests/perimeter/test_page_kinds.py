"""S13 and axe on every kind of page that the access matrix knows: in Chromium, with the console watched."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from pytest_django.live_server_helper import LiveServer

from marketplace.tests import access
from marketplace.tests.access import url_of
from marketplace.tests.looks import walk
from marketplace.tests.page_kinds import FILES, TABLE, pages, place, seen
from marketplace.tests.scene import Scene

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.xdist_group("access-matrix"),
    pytest.mark.timeout(600),
]

FRAGMENTS = {
    "/backoffice/jsi18n/",
    "/en/catalogue/menu/",
    "/en/me/continue/",
    "/en/me/header/",
    "/en/p/<product_id>/personal/",
    "/en/p/<product_id>/reviews/mine/",
    "/en/search/suggest/",
}


# Pages that each model of the back office has, by one of a kind; all of them are opened in apps/backoffice/tests.
OFFICE = {
    ("orders.Order", "changelist"): "list",
    ("orders.Order", "change"): "row",
    ("catalog.Product", "change"): "form",
    ("pricing.TaxRate", "add"): "add",
}


@pytest.fixture
def server(scene: Scene) -> Iterator[LiveServer]:
    running = LiveServer("127.0.0.1")
    yield running
    running.stop()


def whole_pages(scene: Scene, language: str) -> dict[str, dict[str, str]]:
    """Session -> name -> path of all pages but fragments."""
    found: dict[str, dict[str, str]] = {}
    for address, actor in pages("/en/", "/backoffice/"):
        if b"<html" in seen(scene, address, actor, language).content:
            name = address.strip("/").replace("/", "-").replace("<", "").replace(">", "")
            path = place(scene, address).replace("/en/", f"/{language}/", 1)
            found.setdefault(scene.people[actor].session_key, {})[name] = path
    return found


def office_pages() -> dict[str, str]:
    """Name -> path of a list, of a row that is looked at, of one that is changed, of a form to add."""
    found = {}
    for route in access.routes():
        if name := OFFICE.get((route.model, route.kind)):
            row = apps.get_model(route.model)._default_manager.order_by("pk").first()
            found[f"backoffice-{name}"] = url_of(route.address, {"object_id": row and row.pk})
    return found


def test_every_kind_of_page_is_quiet_fits_its_screen_and_pleases_axe(
    scene: Scene, server: LiveServer
) -> None:
    """In Russian, whose words are the longest."""
    paths = whole_pages(scene, "ru")
    paths[scene.people["superadmin"].session_key] |= office_pages()

    faults = walk(server, paths, prefix="kinds")

    assert not faults, "\n".join(faults)


def test_all_that_anybody_sees_is_walked_but_fragments(scene: Scene) -> None:
    seen_by_somebody = {
        address
        for address, row in TABLE.rows.items()
        if address.startswith(("/en/", "/backoffice/"))
        and address not in FILES
        and "ok" in row.outcomes.get("GET", {}).values()
    }
    walked = sum(map(len, whole_pages(scene, "ru").values()))

    assert {address for address, _actor in pages("/en/", "/backoffice/")} == seen_by_somebody
    assert walked == len(seen_by_somebody - FRAGMENTS)
    assert seen_by_somebody >= FRAGMENTS

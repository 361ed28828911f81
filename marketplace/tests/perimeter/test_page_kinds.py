"""S13 and axe on every kind of page that the access matrix knows: in Chromium, with the console watched."""

from collections.abc import Iterator

import pytest
from pytest_django.live_server_helper import LiveServer

from marketplace.tests.looks import walk
from marketplace.tests.page_kinds import pages, place, seen
from marketplace.tests.scene import Scene

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.xdist_group("access-matrix"),
    pytest.mark.timeout(600),
]


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


def test_every_kind_of_page_is_quiet_fits_its_screen_and_pleases_axe(
    scene: Scene, server: LiveServer
) -> None:
    """In Russian, whose words are the longest."""
    paths = whole_pages(scene, "ru")

    faults = walk(server, paths, prefix="kinds")

    assert not faults, "\n".join(faults)
    assert sum(map(len, paths.values())) > 80

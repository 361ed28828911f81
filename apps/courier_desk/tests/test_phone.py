"""A courier's and a clerk's phone: 390 wide, a bad line, the slide, both colour schemes."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, expect, sync_playwright

from apps.accounts.models import User
from apps.logistics.models import Shipment
from apps.logistics.tests.world import (
    make_clerk,
    make_courier,
    make_point,
    on_the_shelf,
    on_the_way,
    parcel,
    wrong,
)
from marketplace.tests.api_client import session_token
from marketplace.tests.e2e.visitors import PHONE
from marketplace.tests.looks import CHROMIUM, FLAGS, NARROW, keep, serious
from marketplace.tests.world import ADDRESS

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_db")]


@pytest.fixture
def site(committed_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[str]:
    """The shop's pages from a thread of this process."""
    # Playwright keeps an event loop in this thread; the tests read the database all the same.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.ALLOWED_HOSTS = ["localhost"]
    thread = LiveServerThread("localhost", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    yield f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("Chromium is needed for browser tests")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def phone(site: str, chromium: Browser) -> Iterator[Any]:
    """Open a page on a phone as somebody; what the console complains about fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(user: User, path: str, **extra: Any) -> Page:
        context = chromium.new_context(**(PHONE | extra), base_url=site)
        contexts.append(context)
        context.add_cookies([{"name": "sessionid", "value": session_token(user), "url": site}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda word: (
                complaints.append(word.text)
                if word.type == "error" and "Failed to load resource" not in word.text
                else None
            ),
        )
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    connections.close_all()
    assert complaints == []


def _look(page: Page, name: str) -> None:
    """In both schemes axe finds nothing serious, and nothing is wider than the narrowest phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        keep(page, f"courier_desk-{name}-{scheme}")
        assert serious(page) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def _slide(page: Page) -> None:
    box = page.locator("[data-slide]").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 20, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 10, middle, steps=5)
    page.mouse.up()


def test_parcel_is_delivered_with_the_code_and_a_slide(phone: Any) -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    page = phone(courier, "/en/courier/")

    page.get_by_label("Code that the buyer says").fill(wrong(shipment))
    _slide(page)
    expect(page.get_by_role("alert")).to_contain_text("Tries left: 4.")
    page.get_by_label("Code that the buyer says").fill(shipment.handover_code)
    _slide(page)

    expect(page.get_by_text("Delivered. Well done.")).to_be_visible()
    assert Shipment.objects.get().status == "DELIVERED"


def test_slide_to_the_middle_sends_nothing(phone: Any) -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    page = phone(courier, "/en/courier/")
    page.get_by_label("Code that the buyer says").fill(shipment.handover_code)

    page.locator("[data-slide]").click()

    assert page.locator("[data-slide]").input_value() == "0"
    assert page.evaluate("localStorage.length") == 0
    assert Shipment.objects.get().status == "OUT_FOR_DELIVERY"


def test_commands_without_a_line_are_kept_and_sent_when_it_is_back(phone: Any) -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    page = phone(courier, "/en/courier/")
    page.wait_for_selector("html[data-bound]")
    page.context.set_offline(True)
    page.get_by_label("Code that the buyer says").fill(shipment.handover_code)

    _slide(page)

    expect(page.get_by_text("No line. Kept on this phone")).to_be_visible()
    assert Shipment.objects.get().status == "OUT_FOR_DELIVERY"
    _look(page, "no-line")

    page.context.set_offline(False)

    expect(page.get_by_text("Delivered. Well done.")).to_be_visible()
    assert Shipment.objects.get().status == "DELIVERED"
    assert page.evaluate("localStorage.getItem(Object.keys(localStorage)[0])") == "[]"


def test_parcel_is_delivered_without_javascript(phone: Any) -> None:
    courier = make_courier()
    shipment = on_the_way(courier)
    page = phone(courier, "/en/courier/", java_script_enabled=False)
    page.get_by_label("Code that the buyer says").fill(shipment.handover_code)

    page.get_by_role("button", name="Delivered").click()

    expect(page.get_by_text("Delivered. Well done.")).to_be_visible()
    assert Shipment.objects.get().status == "DELIVERED"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_fit_a_phone_in_both_schemes(phone: Any, language: str) -> None:
    courier, point = make_courier(), make_point()
    clerk = make_clerk(point)
    long_words = {
        "street": "Mustaqillik" * 12,
        "recipient_name": "Абдурахмонова" * 5,
        "note": "Ring" * 60,
    }
    on_the_way(courier, "K-1-1-1", address=ADDRESS | long_words)
    on_the_way(courier, "K-1-1-2")
    for number in (3, 4):
        parcel(f"K-1-1-{number}")
    shelved = on_the_shelf(clerk, point, "K-1-1-5")
    parcel("K-1-1-6", kind="PICKUP", pickup_point_id=point.id)

    page = phone(courier, f"/{language}/courier/")
    page.locator("summary.button--ghost").click()
    _look(page, f"courier-{language}")
    page = phone(clerk, f"/{language}/pickup/")
    _look(page, f"pickup-{language}")
    page.goto(f"/{language}/pickup/parcels/{shelved.id}/")
    _look(page, f"parcel-{language}")


def test_empty_pages_say_what_comes(phone: Any) -> None:
    page = phone(make_courier(), "/en/courier/")
    _look(page, "courier-empty")
    page = phone(make_clerk(make_point()), "/en/pickup/")
    _look(page, "pickup-empty")

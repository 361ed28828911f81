"""Pictures of a case in Chromium: they open in the page and lead back to it, with scripts and without."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from apps.orders.models import Return
from apps.orders.services.evidence import store_evidence
from apps.orders.services.return_photos import add_return_photos
from apps.orders.tests.cases.world import ask
from apps.orders.tests.services.fulfilling import delivered_order
from apps.orders.tests.services.world import now
from apps.seller_centre.tests.shop import owner_user
from marketplace.tests.looks import SIZES, server, session_of, visit, walk
from marketplace.tests.world import World, make_world

__all__ = ["server"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def picture(colour: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(content, "PNG")
    return content.getvalue()


def pictured_return() -> tuple[World, Return]:
    world = make_world(offers_each=1)
    case = ask(world, delivered_order(world))
    photos = store_evidence([picture("red"), picture("blue")])
    add_return_photos(return_id=case.id, photos=photos, actor=world.viewer(), now=now())
    return world, case


def test_pictures_of_a_case_open_in_the_page_and_lead_back(server: LiveServer) -> None:
    world, case = pictured_return()
    session = session_of(owner_user(world.sellers[0]))
    path = f"/en/seller/returns/{case.id}/"

    with visit(session, server, viewport=SIZES["phone"]) as page:
        page.goto(f"{server.url}{path}")
        page.locator("html[data-bound]").wait_for()
        page.locator("[data-photo]").first.click()
        expect(page.get_by_role("dialog", name="Pictures of the case")).to_be_visible()
        large = page.locator("[data-photo-large]")
        expect(large).to_have_attribute("alt", "Picture 1")
        page.get_by_role("button", name="Next", exact=True).click()
        expect(large).to_have_attribute("alt", "Picture 2")
        page.keyboard.press("ArrowRight")
        expect(large).to_have_attribute("alt", "Picture 1")
        page.get_by_role("button", name="Previous", exact=True).click()
        page.get_by_role("button", name="Back", exact=True).click()
        expect(large).to_be_hidden()
        expect(page.locator("[data-photo]").nth(1)).to_be_focused()
        where = page.url

    assert where.endswith(path)


def test_pictures_of_a_case_are_links_without_scripts(server: LiveServer) -> None:
    world, case = pictured_return()
    session = session_of(owner_user(world.sellers[0]))

    with visit(session, server, java_script_enabled=False) as page:
        page.goto(f"{server.url}/en/seller/returns/{case.id}/")
        page.locator("[data-photo]").first.click()
        where = page.url

    assert "/en/evidence/" in where


def test_pages_of_a_case_fit_their_screen(server: LiveServer) -> None:
    world, case = pictured_return()
    paths = {
        "return": f"/en/seller/returns/{case.id}/",
        "order-with-cases": f"/en/seller/orders/{case.order_id}/",
    }

    assert walk(server, {session_of(owner_user(world.sellers[0])): paths}, prefix="cases") == []

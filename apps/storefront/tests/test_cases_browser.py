"""Returns and disputes in Chromium: both sides and the arbiter, wide and narrow, without a complaint."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from apps.orders.services import disputing
from apps.orders.services.evidence import store_evidence
from apps.orders.tests.cases.test_disputing import decide
from apps.orders.tests.cases.world import accept, approve, arrived, ask, dispute
from apps.orders.tests.services.fulfilling import delivered_order, owner
from apps.orders.tests.services.world import now
from apps.orders.types_returns import Words
from apps.seller_centre.tests.test_browser import draw
from marketplace.tests.looks import server, session_of, visit, walk
from marketplace.tests.world import World, make_user, make_world

__all__ = ["server"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def picture(colour: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(content, "PNG")
    return content.getvalue()


class Pages:
    """Every page of returns and disputes in a telling state: (who, name, address)."""

    def __init__(self, world: World) -> None:
        draw(world)
        free, approved, received = (delivered_order(world, quantity=2) for _ in range(3))
        case = approve(ask(world, approved, 2))
        inside = arrived(world, received)
        waiting = ask(world, delivered_order(world))
        refused = accept(arrived(world, delivered_order(world)), 0, why="An empty box came.")
        talk = dispute(world, delivered_order(world))
        photos = store_evidence([picture("red"), picture("blue")])
        words = Words("The picture on the card is the one we sent. " * 5, "a", photos)
        disputing.say(dispute_id=talk.id, words=words, actor=owner(), now=now())
        decided = decide(dispute(world, delivered_order(world)), 50_000_00)
        shop = world.sellers[0].id
        assert world.buyer is not None
        buyer, seller = world.buyer, User.objects.get(id=owner().user_id)
        self.root = make_user("root@staff.example", is_staff=True, is_superuser=True)
        self.all = [
            (buyer, "order", f"/en/orders/{received.group_id}/"),
            (buyer, "return-new", f"/en/orders/{free.group_id}/{free.id}/return/"),
            (buyer, "return-send", f"/en/returns/{case.id}/"),
            (buyer, "return-label", f"/en/returns/{case.id}/label/"),
            (buyer, "return-refused", f"/ru/returns/{refused.id}/"),
            (buyer, "returns", "/en/returns/"),
            (buyer, "dispute-new", f"/en/orders/{free.group_id}/{free.id}/dispute/"),
            (buyer, "dispute", f"/en/disputes/{talk.id}/"),
            (buyer, "dispute-decided", f"/en/disputes/{decided.id}/"),
            (seller, "seller-home", f"/en/seller/{shop}/"),
            (seller, "seller-returns", f"/en/seller/{shop}/returns/"),
            (seller, "seller-return-answer", f"/en/seller/returns/{waiting.id}/"),
            (seller, "seller-return-inspect", f"/en/seller/returns/{inside.id}/"),
            (seller, "seller-disputes", f"/en/seller/{shop}/disputes/"),
            (seller, "seller-dispute", f"/en/seller/disputes/{talk.id}/"),
            (self.root, "desk", f"/backoffice/orders/dispute/{talk.id}/desk/"),
        ]


def test_pages_fit_and_read_well(server: LiveServer) -> None:
    paths: dict[User, dict[str, str]] = {}
    for person, name, address in Pages(make_world(units=50)).all:
        paths.setdefault(person, {})[name] = address
    sessions = {session_of(person): named for person, named in paths.items()}

    assert walk(server, sessions, prefix="cases") == []


def test_return_is_asked_for_without_scripts(server: LiveServer, tmp_path: Path) -> None:
    world = make_world()
    draw(world)
    order = delivered_order(world, quantity=2)
    assert world.buyer is not None
    photo = tmp_path / "a.png"
    photo.write_bytes(picture("red"))
    with visit(session_of(world.buyer), server, java_script_enabled=False) as page:
        page.goto(f"{server.url}/en/orders/{order.group_id}/")
        page.get_by_role("link", name="Return something").click()
        page.get_by_role("spinbutton").fill("1")
        page.get_by_label("It does not work").check()
        page.get_by_label("Pictures").set_input_files(photo)
        page.get_by_role("button", name="Ask for the return").click()
        expect(page.locator(".order-now__next")).to_contain_text("Silence counts as a yes")
        expect(page.get_by_role("img", name="Picture 1")).to_be_visible()

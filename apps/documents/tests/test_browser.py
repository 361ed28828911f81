"""Papers in a real browser: the page waits and changes by itself, also without scripts; looks are kept."""

import threading

import pytest
from django.db import connections
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from apps.core.viewer import SYSTEM
from apps.documents.services.statements import issue_statement
from apps.documents.tests.test_statements import (
    IN_DECEMBER,
    NOVEMBER,
    move_entries,
    release_entry,
    settle,
)
from apps.documents.tests.world import receipt_of, refunded, render_all
from apps.orders.tests.services.fulfilling import confirmed_order, paid_order, ship
from apps.seller_centre.tests.shop import owner_user
from marketplace.tests.looks import SIZES, server, session_of, visit, walk
from marketplace.tests.world import World, make_world

__all__ = ["server"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def worked() -> None:
    """Let a worker of the media queue work in a thread of its own: the browser's has no ORM."""

    def work() -> None:
        try:
            render_all()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)


def buyer_session(world: World) -> str:
    buyer = world.buyer
    assert isinstance(buyer, User)
    return session_of(buyer)


@pytest.mark.parametrize("has_scripts", [True, False])
def test_buyer_waits_for_a_receipt_and_downloads_it(
    server: LiveServer,
    has_scripts: bool,  # noqa: FBT001  a case
) -> None:
    world = make_world(offers_each=1)
    order = paid_order(world)
    number, session = receipt_of(order).number, buyer_session(world)

    given = {"viewport": SIZES["phone"], "java_script_enabled": has_scripts}
    with visit(session, server, **given) as page:
        page.goto(f"{server.url}/en/orders/{order.group_id}/#documents")
        page.get_by_role("link", name="Being prepared").click()
        page.get_by_text("It is being prepared").wait_for()
        worked()
        # Nothing is clicked: the page asks again by itself.
        page.get_by_text("The document is ready").wait_for(timeout=15_000)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        content = download.value.path().read_bytes()
        name = download.value.suggested_filename

    assert content.startswith(b"%PDF-1.7")
    assert name == f"receipt-{number}.pdf"


def test_pages_with_papers_fit_their_screens_and_please_axe(server: LiveServer) -> None:
    world = make_world(offers_each=3)
    order = confirmed_order(world, offers=(0, 1), quantity=2)
    refunded(order, 10_000_00)
    ship(order, {order.lines.earliest("id").id: 1})
    move_entries(IN_DECEMBER.replace(month=11), release_entry(settle(world, offers=(2,))))
    seller = world.sellers[0]
    render_all()
    issue_statement(
        seller_id=seller.id, month=NOVEMBER, currency="UZS", actor=SYSTEM, now=IN_DECEMBER
    )
    receipt = receipt_of(order)
    of_buyer = {
        "order": f"/en/orders/{order.group_id}/",
        "receipt": f"/en/orders/{order.group_id}/documents/{receipt.id}/",
        "not-asked": f"/ru/orders/{order.group_id}/documents/{receipt.id}/",
    }
    of_seller = {
        "seller-order": f"/ru/seller/orders/{order.id}/",
        "statements": f"/en/seller/{seller.id}/statements/",
        "finance": f"/uz/seller/{seller.id}/finance/",
    }

    paths = {buyer_session(world): of_buyer, session_of(owner_user(seller)): of_seller}
    assert walk(server, paths, prefix="documents") == []

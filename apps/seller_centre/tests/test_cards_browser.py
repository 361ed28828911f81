"""Making a card in Chromium: the whole way to the shop, saved by itself, and many rows at once."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.catalog.models import CardDraft, Offer, Warehouse
from apps.catalog.services import moderation
from apps.catalog.services.bulk_changes import BulkChoice, BulkWish, preview_bulk
from apps.catalog.tests.seller_cards import (
    add_picture_row,
    complete_draft,
    lamps,
    moderator,
    png,
    submitted,
    viewer_in,
)
from apps.catalog.types import BulkKind
from apps.core import clock
from apps.core.services.relay import deliver_all
from apps.seller_centre.tests.shop import member_user, owner_user
from apps.sellers.services.filters import save_filter
from apps.sellers.types import MemberRole
from marketplace.tests.looks import SIZES, server, session_of, visit, walk
from marketplace.tests.world import World, make_world

__all__ = ["server"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def fill_card(page: Page, address: str, picture: Path, base: str) -> None:
    """From the search to the complete card, as a person does it."""
    page.goto(f"{base}cards/new/?q=Lamp+of+Rishton")
    page.get_by_role("button", name="Make a new card").click()
    page.get_by_label("Things › Lamps").check()
    go_on(page)
    page.get_by_label("Description (English)").fill("Blue glaze.")
    go_on(page)
    page.get_by_label("Brand").fill("Rishton")
    page.get_by_label("Power, W").fill("40")
    go_on(page)
    page.get_by_role("checkbox", name="Red").check()
    page.get_by_role("checkbox", name="Blue").check()
    page.get_by_role("button", name="Make the variants").click()
    for name in ("Weight, g", "Length, mm", "Width, mm", "Height, mm"):
        for number in range(2):
            page.get_by_label(name).nth(number).fill("300")
    go_on(page)
    page.get_by_label("Add pictures").set_input_files(picture)
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("1 picture is added.").wait_for()
    go_on(page)
    for number in range(2):
        page.get_by_label("Your own article").nth(number).fill(f"L-{number}")
        page.get_by_label("Price, UZS").nth(number).fill("250 000")
        page.get_by_label("Units: Warehouse 1").nth(number).fill("7")
    page.get_by_role("button", name="Save and see the card").click()
    page.get_by_role("button", name="Send to moderation").click()
    page.get_by_text("Moderators look at the card.").wait_for()


@pytest.mark.parametrize(("size", "has_script"), [("desktop", True), ("phone", False)])
def test_card_is_made_approved_and_can_be_bought(
    server: LiveServer, tmp_path: Path, size: str, *, has_script: bool
) -> None:
    world = make_world(offers_each=1)
    lamps(world)
    deliver_all()
    picture = tmp_path / "lamp.png"
    picture.write_bytes(png("teal", (600, 600)))
    session, base = session_of(owner_user(world.sellers[0])), f"{server.url}/en/seller/"
    base += f"{world.sellers[0].id}/"

    with visit(session, server, viewport=SIZES[size], java_script_enabled=has_script) as page:
        fill_card(page, server.url, picture, base)
    connections.close_all()
    draft = CardDraft.objects.get()
    moderation.approve_draft(draft_id=draft.id, actor=moderator(), now=clock.now(), reason="Fine")
    deliver_all()
    with visit(session, server, viewport=SIZES[size]) as page:
        page.goto(f"{server.url}/en/search/?q=rishton")
        page.get_by_role("link", name="Lamp of Rishton").first.click()
        page.get_by_role("button", name="Add to cart").first.wait_for()
        bought = page.title()

    assert "Lamp of Rishton" in bought


def test_what_is_typed_saves_itself_and_survives_a_closed_tab(server: LiveServer) -> None:
    world = make_world(offers_each=1)
    draft = complete_draft(world)
    session = session_of(owner_user(world.sellers[0]))
    address = f"{server.url}/en/seller/{world.sellers[0].id}/cards/{draft.id}/step/texts/"

    with visit(session, server) as page:
        page.goto(address)
        page.locator("html[data-bound]").wait_for()
        page.get_by_label("Title (English)").fill("Lamp of Gijduvon")
        expect(page.locator("[data-autosave-status]")).to_have_text("Saved", timeout=10_000)
        page.get_by_label("Title (English)").fill("Lamp of Nurota")
        expect(page.locator("[data-autosave-status]")).to_have_text("Saved", timeout=10_000)
        page.goto("about:blank")
        page.goto(address)
        expect(page.get_by_label("Title (English)")).to_have_value("Lamp of Nurota")
        page.get_by_label("Title (English)").fill("Lamp of Kattaqoʻrgʻon")
        go_on(page)
        page.get_by_role("heading", name="Particulars").wait_for()

    draft.refresh_from_db()
    assert draft.texts["en"]["title"] == "Lamp of Kattaqoʻrgʻon"


def test_prices_of_many_are_changed_and_undone_without_scripts(server: LiveServer) -> None:
    world = make_world(offers_each=3)
    session = session_of(owner_user(world.sellers[0]))

    with visit(session, server, viewport=SIZES["phone"], java_script_enabled=False) as page:
        page.goto(f"{server.url}/en/seller/{world.sellers[0].id}/offers/")
        page.get_by_text("Change many at once").click()
        page.get_by_label("All that fit the filter").check()
        page.get_by_label("What to do").select_option("PRICE_PERCENT")
        page.get_by_role("button", name="Preview").click()
        page.get_by_text("Write a number.").first.wait_for()
        page.get_by_label("Number").fill("−10")
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("button", name="Change 3 rows").click()
        page.get_by_text("It is done.").wait_for()
        changed = page.get_by_text("Changed", exact=True).count()
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("It is undone.").wait_for()

    assert changed == 3
    prices = Offer.objects.filter(seller=world.sellers[0]).values_list("price_minor", flat=True)
    assert sorted(prices) == [10_000_000, 20_000_000, 30_000_000]


def pages(world: World) -> dict[str, str]:
    """Cards in every state, one with a title as long as titles can be, a preview with a refusal."""
    seller = world.sellers[0]
    base, actor = f"/en/seller/{seller.id}/", viewer_in(seller)
    picture = moderated_picture()
    waiting, to_mend = complete_draft(world), complete_draft(world, title="Vase", gtin="")
    long = complete_draft(world, title=("Long title " * 22).strip(), gtin="")
    for draft in (waiting, to_mend, long):
        draft.pictures.update(content_hash=picture.content_hash, renditions=picture.widths)
    add_picture_row(long, "b" * 64)
    long.pictures.filter(content_hash="b" * 64).delete()
    submitted(waiting)
    submitted(to_mend)
    words = "The picture shows another vase.\nWrite of what clay it is made."
    moderation.reject_draft(draft_id=to_mend.id, actor=moderator(), now=clock.now(), reason=words)
    member_user(seller, MemberRole.STOCK)
    save_filter(
        seller_id=seller.id,
        page="offers",
        name="Lamps",
        query="q=lamp",
        actor=actor,
        now=clock.now(),
    )
    Offer.objects.filter(id=world.offers[0].id).update(handling_days=3)
    change = preview_bulk(
        seller_id=seller.id, wish=BulkWish(BulkKind.HANDLING_DAYS, 3), choice=BulkChoice(),
        actor=actor, now=clock.now(),
    )  # fmt: skip
    steps = ("category", "texts", "attributes", "variants", "pictures", "offer")
    return {
        "cards": f"{base}cards/",
        "cards-none": f"{base}cards/?q=nothing",
        "card-new": f"{base}cards/new/",
        "card-found": f"{base}cards/new/?q=thing",
        "card-waiting": f"{base}cards/{waiting.id}/",
        "card-to-mend": f"{base}cards/{to_mend.id}/",
        "card-long": f"{base}cards/{long.id}/",
        **{f"step-{name}": f"{base}cards/{long.id}/step/{name}/" for name in steps},
        "step-closed": f"{base}cards/{waiting.id}/step/texts/",
        "offers-bulk": f"{base}offers/?q=thing",
        "bulk": f"{base}offers/bulk/{change.id}/",
        "keepers": f"{base}staff/keepers/",
    }


def moderated_picture() -> Any:
    from apps.catalog.services.images import store_picture

    return store_picture(png("teal", (600, 600)), is_own=True)


def test_every_page_is_quiet_fits_its_screen_and_pleases_axe(server: LiveServer) -> None:
    world = make_world(offers_each=3)
    assert Warehouse.objects.filter(seller=world.sellers[0]).exists()
    paths = pages(world)
    deliver_all()

    session = session_of(owner_user(world.sellers[0]))
    assert walk(server, {session: paths}, prefix="seller") == []

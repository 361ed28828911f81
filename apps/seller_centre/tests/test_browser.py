"""The seller centre in Chromium: no complaint, no sideways scrolling, axe content, usable without scripts."""

import io
from datetime import timedelta

import pytest
from django.db import transaction
from PIL import Image
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from apps.catalog.services.images import store_picture
from apps.catalog.services.products import PictureDraft, add_pictures
from apps.core.services.relay import deliver_all
from apps.documents.tests.world import receipt_of
from apps.orders.models import Order
from apps.orders.services import settling
from apps.orders.tests.services.fulfilling import (
    confirmed_order,
    delivered_order,
    fresh,
    now,
    paid_order,
    ship,
)
from apps.payments.models import Payout, Settlement
from apps.payments.services.payouts import give_back
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.payouts import ask_payout, plain_account, reported, uzs
from apps.payments.types_payouts import PayoutState
from apps.payments.types_payouts import TransferOutcome as Out
from apps.seller_centre.tests.shop import member_user, owner_user
from apps.sellers.types import MemberRole
from marketplace.tests.looks import SIZES, server, session_of, visit, walk
from marketplace.tests.world import World, make_seller, make_user, make_world

__all__ = ["server"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def draw(world: World) -> None:
    for index, offer in enumerate(world.offers):
        content = io.BytesIO()
        Image.new("RGB", (200, 200), (40 * index % 255, 120, 140)).save(content, "PNG")
        picture = PictureDraft(store_picture(content.getvalue()))
        add_pictures(product_id=offer.variant.product_id, pictures=[picture])


def busy_shop() -> tuple[World, dict[str, Order]]:
    """Orders in every state, one settled; pictures; one title as long as titles can be."""
    world = make_world(offers_each=3)
    draw(world)
    settled = delivered_order(world, offers=(0,), quantity=4)
    settling.confirm_receipt(order_id=settled.id, viewer=world.viewer(), now=now())
    deliver_all()
    pay_out(world)
    parted = confirmed_order(world, offers=(0, 1, 2), quantity=2)
    first = parted.lines.earliest("id")
    ship(parted, {first.id: 1})
    parted.lines.exclude(id=first.id).update(titles={"en": f"{'Long title ' * 22}".strip()})
    return world, {"new": paid_order(world, offers=(0, 1)), "parted": parted, "settled": settled}


def pay_out(world: World) -> None:
    """Of 360,000 soʻm: a payout that is paid, one on its way, one that came back; the rest is there."""
    seller_id = world.sellers[0].id
    make_due_available(now=now() + timedelta(days=30))
    plain_account(seller_id)
    at = now()
    for outcomes in ((Out.SENT, Out.PAID), (Out.SENT,), (Out.SENT, Out.FAILED)):
        reported(ask_payout(seller_id, uzs(60_000), now=at), *outcomes, now=at)
    returning = Payout.objects.latest("id")
    Payout.objects.filter(id=returning.id).update(provider_reversal_id="trr_1")
    returning.refresh_from_db()
    returning.failed_at = at
    with transaction.atomic():
        give_back(returning, PayoutState.FAILED, "account_closed", "failed_at")


def paths_of(world: World, orders: dict[str, Order]) -> dict[str, str]:
    base = f"/en/seller/{world.sellers[0].id}/"
    settlement = Settlement.objects.get(reference_id=orders["settled"].id)
    return {
        "home": base,
        "orders": f"{base}orders/",
        "nothing": f"{base}orders/?tab=cancelled",
        "found": f"{base}orders/?q=Thing",
        "not-found": f"{base}orders/?tab=late&q={'samovar' * 12}",
        "new": f"/en/seller/orders/{orders['new'].id}/",
        "parted": f"/en/seller/orders/{orders['parted'].id}/",
        "receipt": f"/en/seller/documents/{receipt_of(orders['settled']).id}/",
        "statements": f"{base}statements/",
        "offers": f"{base}offers/",
        "offer": f"{base}offers/{world.offers[0].id}/",
        "offer-new": f"{base}offers/new/",
        "warehouses": f"{base}warehouses/",
        "warehouse-new": f"{base}warehouses/new/",
        "finance": f"{base}finance/",
        "payouts": f"{base}finance/payouts/",
        "payout": f"{base}finance/payouts/{Payout.objects.get(state='PAID').id}/",
        "payout-failed": f"{base}finance/payouts/{Payout.objects.get(state='FAILED').id}/",
        "bank": f"{base}finance/account/",
        "settlement": f"{base}finance/{settlement.id}/",
        "staff": f"{base}staff/",
        "apply": "/en/seller/apply/",
    }


def test_every_page_is_quiet_fits_its_screen_and_pleases_axe(server: LiveServer) -> None:
    world, orders = busy_shop()
    for role in (MemberRole.MANAGER, MemberRole.STOCK, MemberRole.FINANCE):
        member_user(world.sellers[0], role)
    session, paths = session_of(owner_user(world.sellers[0])), paths_of(world, orders)

    assert walk(server, {session: paths}, prefix="seller") == []


def test_without_scripts_an_order_goes_from_new_to_sent(server: LiveServer) -> None:
    world = make_world(offers_each=1)
    order = paid_order(world, quantity=2)
    session = session_of(owner_user(world.sellers[0]))

    given = {"viewport": SIZES["phone"], "java_script_enabled": False}
    with visit(session, server, **given) as page:
        page.goto(f"{server.url}/en/seller/")
        page.get_by_role("link", name="1 order to confirm").click()
        page.get_by_role("link", name=order.number).click()
        page.get_by_role("button", name="Confirm the order").click()
        page.get_by_label("Thing T11").first.fill("5")
        page.get_by_role("button", name="Hand over the parcel").click()
        is_told = page.get_by_text("Only 2 are left.").first.is_visible()
        page.get_by_label("Thing T11").first.fill("2")
        page.get_by_role("button", name="Hand over the parcel").click()
        is_done = page.get_by_text("is on its way.").is_visible()

    assert (is_told, is_done) == (True, True)
    assert fresh(order).status == "SHIPPED"


def test_applicant_is_led_to_what_was_wrong_by_keyboard(server: LiveServer) -> None:
    session = session_of(make_user("person@people.example"))

    with visit(session, server) as page:
        page.goto(f"{server.url}/en/seller/apply/")
        page.get_by_label("Name of the shop").press("Enter")
        page.get_by_role("alert").wait_for()
        expect(page.locator(".form-errors")).to_be_focused()
        page.get_by_role("link", name="Tax number: This field is required.").press("Enter")
        expect(page.locator("#id_tax_id")).to_be_focused()


def test_member_finds_the_way_in_on_every_page(server: LiveServer) -> None:
    session = session_of(owner_user(make_seller(1)[0]))

    with visit(session, server, viewport=SIZES["desktop"]) as page:
        page.goto(f"{server.url}/en/me/settings/")
        expect(page.locator(".selling-link")).to_have_text(["Seller centre", "Seller centre"])
        count = page.locator('a[href="/en/seller/"]').count()

    assert count == 2

"""Chargebacks in Chromium: the shop's pages without a complaint, wide and narrow; the desk by clicks."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from apps.backoffice.tests.world import superuser_client
from apps.core import clock
from apps.orders.services import settling
from apps.orders.tests.charged_back import give_up, keep, take
from apps.orders.tests.services.fulfilling import delivered_order, now
from apps.payments.models import Chargeback, Settlement
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.payouts import plain_account
from apps.seller_centre.tests.shop import owner_user
from marketplace.tests import looks
from marketplace.tests.looks import SIZES, server, session_of, visit, walk
from marketplace.tests.world import World, make_world

__all__ = ["server"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def charged_back_shop() -> tuple[World, Chargeback]:
    """Six orders: one is asked about, one is lost by its seller, one by us, one is won, two were released.

    Of the released ones a bank has kept one; about the other it decides.
    """
    world = make_world(offers_each=3)
    orders = [delivered_order(world, offers=(index % 3,)) for index in range(6)]
    for order in orders[4:]:
        settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    make_due_available(now=clock.now() + timedelta(days=60))
    keep(orders[4])
    give_up(orders[3])
    keep(orders[2], reason="fraudulent")
    keep(orders[1], reason="duplicate")
    due = clock.now() + timedelta(days=7, hours=1)
    take(orders[5], evidence_due_at=due)
    return world, take(orders[0], evidence_due_at=due)


def root_session() -> str:
    superuser_client()
    return session_of(User.objects.get(email="root@staff.example"))


def test_shop_s_pages_are_quiet_fit_their_screens_and_please_axe(server: LiveServer) -> None:
    world, row = charged_back_shop()
    seller = world.sellers[0].id
    order_id = row.parts.get().allocation.reference_id
    settlement = Settlement.objects.earliest("id")
    shop = {
        "finance": f"/en/seller/{seller}/finance/",
        "finance-ru": f"/ru/seller/{seller}/finance/",
        "order": f"/en/seller/orders/{order_id}/",
        "settlement": f"/en/seller/{seller}/finance/{settlement.id}/",
        "payouts": f"/en/seller/{seller}/finance/payouts/",
        "payouts-ru": f"/ru/seller/{seller}/finance/payouts/",
        "payouts-uz": f"/uz/seller/{seller}/finance/payouts/",
    }
    plain_account(seller)
    session = session_of(owner_user(world.sellers[0]))

    assert walk(server, {session: shop}, prefix="chargeback-shop") == []


def test_evidence_is_sent_by_clicks(server: LiveServer) -> None:
    _world, row = charged_back_shop()
    order_id = row.parts.get().allocation.reference_id

    with visit(root_session(), server, viewport=SIZES["desktop"]) as page:
        for name, address in (
            ("money", reverse("admin:orders_order_money", args=[order_id])),
            ("list", reverse("admin:payments_chargeback_changelist")),
            ("page", reverse("admin:payments_chargeback_change", args=[row.pk])),
        ):
            page.goto(server.url + address)
            looks.keep(page, f"chargeback-desk-{name}-desktop")
        page.get_by_role("button", name="Send evidence").click()
        page.get_by_label("What speaks for the shop").fill("Handed over at the door.")
        expect(page.get_by_role("checkbox")).to_be_checked()
        page.get_by_label("Reason").fill("The courier has the code")
        looks.keep(page, "chargeback-desk-evidence-desktop")
        page.get_by_role("button", name="Send evidence").click()
        expect(page.get_by_text("Send evidence: 1 row.")).to_be_visible()

    row.refresh_from_db()
    assert (row.answer, row.answer_text) == ("EVIDENCE", "Handed over at the door.")
    assert row.answer_facts["delivered_on"]

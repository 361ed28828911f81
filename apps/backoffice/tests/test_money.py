"""The first page's queues and the money page of an order: real numbers, each leading to its rows."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.backoffice.tests.world import buy, client_of, staff, superuser_client
from apps.catalog.models import Product
from apps.core.models import OutboxEvent
from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.orders.selectors_money import order_money
from apps.payments.models import Incident, JournalEntry
from apps.payments.services.holds import hold_escrow, lift_hold
from apps.payments.services.refunds import issue_refund
from apps.payments.tests.releases import release, release_of
from apps.payments.types import Share
from marketplace.tests.world import NOW, make_world

pytestmark = pytest.mark.django_db


def test_order_money_after_capture_and_part_refund_adds_up() -> None:
    order = buy(make_world(), 1).orders.order_by("number").first()
    issue_refund(
        key="r1",
        reference_id=order.id,
        amount=Money(1_000_00, "UZS"),
        reason="GOODWILL",
        actor=SYSTEM,
        now=NOW,
    )

    found = order_money(order.id)

    # 100,000 soʻm of goods with 25,000 of delivery; 10 % commission; 12 % VAT within 100,000.
    assert order.total == Money(125_000_00, "UZS")
    assert found.commission == Money(10_000_00, "UZS")
    assert found.delivery == Money(25_000_00, "UZS")
    assert found.seller_share == Money(90_000_00, "UZS")
    assert found.tax == Money(10_714_29, "UZS")
    assert [row.balance for row in found.holdings] == [Money(124_000_00, "UZS")]
    assert [row.own for row in found.entries] == [Money(125_000_00, "UZS"), Money(-1_000_00, "UZS")]
    assert found.own_total == found.holdings[0].balance


def test_order_money_page_links_each_sum_to_its_rows() -> None:
    order = buy(make_world(), 1).orders.order_by("number").first()
    client = superuser_client()

    html = client.get(reverse("admin:orders_order_money", args=[order.pk])).content.decode()

    account = order_money(order.id).holdings[0].account
    postings = reverse("admin:payments_posting_changelist") + f"?account__id__exact={account.pk}"
    entry = reverse("admin:payments_journalentry_change", args=[JournalEntry.objects.get().pk])
    assert f'href="{postings}"' in html
    assert f'href="{entry}"' in html
    assert html.count("125,000\u00a0UZS") >= 4
    assert client.get(postings).context["cl"].result_count == 1


def test_order_money_page_shows_the_hold_and_then_how_it_was_split() -> None:
    order = buy(make_world(), 1).orders.order_by("number").first()
    client, url = superuser_client(), reverse("admin:orders_order_money", args=[order.pk])
    hold = hold_escrow(reference_id=order.id, actor=SYSTEM, reason="Box was wet", now=NOW)

    held = client.get(url).content.decode()
    lift_hold(hold_id=hold.id, actor=SYSTEM, reason="Dry", now=NOW)
    settlement = release(release_of(Share(order.id, order.seller_id, order.total)))
    released = client.get(url).content.decode()

    assert "Box was wet" in held
    assert reverse("admin:payments_escrowhold_change", args=[hold.pk]) in held
    assert "Box was wet" not in released
    assert reverse("admin:payments_settlement_change", args=[settlement.pk]) in released
    for amount in ("8,928.57", "1,071.43", "22,321.43", "2,678.57"):
        assert amount in released
    assert order_money(order.id).own_total == Money(0, "UZS")


def test_order_money_page_needs_the_right_to_see_the_ledger() -> None:
    order = buy(make_world(), 1).orders.first()
    client = client_of(staff("support@staff.example", "orders.view_order"))
    client.raise_request_exception = False

    assert client.get(reverse("admin:orders_order_change", args=[order.pk])).status_code == 200
    assert client.get(reverse("admin:orders_order_money", args=[order.pk])).status_code == 403


def test_overview_counts_what_waits_and_since_when() -> None:
    world = make_world(offers_each=1)
    Product.objects.filter(pk=world.offers[0].variant.product_id).update(
        status="IN_MODERATION", created_at=NOW - timedelta(days=3)
    )
    Incident.objects.create(kind="CONTRADICTION", key="i1")

    queues = {
        str(row.title): row for row in superuser_client().get("/backoffice/").context["queues"]
    }

    assert queues["Products in moderation"].queue.count == 1
    assert queues["Products in moderation"].queue.oldest_at == NOW - timedelta(days=3)
    assert queues["Incidents"].queue.count == 1
    assert queues["Dead letters"].queue.count == 0
    assert queues["Dead letters"].queue.oldest_at is None


def test_overview_shows_queues_of_ones_own_rights_alone() -> None:
    client = client_of(staff("moderator@staff.example", "catalog.view_product"))

    queues = client.get("/backoffice/").context["queues"]

    assert [str(row.title) for row in queues] == ["Products in moderation"]


def test_every_queue_link_opens_its_list_with_as_many_rows_as_it_counts() -> None:
    client = superuser_client()
    world = make_world(offers_each=1)
    Product.objects.filter(pk=world.offers[0].variant.product_id).update(status="IN_MODERATION")
    Incident.objects.create(kind="CONTRADICTION", key="i1")
    Incident.objects.create(kind="CONTRADICTION", key="i2", resolved_at=NOW)
    for number, dead_at in ((1, NOW), (2, None)):
        OutboxEvent.objects.create(
            aggregate="x",
            aggregate_id=str(number),
            seq=1,
            partition=0,
            topic="x.y",
            payload={},
            dead_at=dead_at,
        )

    for row in client.get("/backoffice/").context["queues"]:
        response = client.get(reverse(row.url_name), row.query)
        assert response.status_code == 200
        assert response.context["cl"].result_count == row.queue.count, row.title

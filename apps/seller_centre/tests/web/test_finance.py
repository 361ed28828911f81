"""A shop's money on its pages: every sum is a ledger's, and its entries are one click away."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from apps.core.errors import NotFound
from apps.core.formats import format_money
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import ANONYMOUS, SYSTEM, viewer_of
from apps.orders import selectors_chargebacks
from apps.orders.models import Order
from apps.orders.selectors_chargebacks import seller_chargebacks
from apps.orders.selectors_statement import balances, statement, statement_entry
from apps.orders.services import settling
from apps.orders.services.refunding import give_back
from apps.orders.tests.charged_back import give_up, keep, take
from apps.orders.tests.services.fulfilling import delivered_order, now, paid_order
from apps.payments.models import Settlement
from apps.payments.selectors import seller_balances
from apps.payments.services.releasing import make_due_available
from apps.seller_centre.tests.shop import browser, member_user, owner, owner_user, page
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db

LIST_QUERIES = 17


@pytest.fixture
def world() -> World:
    return make_world(offers_each=3)


@pytest.fixture
def client(world: World) -> Client:
    return owner(world)


def settle(world: World, **given: object) -> tuple[Order, Settlement]:
    order = delivered_order(world, **given)
    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    deliver_all()
    return order, Settlement.objects.get(reference_id=order.id)


def url_of(world: World, tail: str = "") -> str:
    return f"/en/seller/{world.sellers[0].id}/finance/{tail}"


def plain(html: str) -> str:
    """The page's words without tags, spaces of sums made plain."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("\xa0", " ")


def words(amount: object) -> str:
    return format_money(amount, "en").replace("\xa0", " ")  # type: ignore[arg-type]


def test_new_shop_is_told_where_its_money_will_be(world: World, client: Client) -> None:
    html = page(client, url_of(world))

    assert "Money appears here with the first paid order." in html
    assert "Nothing is settled yet" in html


def test_paid_order_is_money_to_come(world: World, client: Client) -> None:
    paid_order(world, quantity=2)

    # 2 x 100 000 less the commission of 10 %.
    assert "180,000 UZS" in plain(page(client, url_of(world)))
    assert "180,000 UZS" in plain(page(client, f"/en/seller/{world.sellers[0].id}/"))


def test_settled_order_is_pending_then_available_as_the_ledger_says(
    world: World, client: Client
) -> None:
    order, settlement = settle(world)
    (balance,) = seller_balances(world.sellers[0].id)
    assert balance.pending == settlement.payout

    html = page(client, url_of(world, "?state=PENDING"))
    assert order.number in html
    assert words(balance.pending) in plain(html)
    assert order.number not in page(client, url_of(world, "?state=AVAILABLE"))

    make_due_available(now=settlement.available_at + timedelta(seconds=1))
    html = page(client, url_of(world, "?state=AVAILABLE"))
    (balance,) = seller_balances(world.sellers[0].id)
    assert order.number in html
    assert balance.available == settlement.payout
    assert words(balance.available) in plain(html)


def test_settlement_shows_its_economics_and_every_posting(world: World, client: Client) -> None:
    order, settlement = settle(world, quantity=2)
    make_due_available(now=settlement.available_at + timedelta(seconds=1))

    text = plain(page(client, url_of(world, f"{settlement.id}/")))

    assert words(settlement.seller + settlement.commission + settlement.commission_vat) in text
    for part in (-settlement.commission, -settlement.commission_vat, settlement.payout):
        assert words(part) in text
    assert "The order's money is divided" in text.replace("&#x27;", "'")
    assert "Your part becomes available" in text
    assert words(-settlement.total) in text
    order_page = page(client, f"/en/seller/orders/{order.id}/")
    assert url_of(world, f"{settlement.id}/") in order_page


def test_money_is_closed_to_strangers_and_roles_without_it(world: World) -> None:
    _order, settlement = settle(world)
    seller_id = world.sellers[0].id
    viewers = [
        ANONYMOUS,
        world.viewer(),
        viewer_of(owner_user(world.sellers[1])),
        viewer_of(make_user("staff@people.example", is_staff=True)),
        viewer_of(member_user(world.sellers[0], MemberRole.STOCK)),
    ]

    for viewer in viewers:
        for read in (
            lambda v: balances(v, seller_id),
            lambda v: statement(v, seller_id),
            lambda v: statement_entry(v, seller_id, settlement.id),
        ):
            with pytest.raises(NotFound):
                read(viewer)
    other = browser(owner_user(world.sellers[1]))
    assert (
        other.get(f"/en/seller/{world.sellers[1].id}/finance/{settlement.id}/").status_code == 404
    )


def test_finance_list_costs_the_same_for_one_settlement_and_three(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settle(world)
    page(client, url_of(world))
    with django_assert_num_queries(LIST_QUERIES):
        page(client, url_of(world))
    settle(world, offers=(1,))
    settle(world, offers=(0, 1))
    with django_assert_num_queries(LIST_QUERIES):
        page(client, url_of(world))


def test_older_settlements_are_on_the_next_page(world: World) -> None:
    orders = [settle(world, offers=(index,))[0] for index in range(3)]
    viewer, seller_id = viewer_of(owner_user(world.sellers[0])), world.sellers[0].id

    first = statement(viewer, seller_id, limit=2)
    second = statement(viewer, seller_id, limit=2, before=first.next_before)

    found = [row.order.number for row in (*first.rows, *second.rows)]
    assert found == [order.number for order in reversed(orders)]
    assert second.next_before is None


def test_refund_of_released_money_is_shown_as_taken_back(world: World, client: Client) -> None:
    order, settlement = settle(world)
    give_back(
        order=order,
        lines=list(order.lines.all()),
        amount=Money(40_000_00, "UZS"),
        key="r1",
        reason="TEST",
        actor=SYSTEM,
        now=now(),
    )

    listed = plain(page(client, url_of(world)))
    shown = plain(page(client, url_of(world, f"{settlement.id}/")))

    (balance,) = seller_balances(order.seller_id)
    assert balance.pending == Settlement.objects.get().left.payout
    assert f"{words(balance.pending)} less a refund" in listed
    assert "Taken back since" in shown
    assert "A refund takes back its part" in shown
    assert f"Left of it{words(balance.pending)}" in shown


def test_order_and_finance_say_what_a_buyer_s_bank_does(world: World, client: Client) -> None:
    order = delivered_order(world)
    address = f"/en/seller/orders/{order.id}/"
    assert "Taken back by buyers" not in page(client, url_of(world))

    take(order)
    for html in (page(client, url_of(world)), page(client, address)):
        assert "is frozen until the bank has decided. If it keeps it, your part is taken." in html
        assert "The goods did not arrive" in html

    keep(order)
    for html in (page(client, url_of(world)), page(client, address)):
        assert "keeps 125,000\u00a0UZS: your part of it was taken." in html


@pytest.mark.parametrize(
    ("end", "words"),
    [(give_up, "The money goes on as usual."), (keep, "The marketplace bears it.")],
)
def test_finance_says_how_a_chargeback_for_fraud_ended(
    world: World, client: Client, end: object, words: str
) -> None:
    order = delivered_order(world)
    take(order, reason="fraudulent")
    assert "yours is paid then as usual" in page(client, url_of(world))

    end(order, reason="fraudulent")  # type: ignore[operator]

    assert words in page(client, url_of(world))


def test_settlement_tells_a_chargeback_from_a_refund(world: World, client: Client) -> None:
    order, settlement = settle(world)
    keep(order)

    html = page(client, url_of(world, f"{settlement.id}/"))

    assert "your part of a chargeback" in html
    assert "your part of a refund" not in html
    assert "keeps its part" in html


def test_list_of_chargebacks_costs_what_one_costs(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    take(delivered_order(world))
    page(client, url_of(world))
    with CaptureQueriesContext(connection) as captured:
        page(client, url_of(world))
    for offer in (1, 2):
        take(delivered_order(world, offers=(offer,)))

    with django_assert_num_queries(len(captured)):
        html = page(client, url_of(world))

    assert html.count("is frozen until") == 3


def test_open_chargeback_stands_before_any_number_of_ended_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = delivered_order(world)
    take(first)
    for offer in (1, 2):
        ended = delivered_order(world, offers=(offer,))
        take(ended)
        keep(ended)
    monkeypatch.setattr(selectors_chargebacks, "LISTED", 2)
    reader = viewer_of(member_user(world.sellers[0], MemberRole.OWNER))

    listed = seller_chargebacks(reader, world.sellers[0].id)

    assert [one.order.id for one in listed] == [first.id, ended.id]


def test_stranger_and_stock_keeper_read_no_chargebacks(world: World) -> None:
    order = delivered_order(world)
    take(order)

    for viewer in (ANONYMOUS, viewer_of(make_user("stranger@people.example"))):
        with pytest.raises(NotFound):
            seller_chargebacks(viewer, order.seller_id)
    keeper = browser(member_user(world.sellers[0], MemberRole.STOCK))
    assert "bank" not in page(keeper, f"/en/seller/orders/{order.id}/")

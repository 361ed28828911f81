"""Orders of a shop: the queue, what can be done when, what each role reads, what it costs."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.orders.models import Order
from apps.orders.tests.services.fulfilling import (
    confirmed_order,
    delivered_order,
    fresh,
    paid_order,
    quantities,
    ship,
)
from apps.pricing.services import set_exchange_rates
from apps.seller_centre.tests.shop import browser, member_user, owner, page
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db

LIST_QUERIES = 16
PAGE_QUERIES = 15
# Without the counts of the tabs.
SEARCH_QUERIES = 13


@pytest.fixture
def world() -> World:
    return make_world(offers_each=3)


@pytest.fixture
def client(world: World) -> Client:
    return owner(world)


def url_of(order: Order, deed: str = "") -> str:
    return f"/en/seller/orders/{order.id}/{deed}"


def queue(world: World, **query: str) -> str:
    from urllib.parse import urlencode

    return f"/en/seller/{world.sellers[0].id}/orders/?{urlencode(query)}"


def units(order: Order, *counts: int) -> dict[str, str]:
    lines = order.lines.order_by("id")
    return {f"units-{line.id}": str(count) for line, count in zip(lines, counts, strict=True)}


def test_queue_lists_paid_orders_with_clock_goods_and_sum(world: World, client: Client) -> None:
    order = paid_order(world, offers=(0, 1), quantity=2)

    html = page(client, queue(world))

    assert order.number in html
    assert "Confirm by:" in html
    assert "2 × Thing T11" in html
    assert "600,000" in html.replace("\xa0", " ")


def test_unpaid_order_and_another_shops_are_not_in_the_queue(world: World, client: Client) -> None:
    from apps.orders.tests.services.world import place

    unpaid = place(world, offers=(1,))
    foreign = paid_order(world, offers=(3,))

    html = page(client, queue(world))

    assert unpaid.number not in html
    assert foreign.number not in html
    assert "No orders yet" in html


def test_tabs_show_their_orders_alone(world: World, client: Client) -> None:
    new, confirmed = paid_order(world), confirmed_order(world, offers=(1,))
    Order.objects.filter(id=new.id).update(confirm_by=timezone.now() - timedelta(minutes=1))

    found = {
        tab: {
            row.number
            for row in (new, confirmed)
            if row.number in page(client, queue(world, tab=tab))
        }
        for tab in ("to_confirm", "to_ship", "late", "on_the_way", "delivered", "cancelled")
    }

    assert found == {
        "to_confirm": {new.number},
        "to_ship": {confirmed.number},
        "late": {new.number},
        "on_the_way": set(),
        "delivered": set(),
        "cancelled": set(),
    }
    assert "Nothing here" in page(client, queue(world, tab="delivered"))


def test_older_orders_are_on_the_next_page(world: World, client: Client) -> None:
    orders = [paid_order(world) for _ in range(3)]

    html = page(client, queue(world, before=str(orders[1].id)))

    assert orders[0].number in html
    assert orders[2].number not in html
    assert "Previous page" in html


def test_search_stays_in_its_tab_and_its_words_in_the_field(world: World, client: Client) -> None:
    orders = [paid_order(world) for _ in range(3)]
    confirmed = confirmed_order(world)

    html = page(client, queue(world, tab="to_confirm", q="thing", before=str(orders[1].id)))

    assert orders[0].number in html
    assert confirmed.number not in html
    assert 'name="q" value="thing"' in html
    assert 'name="tab" value="to_confirm"' in html
    assert 'href="?tab=to_ship&amp;q=thing"' in html
    assert 'href="?tab=to_confirm&amp;q=thing"' in html
    assert 'class="tabs__count"' not in html


def test_search_without_a_hit_says_what_to_do(world: World, client: Client) -> None:
    order = paid_order(world)
    finance = browser(member_user(world.sellers[0], MemberRole.FINANCE))

    everywhere = page(client, queue(world, q="samovar"))
    in_tab = page(client, queue(world, tab="delivered", q=order.number))
    without_names = page(finance, queue(world, q="Karimova"))

    assert "No order fits “samovar”" in everywhere
    assert "the recipient’s name" in everywhere
    assert "Show all orders" in everywhere
    assert f'href="?q={order.number}">Look among all orders' in in_tab
    assert "No order fits “Karimova”" in without_names
    assert "recipient" not in without_names


def test_words_that_are_no_words_harm_nothing(world: World, client: Client) -> None:
    paid_order(world)

    for text in ("%", "_", "\\", "'", "<i>", "K" * 300, "\x00"):
        assert "<i>" not in page(client, queue(world, q=text))


def test_order_is_confirmed_and_its_page_offers_the_parcel(world: World, client: Client) -> None:
    order = paid_order(world)
    assert "Confirm the order" in page(client, url_of(order))

    answer = client.post(url_of(order, "confirm/"), follow=True)

    assert fresh(order).status == "PROCESSING"
    html = answer.content.decode()
    assert "The order is confirmed." in html
    assert "Hand over the parcel" in html
    assert "Confirm the order" not in html


def test_order_confirmed_twice_stays_confirmed(world: World, client: Client) -> None:
    order = paid_order(world)

    for _ in range(2):
        client.post(url_of(order, "confirm/"))

    assert fresh(order).status == "PROCESSING"
    assert order.events.filter(status="PROCESSING").count() == 1


def test_parcel_takes_the_chosen_units_and_the_rest_stays(world: World, client: Client) -> None:
    order = confirmed_order(world, offers=(0, 1), quantity=3)

    answer = client.post(url_of(order, "ship/"), units(order, 2, 0), follow=True)

    assert "is on its way." in answer.content.decode()
    assert [row[0] for row in quantities(order)] == [2, 0]
    assert fresh(order).status == "PROCESSING"
    html = page(client, url_of(order))
    assert "sent 2 of 3" in html
    assert "Parcel " in html
    client.post(url_of(order, "ship/"), units(order, 1, 3))
    assert fresh(order).status == "SHIPPED"


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((4, 0), "Only 3 are left."),
        ((0, 0), "Choose one unit at least."),
        (("x", 1), "Enter a whole number."),
        ((-1, 1), "Ensure this value is greater than or equal to 0."),
    ],
)
def test_parcel_of_wrong_units_is_told_beside_the_field_and_nothing_is_sent(
    world: World, client: Client, counts: tuple[int, int], words: str
) -> None:
    order = confirmed_order(world, offers=(0, 1), quantity=3)

    answer = client.post(url_of(order, "ship/"), units(order, *counts))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert [row[0] for row in quantities(order)] == [0, 0]


def test_parcel_of_an_order_that_is_not_confirmed_is_refused_in_words(
    world: World, client: Client
) -> None:
    order = paid_order(world)

    answer = client.post(url_of(order, "ship/"), units(order, 1), follow=True)

    assert "The order is not in a state that allows this." in answer.content.decode()
    assert fresh(order).status == "PAID"


def test_whole_order_is_cancelled_with_its_reason(world: World, client: Client) -> None:
    order = paid_order(world, offers=(0, 1))

    client.post(url_of(order, "cancel/"), units(order, 1, 1) | {"reason": "OUT_OF_STOCK"})

    order = fresh(order)
    assert (order.status, order.cancel_reason) == ("CANCELLED", "OUT_OF_STOCK")
    html = page(client, url_of(order))
    assert "The seller has run out of it." in html
    assert "Something cannot be sent?" not in html
    assert "there is nothing to pay out" in html
    assert "Promised by" not in html
    assert "sent 0 of" not in html
    assert "0 ×" not in page(client, queue(world))
    assert "1 × Thing T11" in page(client, queue(world))


def test_part_of_an_order_is_cancelled_and_the_rest_goes_on(world: World, client: Client) -> None:
    order = confirmed_order(world, offers=(0, 1), quantity=2)

    client.post(url_of(order, "cancel/"), units(order, 1, 0) | {"reason": "BY_SELLER"})

    assert [row[2] for row in quantities(order)] == [1, 0]
    assert fresh(order).status == "PROCESSING"
    assert "cancelled 1" in page(client, url_of(order))


@pytest.mark.parametrize("reason", ["", "BY_BUYER", "SELLER_LATE", "nonsense"])
def test_cancelling_without_a_reason_of_the_seller_is_refused_beside_it(
    world: World, client: Client, reason: str
) -> None:
    order = paid_order(world)

    answer = client.post(url_of(order, "cancel/"), units(order, 1) | {"reason": reason})

    assert answer.status_code == 422
    assert "<details" in answer.content.decode()
    assert re.search(r"<details[^>]*seller-cancel[^>]* open", answer.content.decode())
    assert fresh(order).status == "PAID"


def test_late_order_says_so_and_what_follows(world: World, client: Client) -> None:
    order = paid_order(world)
    Order.objects.filter(id=order.id).update(confirm_by=timezone.now() - timedelta(minutes=1))

    html = page(client, url_of(order))

    assert "Late." in html
    assert "it is cancelled and the money goes back:" in html


def test_stock_keeper_packs_without_seeing_money(world: World) -> None:
    order = paid_order(world)
    client = browser(member_user(world.sellers[0], MemberRole.STOCK))

    texts = [
        page(client, url_of(order)),
        page(client, queue(world)),
        page(client, f"/en/seller/{world.sellers[0].id}/"),
    ]

    for html in texts:
        assert 'class="price"' not in html
        assert "What it brings" not in html
    assert "Bobur" in texts[0]
    assert "Something cannot be sent?" not in texts[0]


def test_finance_reads_money_and_neither_acts_nor_sees_addresses(world: World) -> None:
    order = paid_order(world)
    client = browser(member_user(world.sellers[0], MemberRole.FINANCE))

    html = page(client, url_of(order))

    assert "What it brings" in html
    assert "Confirm the order" not in html
    assert "Bobur" not in html
    assert "+998901234567" not in html


def test_order_page_asks_for_a_slip_of_the_rest_and_for_each_parcels_papers(
    world: World, client: Client
) -> None:
    order = confirmed_order(world, offers=(0, 1), quantity=2)
    parcel = ship(order, {order.lines.earliest("id").id: 1})

    html = page(client, url_of(order))

    assert html.count(f'action="/en/seller/orders/{order.id}/documents/"') == 2
    assert html.count('value="PACKING_SLIP"') == 2
    assert html.count('value="LABEL"') == 1
    assert f'name="parcel" value="{parcel.id}"' in html
    assert "Receipt" in html


def test_delivered_order_tells_when_the_money_comes(world: World, client: Client) -> None:
    order = delivered_order(world)

    html = page(client, url_of(order))

    assert "It becomes yours when the buyer confirms receipt" in html
    assert "Delivered: today" in html
    assert "Promised by" not in html
    assert f'href="tel:{order.group.address["phone"]}"' in html


def test_order_that_was_exchanged_tells_its_own_rate(world: World) -> None:
    """A shop that sells in roubles, a buyer who paid in soʻm; the rate of today is another one."""
    order = paid_order(world, offers=(3,))
    set_exchange_rates(rates={"RUB": Decimal(999)}, valid_on=timezone.localdate())
    seller = owner(world, 1)

    html = page(seller, url_of(order)).replace("\xa0", " ")

    assert "At the rate of 1 November 2026: 1 ₽ = 150 UZS." in html
    stock = browser(member_user(world.sellers[1], MemberRole.STOCK))
    assert "At the rate of" not in page(stock, url_of(order))


def test_order_in_the_shops_own_currency_tells_no_rate(world: World, client: Client) -> None:
    assert "At the rate of" not in page(client, url_of(paid_order(world)))


def test_order_with_the_longest_title_opens(world: World, client: Client) -> None:
    order = paid_order(world)
    order.lines.update(titles={"en": "W" * 250})

    assert "W" * 250 in page(client, url_of(order))
    assert "W" * 250 in page(client, queue(world))


def test_search_costs_less_than_the_queue(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = confirmed_order(world, quantity=2)
    ship(order, {order.lines.get().id: 1})
    paid_order(world, offers=(0, 1, 2))
    page(client, queue(world))
    with django_assert_num_queries(SEARCH_QUERIES):
        page(client, queue(world, q="Thing"))


def test_queue_costs_the_same_for_one_order_and_three(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = confirmed_order(world, quantity=2)
    ship(order, {order.lines.get().id: 1})
    page(client, queue(world))
    with django_assert_num_queries(LIST_QUERIES):
        page(client, queue(world))
    larger = confirmed_order(world, offers=(0, 1))
    ship(larger, {larger.lines.earliest("id").id: 1})
    paid_order(world, offers=(0, 1, 2))
    with django_assert_num_queries(LIST_QUERIES):
        page(client, queue(world))


def test_order_page_costs_the_same_for_one_line_and_three(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    small, large = paid_order(world), paid_order(world, offers=(0, 1, 2))
    for order in (small, large):
        with django_assert_num_queries(PAGE_QUERIES):
            page(client, url_of(order))

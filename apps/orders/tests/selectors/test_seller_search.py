"""What a shop's people find by a number, a name, a word: theirs alone, and only what their role may see."""

from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.core.viewer import Viewer
from apps.orders import selectors_seller_search
from apps.orders.models import Order, OrderGroup
from apps.orders.selectors_sellers import seller_orders
from apps.orders.tests.services.fulfilling import confirmed_order, member, owner, paid_order, ship
from apps.orders.tests.services.world import place
from apps.orders.types import SellerTab
from marketplace.tests.world import ADDRESS, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def found(order: Order, text: str, viewer: Viewer | None = None, tab: str = "") -> list[UUID]:
    page = seller_orders(viewer or owner(), order.seller_id, tab=tab, text=text)
    return [row.order.id for row in page.orders]


def named(order: Order, name: str) -> None:
    OrderGroup.objects.filter(id=order.group_id).update(address=ADDRESS | {"recipient_name": name})


def numbered(order: Order, number: str) -> Order:
    Order.objects.filter(id=order.id).update(number=number)
    order.refresh_from_db()
    return order


@pytest.mark.parametrize(
    "text",
    ["K-70412-1", "k-70412-1", "70412-1", "70412", "704", "K-70412-", "K-70412-1-2", "К-70412-1"],
)
def test_number_is_found_whole_by_its_beginning_and_by_a_parcels(world: World, text: str) -> None:
    order = numbered(paid_order(world), "K-70412-1")
    numbered(paid_order(world), "K-80704-1")

    assert found(order, text) == [order.id]


@pytest.mark.parametrize("text", ["K-70412-11", "0412", "K-", "70412-2", "K-7041%"])
def test_what_is_no_beginning_of_a_number_finds_nothing(world: World, text: str) -> None:
    order = numbered(paid_order(world), "K-70412-1")

    assert found(order, text) == []


def test_goods_are_found_by_title_in_any_language_and_by_article(world: World) -> None:
    first, second = paid_order(world), paid_order(world, offers=(1,))
    second.lines.update(
        titles={"en": "Green teapot", "ru": "Зелёный чайник", "uz": "Yashil choynak"}
    )

    for text in ("teapot", "GREEN TEA", "ЧАЙНИК", "choynak", "T12", "S-T12", "s-t12"):
        assert found(first, text) == [second.id], text
    assert found(first, "samovar") == []
    assert found(first, "S-T21") == []


def test_recipient_is_found_by_those_who_pack_and_by_nobody_else(world: World) -> None:
    order, other = paid_order(world), paid_order(world)
    named(order, "Гулнора Рашидова")
    named(other, "Olim Saidov")
    stock, finance = member(world, "STOCK"), member(world, "FINANCE")

    assert found(order, "рашидова") == [order.id]
    assert found(order, "рашидова", stock) == [order.id]
    assert found(order, "рашидова", finance) == []
    assert found(order, other.number, finance) == [other.id]


def test_recipient_of_an_address_that_was_changed_is_the_new_one(world: World) -> None:
    order = paid_order(world)
    named(order, "Olim Saidov")
    Order.objects.filter(id=order.id).update(address=ADDRESS | {"recipient_name": "Lola Umarova"})

    assert found(order, "Umarova") == [order.id]
    assert found(order, "Saidov") == []


def test_search_goes_on_within_a_tab_and_over_pages(world: World) -> None:
    orders = [paid_order(world) for _ in range(3)]
    sent = confirmed_order(world)
    ship(sent)
    seller_id = sent.seller_id

    assert found(sent, "Thing", tab=SellerTab.ON_THE_WAY) == [sent.id]
    first = seller_orders(owner(), seller_id, tab=SellerTab.TO_CONFIRM, text="Thing", limit=2)
    second = seller_orders(
        owner(),
        seller_id,
        tab=SellerTab.TO_CONFIRM,
        text="Thing",
        limit=2,
        before=first.next_before,
    )
    assert [row.order.id for row in (*first.orders, *second.orders)] == [
        row.id for row in reversed(orders)
    ]
    assert second.next_before is None


def test_other_shops_and_unpaid_orders_are_not_found(world: World) -> None:
    order = paid_order(world)
    foreign = paid_order(world, offers=(2,))
    unpaid = place(world, offers=(1,)).orders.get()

    for hidden in (foreign, unpaid):
        assert found(order, hidden.number) == []
    assert found(order, "Thing") == [order.id]
    assert found(order, "S-T21") == []


def test_words_are_looked_for_among_the_newest_and_numbers_among_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors_seller_search, "NEWEST", 1)
    older, newer = paid_order(world), paid_order(world)

    assert found(older, "Thing") == [newer.id]
    assert found(older, "Karimova") == [newer.id]
    assert found(older, older.number) == [older.id]


def test_text_costs_no_statement_more(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewer, seller_id = owner(), world.sellers[0].id
    for _ in range(3):
        ship(confirmed_order(world))
    for text in ("", "K-1", "Thing", "Karimova"):
        with django_assert_num_queries(11):
            assert len(seller_orders(viewer, seller_id, text=text).orders) in {0, 3}, text

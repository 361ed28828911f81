"""A seller's desk: its own rows alone, one number of queries, tabs and search."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.catalog.models import Offer, Stock
from apps.catalog.selectors import shop_desk
from apps.core.errors import NotFound
from apps.core.viewer import ANONYMOUS, SYSTEM, Viewer, viewer_of
from apps.sellers.models import SellerMember
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db

LIST_QUERIES = 7
PAGE_QUERIES = 10


@pytest.fixture
def world() -> World:
    return make_world(units=10, offers_each=3)


def owner(world: World, index: int = 0) -> Viewer:
    return viewer_of(SellerMember.objects.get(seller=world.sellers[index]).user)


def skus(world: World, **given: Any) -> list[str]:
    page = shop_desk.shop_offers(owner(world), world.sellers[0].id, language="en", **given)
    return [row.sku for row in page.offers]


def test_desk_is_closed_to_strangers(world: World) -> None:
    seller, offer = world.sellers[0], world.offers[0]
    for viewer in (
        ANONYMOUS,
        SYSTEM,
        viewer_of(world.buyer),
        owner(world, 1),
        viewer_of(make_user("staff@people.example", is_staff=True)),
    ):
        for read in (
            lambda v: shop_desk.shop_offers(v, seller.id, language="en"),
            lambda v: shop_desk.shop_offer(v, seller.id, offer.id, language="en"),
            lambda v: shop_desk.sold_out_count(v, seller.id),
            lambda v: shop_desk.has_offers(v, seller.id),
            lambda v: shop_desk.warehouses_of(v, seller.id),
        ):
            with pytest.raises(NotFound):
                read(viewer)


def test_offer_of_another_seller_is_not_found_under_ones_own(world: World) -> None:
    with pytest.raises(NotFound):
        shop_desk.shop_offer(owner(world), world.sellers[0].id, world.offers[3].id, language="en")


def test_desk_lists_own_offers_newest_first_with_free_units(world: World) -> None:
    Stock.objects.filter(item__seller_sku="S-T12").update(reserved=4)

    page = shop_desk.shop_offers(owner(world), world.sellers[0].id, language="ru")

    assert [(row.sku, row.title, row.free, row.state) for row in page.offers] == [
        ("T13", "Вещь T13", 10, "ON_SALE"),
        ("T12", "Вещь T12", 6, "ON_SALE"),
        ("T11", "Вещь T11", 10, "ON_SALE"),
    ]


def test_tabs_part_what_sells_from_what_is_sold_out_or_paused(world: World) -> None:
    Stock.objects.filter(item__seller_sku="S-T11").update(reserved=10)
    Offer.objects.filter(id=world.offers[1].id).update(is_active=False)

    assert skus(world, tab="on_sale") == ["T13"]
    assert skus(world, tab="sold_out") == ["T11"]
    assert skus(world, tab="paused") == ["T12"]
    assert shop_desk.sold_out_count(owner(world), world.sellers[0].id) == 1
    with pytest.raises(NotFound):
        skus(world, tab="other")


@pytest.mark.parametrize(
    ("text", "found"),
    [("s-t12", ["T12"]), ("T13", ["T13"]), ("вещь t11", ["T11"]), ("T2", []), ("%", [])],
)
def test_search_looks_into_titles_and_articles(world: World, text: str, found: list[str]) -> None:
    assert skus(world, text=text) == found


def test_pages_follow_each_other_without_gap(world: World) -> None:
    first = shop_desk.shop_offers(owner(world), world.sellers[0].id, language="en", limit=2)
    second = shop_desk.shop_offers(
        owner(world), world.sellers[0].id, language="en", limit=2, before=first.next_before
    )

    assert [row.sku for row in (*first.offers, *second.offers)] == ["T13", "T12", "T11"]
    assert second.next_before is None


def test_detail_shows_every_warehouse_and_its_movements(world: World) -> None:
    detail = shop_desk.shop_offer(
        owner(world), world.sellers[0].id, world.offers[0].id, language="en"
    )

    assert [(row.warehouse.code, row.on_hand, row.free) for row in detail.places] == [
        ("wh-1", 10, 10)
    ]
    assert [(row.kind, row.quantity) for row in detail.movements] == [("RECEIPT", 10)]


def test_offer_whose_card_is_not_in_the_shop_says_so(world: World) -> None:
    offer = world.offers[0]
    type(offer.variant.product).objects.filter(id=offer.variant.product_id).update(
        status="ARCHIVED"
    )

    detail = shop_desk.shop_offer(owner(world), world.sellers[0].id, offer.id, language="en")

    assert detail.shown.state == "HIDDEN"


def test_list_costs_the_same_for_one_offer_and_three(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewer, seller = owner(world), world.sellers[0]
    for limit in (1, 3):
        with django_assert_num_queries(LIST_QUERIES):
            page = shop_desk.shop_offers(viewer, seller.id, language="en", limit=limit)
        assert len(page.offers) == limit


def test_detail_costs_a_fixed_number_of_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewer, seller = owner(world), world.sellers[0]
    with django_assert_num_queries(PAGE_QUERIES):
        shop_desk.shop_offer(viewer, seller.id, world.offers[0].id, language="en")

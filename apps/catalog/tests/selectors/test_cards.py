"""Cards of grids: which, in what order, at what cost."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from apps.catalog.models import ListingCard
from apps.catalog.selectors.cards import (
    branch_pictures,
    cards,
    is_favorite,
    popular_cards,
    shelf_ids,
    viewed_ids,
)
from apps.catalog.selectors.supply import supply_of
from apps.catalog.services import shelves
from apps.core.errors import NotFound
from apps.core.viewer import ANONYMOUS
from marketplace.tests.world import NOW, World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    cache.clear()
    return make_world(offers_each=2)


def product_id(world: World, index: int) -> Any:
    return world.offers[index].variant.product_id


def test_deals_are_ordered_by_percent_off_not_by_price(world: World) -> None:
    cheap, dear, full, _sold_out = (product_id(world, index) for index in range(4))
    ListingCard.objects.filter(product_id=cheap).update(price_minor=900, old_price_minor=1000)
    ListingCard.objects.filter(product_id=dear).update(price_minor=50_000, old_price_minor=100_000)
    ListingCard.objects.filter(product_id=full).update(price_minor=10, old_price_minor=None)
    ListingCard.objects.filter(product_id=_sold_out).update(
        price_minor=1, old_price_minor=100, is_in_stock=False
    )

    assert shelf_ids(10).deals == [dear, cheap]


def test_an_old_price_that_is_not_higher_is_no_deal(world: World) -> None:
    ListingCard.objects.filter(product_id=product_id(world, 0)).update(
        price_minor=1000, old_price_minor=1000
    )

    assert shelf_ids(10).deals == []


def test_popular_cards_lead_with_what_sold_most(world: World) -> None:
    best = product_id(world, 2)
    ListingCard.objects.filter(product_id=best).update(sales_count=7)

    found = popular_cards(2, language="en", category_path=world.category.path)

    assert len(found) == 2
    assert found[0].product_id == best
    assert popular_cards(2, language="en", category_path="zzzz") == []


def test_newest_ids_leave_out_what_is_hidden(world: World) -> None:
    hidden = product_id(world, 0)
    ListingCard.objects.filter(product_id=hidden).update(is_visible=False)

    assert hidden not in shelf_ids(10).newest
    assert len(shelf_ids(10).newest) == 3


@pytest.mark.parametrize("count", [1, 3])
def test_cards_and_supply_cost_one_query_each_for_any_number(
    world: World, count: int, django_assert_num_queries: Any
) -> None:
    ids = [product_id(world, index) for index in range(count)]

    with django_assert_num_queries(1):
        views = cards(ids, language="en")
    with django_assert_num_queries(1):
        supply = supply_of([view.offer_id for view in views if view.offer_id])

    assert [view.product_id for view in views] == ids
    assert [found.free for found in supply.values()] == [10] * count


def test_supply_names_the_warehouse_and_its_habits(world: World) -> None:
    offer = world.offers[0]

    found = supply_of([offer.id])[offer.id]

    assert (found.dispatch.country, found.dispatch.city) == ("UZ", "Toshkent")
    assert found.dispatch.working_days == (1, 2, 3, 4, 5, 6)


def test_branch_pictures_are_read_once(world: World, django_assert_num_queries: Any) -> None:
    image = {"hash": "ab" * 32, "widths": [160], "width": 160, "height": 160, "alt": {}}
    ListingCard.objects.filter(product_id=product_id(world, 1)).update(images=[image])

    with django_assert_num_queries(1):
        first = branch_pictures("en")
    with django_assert_num_queries(0):
        again = branch_pictures("en")

    assert first == again
    assert first[world.category.path].content_hash == "ab" * 32


def test_favorites_and_viewed_belong_to_their_person(world: World) -> None:
    stranger = world.viewer(make_user("stranger@people.example"))
    buyer = world.viewer()
    product = product_id(world, 0)
    assert buyer.user_id is not None
    shelves.set_favorite(user_id=buyer.user_id, product_id=product, is_favorite=True)
    shelves.note_viewed(user_id=buyer.user_id, product_id=product, now=NOW)

    assert is_favorite(buyer, product) is True
    assert is_favorite(stranger, product) is False
    assert is_favorite(ANONYMOUS, product) is False
    assert viewed_ids(buyer) == [product]
    assert viewed_ids(stranger) == []
    assert viewed_ids(ANONYMOUS) == []


def test_viewing_an_unknown_product_is_refused(world: World) -> None:
    buyer = world.viewer()
    assert buyer.user_id is not None

    with pytest.raises(NotFound):
        shelves.note_viewed(user_id=buyer.user_id, product_id=uuid4(), now=NOW)

    assert viewed_ids(buyer) == []

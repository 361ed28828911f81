"""Many rows at once, saved filters and keepers of warehouses, on pages without any script."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.catalog.models import BulkChange, Offer, Warehouse, WarehouseKeeper
from apps.seller_centre.tests.shop import browser, member_user, owner, page
from apps.sellers.models import SavedFilter, SellerMember
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db

BULK_QUERIES = 8


@pytest.fixture
def world() -> World:
    return make_world(offers_each=3)


@pytest.fixture
def client(world: World) -> Client:
    return owner(world)


def base(world: World) -> str:
    return f"/en/seller/{world.sellers[0].id}/"


def ids(world: World, count: int = 3) -> list[str]:
    return [str(offer.id) for offer in world.offers[:count]]


def prices(world: World) -> list[int]:
    rows = Offer.objects.filter(seller=world.sellers[0]).order_by("id")
    return [row.price_minor for row in rows]


def test_prices_are_previewed_changed_and_undone(world: World, client: Client) -> None:
    sent = {"offer": ids(world), "kind": "PRICE_PERCENT", "value": "-12,5 %"}
    answer = client.post(f"{base(world)}offers/bulk/", sent)
    html = page(client, answer["Location"])
    assert "3 rows will be changed." in html
    assert "87,500" in html.replace("&nbsp;", " ")
    assert prices(world) == [10_000_000, 20_000_000, 30_000_000]

    client.post(f"{answer['Location']}apply/")
    assert prices(world) == [8_750_000, 17_500_000, 26_250_000]
    assert "You can undo it" in page(client, answer["Location"])
    client.post(f"{answer['Location']}undo/")

    assert prices(world) == [10_000_000, 20_000_000, 30_000_000]
    assert "This change is undone." in page(client, answer["Location"])


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "PRICE_PERCENT", "value": ""}, "Write a number."),
        ({"kind": "PRICE_PERCENT", "value": "1.234"}, "Two digits after the point at most."),
        ({"kind": "PRICE_PERCENT", "value": "-100"}, "look at the number"),
        ({"kind": "PRICE_AMOUNT", "value": "abc"}, "Enter a sum such as"),
        ({"kind": "HANDLING_DAYS", "value": "2.5"}, "Write a whole number."),
        ({"kind": "ADD_STOCK", "value": "5"}, "Choose a warehouse."),
        ({"kind": "NaN", "value": "NaN"}, "Select a valid choice."),
    ],
)
def test_wish_that_cannot_be_is_told_and_the_choice_is_kept(
    world: World, client: Client, sent: dict[str, str], words: str
) -> None:
    answer = client.post(f"{base(world)}offers/bulk/", sent | {"offer": ids(world, 2)})

    html = answer.content.decode()
    assert (answer.status_code, words in html) == (422, True)
    assert "For 2 chosen offers." in html
    assert html.count('type="hidden" name="offer"') == 2
    assert BulkChange.objects.count() == 0


def test_nothing_chosen_and_what_is_not_ones_own(world: World, client: Client) -> None:
    sent = {"kind": "OFF_SALE"}
    address = f"{base(world)}offers/bulk/"

    assert "Choose one row at least." in client.post(address, sent).content.decode()
    foreign = str(world.offers[3].id)
    assert client.post(address, sent | {"offer": foreign}).status_code == 404
    assert client.post(address, sent | {"offer": "made-up"}).status_code == 404


def test_stock_keeper_is_offered_units_alone(world: World) -> None:
    keeper = browser(member_user(world.sellers[0], MemberRole.STOCK))

    html = page(keeper, f"{base(world)}offers/")

    assert "Add units to a warehouse" in html
    assert "Change the price by percent" not in html
    place = Warehouse.objects.get(seller=world.sellers[0]).id
    sent = {"kind": "ADD_STOCK", "value": "5", "warehouse": str(place), "offer": ids(world)}
    answer = keeper.post(f"{base(world)}offers/bulk/", sent)
    assert "3 rows will be changed." in page(keeper, answer["Location"])


def test_preview_costs_the_same_for_one_row_and_three(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 3):
        sent = {"kind": "OFF_SALE", "offer": ids(world, count)}
        address = client.post(f"{base(world)}offers/bulk/", sent)["Location"]
        page(client, address)
        with django_assert_num_queries(BULK_QUERIES):
            page(client, address)


def test_filter_is_saved_shown_to_its_member_alone_and_deleted(
    world: World, client: Client
) -> None:
    sent = {"name": "Sold out lamps", "query": "tab=sold_out&q=lamp&before=x"}
    answer = client.post(f"{base(world)}filters/", sent)
    assert answer["Location"] == f"{base(world)}offers/?tab=sold_out&q=lamp"
    saved = SavedFilter.objects.get()
    assert "Sold out lamps" in page(client, f"{base(world)}offers/")
    manager = browser(member_user(world.sellers[0], MemberRole.MANAGER))
    assert "Sold out lamps" not in page(manager, f"{base(world)}offers/")
    assert manager.post(f"{base(world)}filters/{saved.pk}/delete/").status_code == 404

    client.post(f"{base(world)}filters/{saved.pk}/delete/")
    client.post(f"{base(world)}filters/", {"name": " ", "query": ""})

    assert SavedFilter.objects.count() == 0


def test_manager_keeps_a_stock_keeper_to_a_warehouse(world: World) -> None:
    keeper = member_user(world.sellers[0], MemberRole.STOCK)
    member = SellerMember.objects.get(user=keeper)
    second = Warehouse.objects.create(
        code="wh-x", name="Second", seller=world.sellers[0], country="UZ", city="Samarqand",
        address="1", time_zone="Asia/Tashkent",
    )  # fmt: skip
    manager = browser(member_user(world.sellers[0], MemberRole.MANAGER))
    address = f"{base(world)}staff/keepers/"
    assert "all warehouses" in page(manager, address)

    manager.post(f"{address}{member.pk}/", {"warehouse": str(second.id)})

    assert "1 warehouse alone" in page(manager, address)
    assert WarehouseKeeper.objects.get().content_object == second
    desk = page(browser(keeper), f"{base(world)}offers/{world.offers[0].id}/")
    assert ("Second" in desk, "Warehouse 1" in desk) == (True, False)
    assert browser(keeper).get(address).status_code == 404
    assert manager.post(f"{address}{member.pk}/", {"warehouse": "made-up"}).status_code == 404

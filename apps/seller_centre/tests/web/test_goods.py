"""Offers, stock and warehouses of a shop on pages without any script."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.catalog.models import Offer, Stock, StockMovement, Warehouse
from apps.seller_centre.tests.shop import browser, member_user, owner, page
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db

LIST_QUERIES = 12
PAGE_QUERIES = 12


@pytest.fixture
def world() -> World:
    return make_world(offers_each=3)


@pytest.fixture
def client(world: World) -> Client:
    return owner(world)


def list_url(world: World, query: str = "") -> str:
    return f"/en/seller/{world.sellers[0].id}/offers/{query}"


def url_of(world: World, deed: str = "", index: int = 0) -> str:
    return f"/en/seller/{world.sellers[0].id}/offers/{world.offers[index].id}/{deed}"


def hidden(html: str) -> dict[str, str]:
    """What the first count form of the page carries along."""
    names = ("item_id", "warehouse_id", "seen_on_hand", "key")
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', html)[1]  # type: ignore[index]
        for name in names
    }


def units(world: World) -> int:
    return Stock.objects.get(item=world.offers[0].components.get().item).on_hand


def test_list_shows_price_and_free_units(world: World, client: Client) -> None:
    Stock.objects.filter(item__seller_sku="S-T11").update(reserved=4)

    html = page(client, list_url(world))

    assert re.findall(r"Thing T1(\d)", html).count("1") >= 1
    assert "S-T11" in html
    assert ">6<" in html
    assert "T21" not in html


def test_list_finds_by_words_and_keeps_them_in_the_tabs(world: World, client: Client) -> None:
    html = page(client, list_url(world, "?q=T12"))

    assert "Thing T12" in html
    assert "Thing T11" not in html
    assert "?tab=sold_out&amp;q=T12" in html
    assert "No offer fits." in page(client, list_url(world, "?q=nothing"))
    assert "No offer fits." in page(client, list_url(world, "?tab=paused"))


def test_shop_without_offers_is_told_how_to_begin(world: World, client: Client) -> None:
    Offer.objects.filter(seller=world.sellers[0]).update(seller=world.sellers[1])

    assert "No offers yet" in page(client, list_url(world))
    home = page(client, f"/en/seller/{world.sellers[0].id}/")
    assert "Three steps to the first order" in home
    assert "/offers/new/" in home


def test_price_is_changed_with_spaces_and_comma(world: World, client: Client) -> None:
    answer = client.post(
        url_of(world, "price/"), {"version": "1", "price": "89 900,50", "old_price": "100\u00a0000"}
    )

    assert answer.status_code == 302
    offer = Offer.objects.get(id=world.offers[0].id)
    assert (offer.price_minor, offer.old_price_minor) == (8_990_050, 10_000_000)
    assert 'value="89900.50"' in page(client, url_of(world))


@pytest.mark.parametrize(
    ("price", "old", "words"),
    [
        ("", "", "This field is required."),
        ("abc", "", "Enter a sum such as"),
        ("-5", "", "Enter a sum such as"),
        ("1e5", "", "Enter a sum such as"),
        ("١٢", "", "Enter a sum such as"),
        ("1.234", "", "fewer digits after the point"),
        ("0", "", "A price is more than zero"),
        ("100", "100", "A price is more than zero"),
        ("9" * 20, "", "This price is too high."),
    ],
)
def test_wrong_price_is_told_beside_the_field_and_changes_nothing(
    world: World, client: Client, price: str, old: str, words: str
) -> None:
    answer = client.post(
        url_of(world, "price/"), {"version": "1", "price": price, "old_price": old}
    )

    html = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'id="id_price_error">.*?{words}', html, re.DOTALL)
    assert Offer.objects.get(id=world.offers[0].id).version == 1


def test_price_changed_by_somebody_else_meanwhile_is_not_overwritten(
    world: World, client: Client
) -> None:
    client.post(url_of(world, "price/"), {"version": "1", "price": "90000"})
    answer = client.post(url_of(world, "price/"), {"version": "1", "price": "80000"})

    assert "Somebody changed this offer meanwhile." in answer.content.decode()
    assert Offer.objects.get(id=world.offers[0].id).price_minor == 9_000_000


def test_offer_is_paused_and_put_on_sale_again(world: World, client: Client) -> None:
    client.post(url_of(world, "sale/"), {"is_active": "0"})
    assert "Put on sale" in page(client, url_of(world))
    client.post(url_of(world, "sale/"), {"is_active": "1"})
    assert Offer.objects.get(id=world.offers[0].id).is_active


def test_count_becomes_a_movement_on_the_page(world: World, client: Client) -> None:
    sent = hidden(page(client, url_of(world)))

    answer = client.post(
        url_of(world, "stock/"),
        sent | {"on_hand": "25", "kind": "RECEIPT", "reason": "Delivery 7"},
        follow=True,
    )

    html = answer.content.decode()
    assert units(world) == 25
    assert "The count is saved." in html
    assert "+15" in html
    assert "Delivery 7" in html


def test_count_sent_twice_by_an_impatient_finger_counts_once(world: World, client: Client) -> None:
    sent = hidden(page(client, url_of(world))) | {"on_hand": "25", "kind": "RECEIPT"}

    for _ in range(2):
        client.post(url_of(world, "stock/"), sent)

    assert units(world) == 25
    assert StockMovement.objects.filter(quantity=15).count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"on_hand": "-1"}, "greater than or equal to 0"),
        ({"on_hand": ""}, "This field is required."),
        ({"on_hand": "5", "kind": "RECEIPT"}, "Received means more units"),
        ({"on_hand": "5", "seen_on_hand": "9"}, "10 are on hand now"),
        ({"on_hand": "2"}, "Some of these units are held"),
        ({"kind": "SALE"}, "Select a valid choice."),
    ],
)
def test_wrong_count_is_told_beside_the_field_and_moves_nothing(
    world: World, client: Client, given: dict[str, str], words: str
) -> None:
    Stock.objects.filter(item__seller_sku="S-T11").update(reserved=3)
    sent = hidden(page(client, url_of(world))) | {"on_hand": "12", "kind": "CORRECTION"} | given

    answer = client.post(url_of(world, "stock/"), sent)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert 'name="seen_on_hand" value="10"' in html
    assert units(world) == 10


def test_count_of_another_offers_item_is_not_found(world: World, client: Client) -> None:
    sent = hidden(page(client, url_of(world, index=1))) | {"on_hand": "1", "kind": "CORRECTION"}

    assert client.post(url_of(world, "stock/"), sent).status_code == 404


def test_known_variant_is_offered_and_sells_after_the_first_count(
    world: World, client: Client
) -> None:
    seller = world.sellers[0]
    form = {
        "code": "T21",
        "seller_sku": "MINE-1",
        "price": "12 500",
        "condition": "NEW",
        "handling_days": "2",
    }

    answer = client.post(list_url(world, "new/"), form)

    offer = Offer.objects.get(seller=seller, variant=world.offers[3].variant)
    assert answer["Location"] == list_url(world, f"{offer.id}/")
    assert (offer.price_minor, offer.currency, offer.handling_days) == (1_250_000, "UZS", 2)
    html = page(client, answer["Location"])
    assert "Sold out" in html
    client.post(f"{answer['Location']}stock/", hidden(html) | {"on_hand": "3", "kind": "RECEIPT"})
    assert "On sale" in page(client, answer["Location"])


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"code": "none"}, "code", "There is no such article or barcode"),
        ({"code": "T11"}, "code", "You offer this already."),
        ({"seller_sku": "S-T11"}, "seller_sku", "Another of your goods has this article."),
        ({"price": "0"}, "price", "A price is more than zero"),
        ({"handling_days": "99"}, "handling_days", "less than or equal to 30"),
    ],
)
def test_offer_that_cannot_be_is_told_beside_the_field(
    world: World, client: Client, given: dict[str, str], field: str, words: str
) -> None:
    form = {
        "code": "T21",
        "seller_sku": "MINE-1",
        "price": "1",
        "condition": "NEW",
        "handling_days": "1",
    }

    answer = client.post(list_url(world, "new/"), form | given)

    assert answer.status_code == 422
    assert re.search(rf'id="id_{field}_error">.*?{words}', answer.content.decode(), re.DOTALL)
    assert Offer.objects.count() == 6


def test_warehouse_is_opened_and_changed(world: World, client: Client) -> None:
    base = f"/en/seller/{world.sellers[0].id}/warehouses/"
    form = {
        "name": "Chilonzor",
        "country": "UZ",
        "city": "Toshkent",
        "address": "Bunyodkor 5",
        "time_zone": "Asia/Tashkent",
        "cutoff_hour": "15",
        "working_days": ["1", "2"],
    }

    client.post(f"{base}new/", form)
    made = Warehouse.objects.get(name="Chilonzor")
    client.post(f"{base}{made.id}/", form | {"cutoff_hour": "18"})

    made.refresh_from_db()
    assert (made.seller_id, made.cutoff_hour, made.working_days) == (
        world.sellers[0].id,
        18,
        [1, 2],
    )
    html = page(client, base)
    assert "Mon, Tue" in html
    assert "orders until 18:00 leave the same day" in html
    assert page(client, url_of(world)).count('name="on_hand"') == 2


def test_warehouse_in_a_time_zone_of_another_country_is_refused(
    world: World, client: Client
) -> None:
    form = {
        "name": "X",
        "country": "RU",
        "city": "Москва",
        "address": "1",
        "time_zone": "Asia/Tashkent",
        "cutoff_hour": "15",
        "working_days": ["1"],
    }

    answer = client.post(f"/en/seller/{world.sellers[0].id}/warehouses/new/", form)

    assert answer.status_code == 422
    assert "This time zone is not of the chosen country." in answer.content.decode()
    assert Warehouse.objects.filter(seller=world.sellers[0]).count() == 1


def test_shop_without_a_warehouse_says_so_everywhere(world: World, client: Client) -> None:
    Warehouse.objects.filter(seller=world.sellers[0]).update(seller=world.sellers[1])

    assert "No warehouse yet" in page(client, f"/en/seller/{world.sellers[0].id}/warehouses/")


def test_stock_keeper_counts_and_changes_no_price(world: World) -> None:
    client = browser(member_user(world.sellers[0], MemberRole.STOCK))

    html = page(client, url_of(world))

    assert "Save the count" in html
    assert "Save the price" not in html
    assert "Pause" not in html
    client.post(url_of(world, "stock/"), hidden(html) | {"on_hand": "9", "kind": "WRITE_OFF"})
    assert units(world) == 9


def test_list_and_page_cost_the_same_for_one_offer_and_three(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page(client, list_url(world))
    for query in ("?q=T11", ""):
        with django_assert_num_queries(LIST_QUERIES):
            page(client, list_url(world, query))
    with django_assert_num_queries(PAGE_QUERIES):
        page(client, url_of(world))

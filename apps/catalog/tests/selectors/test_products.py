"""The product page's data: offers in order, variants, a fixed number of queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import translation

from apps.catalog.models import (
    Attribute,
    AttributeOption,
    Offer,
    OfferPrice,
    Product,
    Warehouse,
)
from apps.catalog.selectors.products import product_page
from apps.catalog.services import offers, products
from apps.catalog.services.cards import rebuild_card
from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.viewer import SYSTEM
from marketplace.tests.world import NOW, World, make_seller, make_world, receive_units

pytestmark = pytest.mark.django_db
QUERIES = 1


@pytest.fixture
def world() -> World:
    cache.clear()
    return make_world(offers_each=1)


def add_rivals(world: World, count: int) -> None:
    """Let other sellers offer the first product's variant too."""
    variant = world.offers[0].variant
    for number in range(count):
        seller, warehouse = make_seller(10 + number)
        offer = offers.create_offer(
            seller_id=seller.id,
            variant_id=variant.id,
            seller_sku=f"R{number}",
            terms=offers.OfferTerms(price=Money(90_000_00 + number * 100_00, "UZS")),
            now=NOW,
        )
        receive_units(offer, warehouse, 5, key=f"rival:{number}")


@pytest.mark.parametrize("rivals", [0, 2])
def test_product_page_costs_the_same_for_any_number_of_offers(
    world: World, rivals: int, django_assert_num_queries: Any
) -> None:
    add_rivals(world, rivals)
    product = world.offers[0].variant.product
    color = Attribute.objects.create(code="color", kind="CHOICE", labels={"en": "Color"})
    AttributeOption.objects.create(attribute=color, code="red", labels={"en": "Red"})
    Product.objects.filter(id=product.id).update(attributes={"color": "red"})

    with django_assert_num_queries(QUERIES):
        page = product_page(short_id=product.short_id, language="en")

    assert len(page.offers) == rivals + 1
    assert page.title == "Thing T11"
    assert page.attributes == (("Color", "Red"),)


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("en", 1.5, "1.5 persons"),
        ("ru", 1.5, "1,5 места"),
        ("uz", 4.0, "4 persons"),
        ("en", 2_073_600, "2073600 persons"),
    ],
)
def test_number_and_its_unit_are_written_as_the_language_does(
    world: World, language: str, value: float, shown: str
) -> None:
    product = world.offers[0].variant.product
    Attribute.objects.create(
        code="size", kind="NUMBER", unit="persons", units={"ru": "места"}, labels={"en": "Size"}
    )
    Product.objects.filter(id=product.id).update(attributes={"size": value})

    with translation.override(language):
        page = product_page(short_id=product.short_id, language=language)

    assert page.attributes == (("Size", shown),)


def test_the_cheapest_rival_wins_and_free_units_are_counted(world: World) -> None:
    add_rivals(world, 2)
    product = world.offers[0].variant.product

    page = product_page(short_id=product.short_id, language="en")

    assert [offer.price.minor for offer in page.offers] == [90_000_00, 90_100_00, 100_000_00]
    assert [offer.free for offer in page.offers] == [5, 5, 10]
    assert page.best_offer is page.offers[0]


def test_offers_in_another_currency_compare_by_their_worth(world: World) -> None:
    variant = world.offers[0].variant
    seller = world.sellers[1]
    offer = offers.create_offer(
        seller_id=seller.id,
        variant_id=variant.id,
        seller_sku="RUB",
        # 600 roubles at 150 are 90,000 soʻm: cheaper than 100,000.
        terms=offers.OfferTerms(price=Money(600_00, "RUB")),
        now=NOW,
    )
    receive_units(offer, Warehouse.objects.get(seller=seller), 1, key="rub")

    page = product_page(short_id=variant.product.short_id, language="en")

    assert page.offers[0].price == Money(600_00, "RUB")


def asked_before(offer: Offer, price_minor: int, first: int, last: int) -> None:
    """Let an offer have had a price from `first` to `last` days before its present one began."""
    began = OfferPrice.objects.get(offer=offer, valid__upper_inf=True).valid.lower
    span = DateTimeTZRange(began - timedelta(days=first), began - timedelta(days=last))
    OfferPrice.objects.create(offer=offer, price_minor=price_minor, valid=span)


@pytest.mark.parametrize(
    ("asked", "lowest"),
    [
        ([], None),
        # The present price of 100,000 is none of those before it.
        ([(120_000_00, 90, 0)], 120_000_00),
        ([(1, 90, 60), (80_000_00, 60, 0)], 80_000_00),
        ([(80_000_00, 60, 10), (90_000_00, 10, 0)], 80_000_00),
        ([(80_000_00, 60, 30), (90_000_00, 30, 0)], 90_000_00),
        ([(80_000_00, 60, 31)], None),
    ],
)
def test_lowest_price_is_that_of_the_thirty_days_before_the_present_one(
    world: World, asked: list[tuple[int, int, int]], lowest: int | None
) -> None:
    offer = world.offers[0]
    for price_minor, first, last in asked:
        asked_before(offer, price_minor, first, last)
    asked_before(world.offers[1], 5, 20, 0)

    page = product_page(short_id=offer.variant.product.short_id, language="en")
    card = rebuild_card(product_id=offer.variant.product_id, now=NOW + timedelta(days=400))

    assert page.offers[0].lowest_30_days == (Money(lowest, "UZS") if lowest else None)
    assert card.lowest_30_days_minor == lowest


@pytest.mark.parametrize("sku", [None, "NO-SUCH"])
def test_archived_product_and_unknown_sku_are_not_found(world: World, sku: str | None) -> None:
    product = world.offers[0].variant.product
    if sku is None:
        products.archive_product(product_id=product.id, actor=SYSTEM, reason="gone", now=NOW)
        assert Product.objects.get(id=product.id).status == Product.Status.ARCHIVED

    with pytest.raises(NotFound):
        product_page(short_id=product.short_id, language="en", sku=sku)

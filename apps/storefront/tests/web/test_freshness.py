"""Parts of pages are kept as HTML, and yet the next page shows what was changed through the services."""

import pytest
from django.core.cache import cache
from django.test import Client

from apps.catalog.models import OfferComponent, Product, Stock, StockMovement
from apps.catalog.services import offers, stock
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.search import services as search
from apps.storefront.presenting import product_url
from marketplace.tests.world import NOW, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    cache.clear()
    world = make_world(offers_each=1)
    deliver_all()
    search.rebuild()
    return world


def pages_of(client: Client, product: Product) -> dict[str, str]:
    slug = product.texts.get(language="en").slug
    addresses = {
        "home": "/en/",
        "listing": "/en/c/things/",
        "product": product_url(slug, product.short_id),
    }
    return {name: client.get(path).content.decode() for name, path in addresses.items()}


def test_new_price_is_on_every_page_at_once(client: Client, world: World) -> None:
    client.cookies["currency"] = "UZS"
    offer = world.offers[0]
    before = pages_of(client, offer.variant.product)

    offers.change_price(
        offer_id=offer.id,
        price=Money(77_700_00, "UZS"),
        old_price=Money(100_000_00, "UZS"),
        now=NOW,
    )
    deliver_all()
    after = pages_of(client, offer.variant.product)

    for name in before:
        assert "77,700" not in before[name], name
        assert "77,700" in after[name], name
        assert "−22%" in after[name], name


def test_sold_out_product_is_so_on_every_page_at_once(client: Client, world: World) -> None:
    offer = world.offers[0]
    product = offer.variant.product
    before = pages_of(client, product)
    row = Stock.objects.get(item_id=OfferComponent.objects.get(offer=offer).item_id)

    stock.move_stock(
        item_id=row.item_id,
        warehouse_id=row.warehouse_id,
        quantity=-row.on_hand,
        kind=StockMovement.Kind.WRITE_OFF,
        key="all-gone",
        actor_id=None,
    )
    deliver_all()
    after = pages_of(client, product)

    assert product.short_id in before["home"]
    assert product.short_id not in after["home"]
    assert "Sold out" not in before["listing"]
    assert "Sold out" in after["listing"]
    assert 'id="add-form"' in before["product"]
    assert 'id="add-form"' not in after["product"]

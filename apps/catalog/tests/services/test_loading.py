"""Loading many products leaves the same rows as making them one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.catalog.models import ListingCard, Offer, OfferPrice, Product, StockMovement, Warehouse
from apps.catalog.services import loading
from apps.catalog.services.cards import rebuild_card
from apps.catalog.services.offers import OfferTerms
from apps.catalog.services.products import ProductDraft, VariantDraft
from apps.core.invariants import violations
from apps.core.models import AuditEntry
from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.sellers.models import Seller
from marketplace.tests.world import NOW, make_category, make_rates, make_seller


def a_load(
    seller: Seller, warehouse: Warehouse, number: int, price: int = 90_000_00
) -> loading.ProductLoad:
    sku = f"B{number}"
    return loading.ProductLoad(
        draft=ProductDraft(
            category=make_category(f"shelf-{number}"),
            texts={"en": (f"Thing {number}", "A thing.")},
            variants=[VariantDraft(sku=sku, options={}, weight_grams=10, size_mm=(1, 1, 1))],
            source="test",
            source_id=str(number),
        ),
        offers=[
            loading.OfferDraft(
                seller_id=seller.id,
                sku=sku,
                terms=OfferTerms(price=Money(price, "UZS"), old_price=Money(100_000_00, "UZS")),
                since=NOW - timedelta(days=60),
                units={warehouse.id: 7},
                earlier=(Money(80_000_00, "UZS"), NOW - timedelta(days=6)),
            )
        ],
        published_at=NOW - timedelta(days=60),
    )


@pytest.mark.django_db
def test_load_products_writes_history_movements_and_the_card_a_rebuild_would_write() -> None:
    make_rates()
    seller, warehouse = make_seller(1)
    made = loading.load_products(
        source="test", loads=[a_load(seller, warehouse, 1)], actor=SYSTEM, now=NOW
    )

    product_id = made["1"]
    assert list(OfferPrice.objects.order_by("valid").values_list("price_minor", flat=True)) == [
        80_000_00,
        90_000_00,
    ]
    assert StockMovement.objects.get().quantity == 7
    assert AuditEntry.objects.filter(action="catalog.products_loaded").count() == 1
    card = ListingCard.objects.values().get(product_id=product_id)
    assert card["is_visible"]
    assert card["lowest_30_days_minor"] == 80_000_00
    rebuild_card(product_id=product_id, now=NOW)
    again = ListingCard.objects.values().get(product_id=product_id)
    assert again == card | {"version": 2}
    assert violations() == []


@pytest.mark.django_db
def test_load_products_known_source_id_is_left_alone() -> None:
    make_rates()
    seller, warehouse = make_seller(1)
    load = a_load(seller, warehouse, 1)
    loading.load_products(source="test", loads=[load], actor=SYSTEM, now=NOW)
    assert loading.load_products(source="test", loads=[load], actor=SYSTEM, now=NOW) == {}
    assert Product.objects.count() == 1


@pytest.mark.django_db
def test_load_products_two_offers_and_two_variants_the_card_is_the_one_a_rebuild_would_write() -> (
    None
):
    make_rates()
    seller, warehouse = make_seller(1)
    rival, far = make_seller(2)
    load = a_load(seller, warehouse, 1)
    second = replace(load.draft.variants[0], sku="B1-L", options={"size": "l"})
    dearer = replace(load.offers[0], seller_id=rival.id, units={far.id: 2}, earlier=None)
    sold_out = replace(load.offers[0], sku="B1-L", units={warehouse.id: 0})
    load = replace(
        load,
        draft=replace(load.draft, variants=[load.draft.variants[0], second]),
        offers=[load.offers[0], dearer, sold_out],
        sales_count=3,
    )
    made = loading.load_products(source="test", loads=[load], actor=SYSTEM, now=NOW)

    card = ListingCard.objects.values().get(product_id=made["1"])
    assert card["seller_ids"] == sorted([seller.id, rival.id])
    assert card["has_choice"]
    rebuild_card(product_id=made["1"], now=NOW)
    assert ListingCard.objects.values().get(product_id=made["1"]) == card | {"version": 2}
    assert violations() == []


@pytest.mark.django_db
def test_load_products_names_each_fault_and_loads_nothing() -> None:
    seller, warehouse = make_seller(1)
    _rival, foreign = make_seller(2)
    good = a_load(seller, warehouse, 1)
    free = a_load(seller, warehouse, 2, price=0)
    nameless = a_load(seller, warehouse, 3)
    nameless = replace(nameless, draft=replace(nameless.draft, texts={"en": ("", "")}))
    twin = a_load(seller, warehouse, 4)
    twin = replace(
        twin, draft=replace(twin.draft, variants=good.draft.variants), offers=good.offers
    )
    elsewhere = a_load(seller, foreign, 5)
    with pytest.raises(loading.LoadRefused) as refusal:
        loading.load_products(
            source="test", loads=[good, free, nameless, twin, elsewhere], actor=SYSTEM, now=NOW
        )
    assert refusal.value.rows == [
        ("1", "sku B1"),
        ("2", "price of B2"),
        ("3", "title"),
        ("4", "sku B1"),
        ("5", "warehouse of B5"),
    ]
    assert str(refusal.value).startswith("5 of these products")
    assert Product.objects.count() == 0
    assert Offer.objects.count() == 0

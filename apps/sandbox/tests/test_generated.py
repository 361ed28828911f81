"""A generated catalogue is the same each time, and every product of it can be loaded."""

from datetime import UTC, datetime

import pytest

from apps.catalog.models import ListingCard, Offer, Product, ProductText, StockMovement
from apps.core.invariants import violations
from apps.sandbox.catalogues import generated, generated_names, generated_sellers
from apps.sandbox.catalogues.loading import load
from apps.sandbox.demo.market import ensure_market
from apps.sandbox.demo.people import ensure_people
from apps.sellers.models import Seller

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SIZE = 50


def quiet(_step: str, _done: int, _total: int) -> None:
    return None


def test_a_smaller_catalogue_is_the_beginning_of_a_larger_one() -> None:
    small = list(generated.products(0, SIZE, now=NOW, stored={}))
    large = list(generated.products(0, 4 * SIZE, now=NOW, stored={}))
    assert large[:SIZE] == small
    assert list(generated.products(SIZE, 2 * SIZE, now=NOW, stored={})) == large[SIZE : 2 * SIZE]


def test_names_of_brands_and_series_are_all_different() -> None:
    brands = set(generated.brands())
    series = {generated_names.series(number) for number in range(generated_names.SERIES)}
    assert len(brands) == generated_names.BRANDS
    assert len(series) == generated_names.SERIES
    assert not brands & series


@pytest.mark.django_db
def test_generated_products_load_whole_with_offers_stock_and_cards() -> None:
    ensure_people(now=NOW)
    ensure_market(now=NOW)
    generated_sellers.ensure_sellers(now=NOW)
    generated_sellers.ensure_sellers(now=NOW)
    plans = list(generated.products(0, SIZE, now=NOW, stored={}))
    load(generated.catalogue(SIZE, now=NOW, stored={}), now=NOW, progress=quiet)

    assert Seller.objects.count() == len(generated_sellers.ALL)
    assert Product.objects.filter(source=generated.SOURCE).count() == SIZE
    assert ProductText.objects.count() == 3 * SIZE
    assert ListingCard.objects.filter(is_visible=True, price_minor__gt=0).count() == SIZE
    assert Offer.objects.count() == sum(len(plan.offers) for plan in plans)
    units = [n for plan in plans for offer in plan.offers for n in offer.units.values()]
    assert StockMovement.objects.count() == sum(1 for n in units if n)
    assert violations() == []

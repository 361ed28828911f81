"""The readers of outside catalogues: what comes in, what is reported, nothing silently dropped."""

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.catalog.models import Category, ListingCard, Product, VariantCode
from apps.core.invariants import violations
from apps.core.services.relay import deliver_all
from apps.sandbox.catalogues import chorus, chosen, pictured, shelving
from apps.sandbox.catalogues.loading import load
from apps.sandbox.demo.market import ensure_market
from apps.sandbox.demo.people import ensure_people

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DATA = Path(os.environ.get("KARVON_DATA", settings.BASE_DIR.parent / "shared" / "data"))


def quiet(_step: str, _done: int, _total: int) -> None:
    return None


def shared(name: str) -> Path:
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here; KARVON_DATA names the folder of outside catalogues")
    return folder


def write_chorus(folder: Path, *rows: dict[str, Any]) -> Path:
    base = {
        "name": "X1",
        "title": "Acme keyboard",
        "ean": ["4006381333931"],
        "supplier": "Acme",
        "price": 1999,
        "date_released": "2015-03-01T00:00:00Z",
    }
    with gzip.open(folder / "products.jsonl.gz", "wt", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(base | row) + "\n")
    return folder


def write_pictured(folder: Path, *rows: dict[str, Any]) -> Path:
    base = {
        "name": "Apple",
        "category": ["Groceries", "Fruit"],
        "description": "",
        "price": None,
        "attributes": {},
        "variants": [],
        "images": [],
        "source": "test",
    }
    with gzip.open(folder / "products.jsonl.gz", "wt", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(base | row) + "\n")
    with gzip.open(folder / "reviews.csv.gz", "wt", encoding="utf-8") as lines:
        lines.write("sku,rating_value,title,review,reviewer\n")
        lines.write("A1,4,Good,Sweet,Ann\nZ9,1,Bad,Lost,Bob\n")
    return folder


def test_chorus_reports_what_is_left_out(tmp_path: Path) -> None:
    folder = write_chorus(
        tmp_path,
        {"id": "1", "ean": ["4006381333931", "4006381333932"]},
        {"id": "1", "title": "Again"},
        {"id": "2", "price": 0},
        {"id": "3", "title": "Q" * 300},
        {"id": "4", "title": "Frobnicator", "attr_t_compatibility": "c" * 600},
    )
    catalogue = chosen.read(folder, now=NOW, progress=quiet)
    plans = {plan.source_id: plan for plan in catalogue.products}

    assert list(plans) == ["1", "3", "4"]
    assert plans["1"].variants[0].gtins == ["4006381333931"]
    assert len(plans["3"].texts["en"][0]) == 250
    assert dict(catalogue.report.left_out) == {
        "product without a picture: the page shows a placeholder": 5,
        "barcode with a wrong check digit or length": 1,
        "product whose id came before": 1,
        "product without a price": 1,
        "title shortened to 250 characters": 1,
        "attribute text shortened to 500 characters": 1,
        "product that no rule places: it is in Other electronics": 2,
    }


@pytest.mark.parametrize(
    ("row", "category"),
    [
        ({"title": "x", "attr_t_product_type": "Notebook"}, "notebooks"),
        ({"title": "HP 81 Original", "attr_t_ink_type": "Dye-based ink"}, "cartridges"),
        ({"title": "StarTech.com Cat5e patch cable"}, "cables"),
        ({"title": "Logitech wireless mouse"}, "keyboards-mice"),
        ({"title": "Nothing known"}, shelving.OTHER),
    ],
)
def test_chorus_category_follows_the_rules(row: dict[str, str], category: str) -> None:
    assert shelving.category_of(row) == category


def test_chorus_every_rule_names_a_category_of_the_tree() -> None:
    codes = {row[0] for row in shelving.TREE}
    assert {code for code, _words in (*shelving.BY_TYPE, *shelving.BY_TITLE)} <= codes


@pytest.mark.django_db
def test_chorus_loaded_twice_stays_one_and_keeps_id_price_and_codes(tmp_path: Path) -> None:
    folder = write_chorus(tmp_path, {"id": "77"}, {"id": "78", "title": "Acme mouse", "ean": []})
    ensure_people(now=NOW)
    ensure_market(now=NOW)
    for _ in range(2):
        load(chorus.read(folder, now=NOW), now=NOW, progress=quiet)

    assert Product.objects.count() == 2
    card = ListingCard.objects.get(product__source_id="77")
    assert card.is_visible
    assert (card.price_minor, card.currency) == (1999, "USD")
    assert card.product.variants.get().sku == "77"
    assert VariantCode.objects.get().gtin == "4006381333931"
    assert violations() == []


@pytest.mark.django_db
def test_pictured_groceries_get_one_price_and_strange_reviews_are_reported(tmp_path: Path) -> None:
    folder = write_pictured(tmp_path, {"sku": "A1", "images": ["none.jpg"]})
    ensure_people(now=NOW)
    ensure_market(now=NOW)
    catalogue = chosen.read(folder, now=NOW, progress=quiet)
    load(catalogue, now=NOW, progress=quiet)
    deliver_all()

    again = next(iter(pictured.read(folder, now=NOW, progress=quiet).products))
    card = ListingCard.objects.get(product__source_id="A1")
    assert card.price_minor == again.offers[0].price.minor
    assert card.rating_hundredths == 400
    assert card.rating_count == 1
    assert dict(catalogue.report.left_out) == {
        "product without a price: one was made from its SKU": 1,
        "picture whose file is missing": 1,
        "review of an unknown product": 1,
    }


def test_unknown_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(chosen.UnknownCatalogue, match=r"products\.jsonl\.gz"):
        chosen.read(tmp_path, now=NOW, progress=quiet)


def test_shared_chorus_takes_every_product() -> None:
    catalogue = chosen.read(shared("chorus-electronics"), now=NOW, progress=quiet)
    plans = list(catalogue.products)
    assert len(plans) == 19_406
    assert {plan.category for plan in plans} <= {row[0] for row in shelving.TREE}
    assert catalogue.report.left_out["product whose id came before"] == 0


@pytest.mark.django_db
def test_shared_demo_catalogue_takes_every_product_variant_and_picture() -> None:
    folder = shared("demo-catalogue")
    ensure_people(now=NOW)
    ensure_market(now=NOW)
    catalogue = chosen.read(folder, now=NOW, progress=quiet)
    load(catalogue, now=NOW, progress=quiet)
    loaded = catalogue.report.loaded
    assert (loaded["products"], loaded["pictures"], loaded["reviews"]) == (260, 493, 348)
    # 500 reviews, of which 152 are of products that this catalogue does not have.
    assert catalogue.report.left_out["review of an unknown product"] == 152
    # 1,847 variants with a size or a colour, and one for each of 113 products that have none.
    assert loaded["variants"] == 1847 + 113
    assert Category.objects.filter(depth=1).count() == 4
    assert violations() == []

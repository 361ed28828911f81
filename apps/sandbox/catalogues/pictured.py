"""Read demo-catalogue: products with categories, size and colour variants, pictures and reviews."""

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.utils.text import slugify

from apps.catalog.services.images import UnusablePicture, store_picture
from apps.sandbox.catalogues.plans import (
    AttributePlan,
    Catalogue,
    CategoryPlan,
    LoadReport,
    OfferPlan,
    OptionPlan,
    PicturePlan,
    ProductPlan,
    ReviewPlan,
    VariantPlan,
)
from apps.sandbox.catalogues.stocking import price_in, sellers_of, units
from apps.sandbox.demo.vocabulary import words

SOURCE = "demo-catalogue"
Progress = Callable[[str, int, int], None]
# Collections and promotions of the original shop are not kinds of things.
NOT_CATEGORIES = frozenset({"Collections", "Promotions"})
CHOICES = ("material", "pattern", "climate", "style_general", "style_bottom")
SIZES = ("XS", "S", "M", "L", "XL", *(str(number) for number in range(28, 37)))
# US cents of groceries, which come without a price: the range for their category.
GROCERY_CENTS = {"Fruit": (60, 420), "Vegetables": (40, 320), "Packages": (110, 480)}
NAMES = {
    "Men": ("Мужчинам", "Erkaklar"),
    "Women": ("Женщинам", "Ayollar"),
    "Gear": ("Снаряжение", "Anjomlar"),
    "Groceries": ("Продукты", "Oziq-ovqat"),
    "Tops": ("Верх", "Ust kiyim"),
    "Bottoms": ("Низ", "Pastki kiyim"),
    "Jackets": ("Куртки", "Kurtkalar"),
    "Hoodies & Sweatshirts": ("Толстовки", "Tolstovkalar"),
    "Tees": ("Футболки", "Futbolkalar"),
    "Tanks": ("Майки", "Maykalar"),
    "Bras & Tanks": ("Топы и майки", "Top va maykalar"),
    "Pants": ("Брюки", "Shimlar"),
    "Shorts": ("Шорты", "Shortilar"),
    "Bags": ("Сумки", "Sumkalar"),
    "Watches": ("Часы", "Soatlar"),
    "Fitness Equipment": ("Фитнес", "Fitnes anjomlari"),
    "Fruit": ("Фрукты", "Mevalar"),
    "Vegetables": ("Овощи", "Sabzavotlar"),
    "Packages": ("Упакованное", "Qadoqlangan"),
    "Apple": ("Яблоки", "Olma"),
    "Pear": ("Груши", "Nok"),
    "Melon": ("Дыни", "Qovun"),
    "Potato": ("Картофель", "Kartoshka"),
    "Tomato": ("Помидоры", "Pomidor"),
    "Pepper": ("Перец", "Qalampir"),
    "Mushroom": ("Грибы", "Qoʻziqorin"),
    "Onion": ("Лук", "Piyoz"),
    "Juice": ("Соки", "Sharbatlar"),
    "Milk": ("Молоко", "Sut"),
    "Yoghurt": ("Йогурт", "Yogurt"),
    "Sour-Cream": ("Сметана", "Smetana"),
    "Soyghurt": ("Соевый йогурт", "Soya yogurti"),
    "Oatghurt": ("Овсяный йогурт", "Suli yogurti"),
    "Oat-Milk": ("Овсяное молоко", "Suli suti"),
    "Soy-Milk": ("Соевое молоко", "Soya suti"),
    "Sour-Milk": ("Простокваша", "Qatiq"),
}
PICTURES = {"Men": "jacket", "Women": "dress", "Gear": "backpack", "Groceries": "driedfruit"}
EXTRA_COLORS = {"Lavender": "#b9a3d6"}


def read(folder: Path, *, now: datetime, progress: Progress) -> Catalogue:
    """Read products, store their pictures, read reviews."""
    report = LoadReport()
    with gzip.open(folder / "products.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    reviews = list(_reviews(folder, rows, report, now))
    return Catalogue(
        source=SOURCE,
        attributes=_attributes(rows),
        categories=_categories(rows),
        products=list(_products(folder, rows, report, now, progress)),
        reviews=reviews,
        report=report,
    )


def _path_of(row: Mapping[str, Any], report: LoadReport | None = None) -> list[str]:
    """The category without collections: ["Gear", "Watches", "Collections", "New"] is Gear, Watches."""
    names: list[str] = []
    given = list(row["category"])
    for place, name in enumerate(given):
        if name in NOT_CATEGORIES:
            if report:
                report.leave_out("collection or promotion of a product", " / ".join(given[place:]))
            break
        names.append(name)
    return names


def _code(names: list[str]) -> str:
    return "-".join(slugify(name) for name in names)


def _categories(rows: list[dict[str, Any]]) -> list[CategoryPlan]:
    plans: dict[str, CategoryPlan] = {}
    for row in rows:
        names = _path_of(row)
        for depth in range(1, len(names) + 1):
            code, name = _code(names[:depth]), names[depth - 1]
            russian, uzbek = NAMES.get(name, (name, name))
            is_root = depth == 1
            plans.setdefault(
                code,
                CategoryPlan(
                    code=code,
                    names={"en": name, "ru": russian, "uz": uzbek},
                    parent="" if is_root else _code(names[: depth - 1]),
                    picture_kind=PICTURES.get(names[0], "backpack"),
                    attributes=("color", "size", *CHOICES)
                    if is_root and name != "Groceries"
                    else (),
                    axes=("color", "size"),
                ),
            )
    return sorted(plans.values(), key=lambda plan: plan.code.count("-") and len(plan.parent))


def _attributes(rows: list[dict[str, Any]]) -> list[AttributePlan]:
    swatches = {code: triple[3] for code, triple in words()["colors"].items()}
    colors = sorted({v["color"] for row in rows for v in row["variants"] if v.get("color")})
    labels = {triple[0]: triple for triple in words()["colors"].values()}
    labels["Gray"] = labels["Grey"]
    plans = [
        AttributePlan(
            "color",
            "CHOICE",
            {"en": "Color", "ru": "Цвет", "uz": "Rang"},
            options=[
                OptionPlan(
                    _color(name),
                    dict(zip(("en", "ru", "uz"), labels.get(name, (name,) * 3)[:3], strict=True)),
                    swatches.get(_color(name), EXTRA_COLORS.get(name, "")),
                )
                for name in colors
            ],
        ),
        AttributePlan(
            "size",
            "CHOICE",
            {"en": "Size", "ru": "Размер", "uz": "Oʻlcham"},
            options=[OptionPlan(size.lower(), {"en": size}) for size in SIZES],
        ),
    ]
    for name in CHOICES:
        values = sorted({v for row in rows for v in row["attributes"].get(name, [])})
        plans.append(
            AttributePlan(
                name,
                "CHOICE",
                {"en": name.replace("_", " ").capitalize()},
                options=[OptionPlan(slugify(value), {"en": value}) for value in values],
            )
        )
    return plans


def _color(name: str) -> str:
    return {"gray": "grey"}.get(name.lower(), name.lower())


def _products(
    folder: Path, rows: list[dict[str, Any]], report: LoadReport, now: datetime, progress: Progress
) -> Iterator[ProductPlan]:
    for number, row in enumerate(rows, start=1):
        variants = _variants(row)
        cents = _cents(row, report)
        yield ProductPlan(
            source_id=row["sku"],
            category=_code(_path_of(row, report)),
            texts={"en": (row["name"], row["description"])},
            attributes={
                name: [slugify(value) for value in values]
                for name, values in row["attributes"].items()
            },
            axes=[axis for axis in ("color", "size") if any(axis in v.options for v in variants)],
            variants=variants,
            offers=[
                OfferPlan(
                    seller=seller,
                    sku=variant.sku,
                    price=price_in(seller, cents),
                    units=units(seller, variant.sku),
                    handling_days=1 + place,
                )
                for place, seller in enumerate(sellers_of(row["sku"]))
                for variant in variants
            ],
            pictures=list(_pictures(folder, row, report)),
            published_at=now - timedelta(days=2 + Random(row["sku"]).randrange(300)),
            tax_class="REDUCED" if row["category"][0] == "Groceries" else "STANDARD",
        )
        if number % 20 == 0 or number == len(rows):
            progress("pictures", number, len(rows))


def _variants(row: Mapping[str, Any]) -> list[VariantPlan]:
    weight = 450 if row["variants"] else 900
    given = row["variants"] or [{"sku": row["sku"]}]
    return [
        VariantPlan(
            sku=variant["sku"],
            options={
                **({"color": _color(variant["color"])} if variant.get("color") else {}),
                **({"size": variant["size"].lower()} if variant.get("size") else {}),
            },
            weight_grams=weight,
            size_mm=(300, 220, 60),
        )
        for variant in given
    ]


def _cents(row: Mapping[str, Any], report: LoadReport) -> int:
    if row["price"]:
        return round(row["price"] * 100)
    report.leave_out("product without a price: one was made from its SKU", row["sku"])
    low, high = GROCERY_CENTS.get(row["category"][1], (100, 400))
    return Random(f"price:{row['sku']}").randrange(low, high, 5)


def _pictures(folder: Path, row: Mapping[str, Any], report: LoadReport) -> Iterator[PicturePlan]:
    for name in row["images"]:
        path = folder / "images" / name
        try:
            stored = store_picture(path.read_bytes(), is_own=True)
        except FileNotFoundError:
            report.leave_out("picture whose file is missing", name)
        except UnusablePicture:
            report.leave_out("picture that cannot be read", name)
        else:
            report.loaded["pictures"] += 1
            yield PicturePlan(stored=stored, alt={"en": row["name"]})


def _reviews(
    folder: Path, rows: list[dict[str, Any]], report: LoadReport, now: datetime
) -> Iterator[ReviewPlan]:
    known = {row["sku"] for row in rows}
    with gzip.open(folder / "reviews.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            if row["sku"] not in known:
                report.leave_out("review of an unknown product", row["sku"])
                continue
            yield ReviewPlan(
                source_id=row["sku"],
                author_name=row["reviewer"][:80],
                rating=min(5, max(1, int(row["rating_value"]))),
                title=row["title"].strip()[:150],
                text=row["review"].strip(),
                language="en",
                at=now - timedelta(hours=7 * (number + 1)),
            )

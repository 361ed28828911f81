"""Read chorus-electronics: 19,406 products without categories and pictures (docs/demo.md has the mapping)."""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.utils.text import slugify

from apps.core.money import Money
from apps.sandbox.catalogues import shelving
from apps.sandbox.catalogues.gtins import valid_gtins
from apps.sandbox.catalogues.plans import (
    AttributePlan,
    Catalogue,
    CategoryPlan,
    LoadReport,
    OfferPlan,
    OptionPlan,
    ProductPlan,
    VariantPlan,
)
from apps.sandbox.catalogues.stocking import sellers_of, units

SOURCE = "chorus-electronics"
TITLE_LENGTH, TEXT_LENGTH = 250, 500
# A text key becomes a filter when enough products of one category branch share few values.
FILTER_PRODUCTS, FILTER_VALUES, FILTER_LENGTH = 150, 40, 40
KINDS = {"attr_t_": "TEXT", "attr_n_": "NUMBER", "attr_b_": "FLAG"}
# Codes of the demo's own attributes and of the model column.
RESERVED = frozenset({"color", "material", "pattern", "model", "made_in", "handmade"})
NEVER_FILTERS = frozenset({"attr_t_status", "attr_t_processor_model"})
DEFAULT_GRAMS, MAX_GRAMS, MAX_SIDE = 500, 400_000, 3000


@dataclass(frozen=True, slots=True)
class _Key:
    code: str
    kind: str
    label: str


def read(folder: Path, *, now: datetime) -> Catalogue:
    """Read all rows; what cannot be taken over is in the report."""
    report = LoadReport()
    with gzip.open(folder / "products.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    placed = [(row, shelving.category_of(row)) for row in rows]
    keys = _keys(rows, report)
    choices = _choices(placed, keys)
    report.leave_out("product without a picture: the page shows a placeholder", count=len(rows))
    return Catalogue(
        source=SOURCE,
        attributes=_attributes(keys, choices),
        categories=_categories(keys, choices),
        products=_products(placed, keys, choices, report, now),
        report=report,
    )


def _keys(rows: list[dict[str, Any]], report: LoadReport) -> dict[str, _Key]:
    """Name every attribute key; the few whose codes would clash get their kind's letter."""
    found: dict[str, _Key] = {}
    taken: set[str] = set()
    for name in sorted({name for row in rows for name in row if name[:7] in KINDS}):
        words = name[7:].strip("_").replace("__t_t_", " range").replace("__h_h_", " range")
        label = " ".join(words.replace("_", " ").split()).capitalize()
        code = slugify(words.replace("_", " "))[:76].strip("-") or "attribute"
        while code in taken or code in RESERVED:
            code = f"{code[:74]}-{name[5]}{len(taken) if f'{code}-{name[5]}' in taken else ''}"
        taken.add(code)
        found[name] = _Key(code, KINDS[name[:7]], label or code)
    return found


def _choices(
    placed: list[tuple[dict[str, Any], str]], keys: Mapping[str, _Key]
) -> dict[str, dict[str, Any]]:
    """Pick the text keys to filter by: {key: {"values": {text: option code}, "categories": [...]}}."""
    values: dict[str, set[str]] = defaultdict(set)
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for row, category in placed:
        for name, value in row.items():
            if keys.get(name) and keys[name].kind == "TEXT" and len(values[name]) <= FILTER_VALUES:
                values[name].add(str(value).strip())
                places[name][category] += 1
    found = {}
    for name, texts in values.items():
        if len(texts) > FILTER_VALUES or name in NEVER_FILTERS:
            continue
        if sum(places[name].values()) < FILTER_PRODUCTS or max(map(len, texts)) > FILTER_LENGTH:
            continue
        options: dict[str, str] = {}
        for text in sorted(texts):
            code = slugify(text)[:70] or "none"
            options[text] = code if code not in options.values() else f"{code}-{len(options)}"
        where = [code for code, count in places[name].items() if count >= FILTER_PRODUCTS // 6]
        found[name] = {"values": options, "categories": sorted(where)}
    return found


def _attributes(
    keys: Mapping[str, _Key], choices: Mapping[str, Mapping[str, Any]]
) -> list[AttributePlan]:
    plans = [AttributePlan("model", "TEXT", {"en": "Model", "ru": "Модель", "uz": "Model"})]
    for name, key in keys.items():
        options = [
            OptionPlan(code, {"en": text})
            for text, code in choices.get(name, {"values": {}})["values"].items()
        ]
        plans.append(
            AttributePlan(
                code=key.code,
                kind="CHOICE" if options else key.kind,
                labels={"en": key.label[:120]},
                options=options,
            )
        )
    return plans


def _categories(
    keys: Mapping[str, _Key], choices: Mapping[str, Mapping[str, Any]]
) -> list[CategoryPlan]:
    asked: dict[str, list[str]] = defaultdict(list)
    for name, choice in choices.items():
        for category in choice["categories"]:
            asked[category].append(keys[name].code)
    return [replace(plan, attributes=asked.get(plan.code, [])) for plan in shelving.categories()]


def _products(
    placed: list[tuple[dict[str, Any], str]],
    keys: Mapping[str, _Key],
    choices: Mapping[str, Mapping[str, Any]],
    report: LoadReport,
    now: datetime,
) -> Iterator[ProductPlan]:
    seen: set[str] = set()
    for row, category in placed:
        sku = str(row["id"])
        if sku in seen:
            report.leave_out("product whose id came before", sku)
            continue
        seen.add(sku)
        if not isinstance(row["price"], int) or row["price"] <= 0:
            report.leave_out("product without a price", sku)
            continue
        if category == shelving.OTHER:
            report.leave_out("product that no rule places: it is in Other electronics", sku)
        variant = VariantPlan(
            sku=sku,
            options={},
            weight_grams=_grams(row),
            size_mm=_size(row),
            gtins=valid_gtins(row["ean"], of=sku, report=report),
        )
        yield ProductPlan(
            source_id=sku,
            category=category,
            brand=str(row["supplier"])[:120],
            texts={"en": _texts(row, report)},
            attributes=_values(row, keys, choices, report),
            variants=[variant],
            offers=[
                OfferPlan(
                    seller=seller,
                    sku=sku,
                    # As given, in US dollars: whoever pays in them pays exactly this.
                    price=Money(row["price"], "USD"),
                    units=units(seller, sku),
                    handling_days=1 + place,
                )
                for place, seller in enumerate(sellers_of(sku))
            ],
            published_at=_released(row, now),
        )


def _texts(row: Mapping[str, Any], report: LoadReport) -> tuple[str, str]:
    title = str(row["title"]).replace("\x00", "")
    if len(title) > TITLE_LENGTH:
        report.leave_out("title shortened to 250 characters", str(row["id"]))
        title = title[: TITLE_LENGTH - 1] + "…"
    return title, str(row.get("short_description") or "").replace("\x00", "")


def _values(
    row: Mapping[str, Any],
    keys: Mapping[str, _Key],
    choices: Mapping[str, Mapping[str, Any]],
    report: LoadReport,
) -> dict[str, Any]:
    found: dict[str, Any] = {"model": str(row["name"])[:TEXT_LENGTH]}
    for name, value in row.items():
        key = keys.get(name)
        if key is None or value is None:
            continue
        if name in choices:
            found[key.code] = choices[name]["values"][str(value).strip()]
        elif key.kind == "TEXT":
            text = str(value).replace("\\n", ", ").replace("\x00", "").strip()
            if len(text) > TEXT_LENGTH:
                report.leave_out(
                    "attribute text shortened to 500 characters", f"{row['id']} {name}"
                )
                text = text[: TEXT_LENGTH - 1] + "…"
            found[key.code] = text
        else:
            found[key.code] = value
    return found


def _grams(row: Mapping[str, Any]) -> int:
    for name in ("attr_n_package_weight", "attr_n_weight"):
        value = row.get(name)
        if isinstance(value, int | float) and 0 < value <= MAX_GRAMS:
            return max(1, round(value))
    return DEFAULT_GRAMS


def _size(row: Mapping[str, Any]) -> tuple[int, int, int]:
    sides = []
    for side, default in (("depth", 200), ("width", 150), ("height", 100)):
        values = (row.get(f"attr_n_{prefix}{side}") for prefix in ("package_", ""))
        good = (round(v) for v in values if isinstance(v, int | float) and 1 <= v <= MAX_SIDE)
        sides.append(next(good, default))
    return sides[0], sides[1], sides[2]


def _released(row: Mapping[str, Any], now: datetime) -> datetime:
    """The release date in the past, or a day of the last year where it has none."""
    try:
        released = datetime.fromisoformat(str(row.get("date_released")))
    except ValueError:
        released = now - timedelta(days=1 + Random(str(row["id"])).randrange(365))
    return min(released, now - timedelta(days=1))

"""Compose the demo's products from the vocabulary: the same ones at every run.

A title is the kind of thing (a whole noun phrase, agreed by hand in each language), the brand, the
series and one figure; a description is made of sentences of the shelf.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from apps.core.money import Money
from apps.sandbox.catalogues.plans import (
    AttributePlan,
    CategoryPlan,
    OfferPlan,
    OptionPlan,
    ProductPlan,
    VariantPlan,
)
from apps.sandbox.demo.people import MOSCOW, TASHKENT
from apps.sandbox.demo.vocabulary import Department, Shelf, by_language, departments, words

SOURCE = "demo"
PER_SHELF = 7
# How many colours the products of a shelf come in, in turn.
COLORS_EACH = (3, 2, 2)
SOUM_PER_ROUBLE = 160
AXES = {
    "clothes_size": ("s", "m", "l", "xl"),
    "shoe_size": ("38", "39", "40", "41", "42", "43"),
    "carpet_size": ("80x150", "120x180", "160x230"),
    "storage": ("128", "256", "512"),
}
AXIS_LABELS = {
    "clothes_size": ("Size", "Размер", "Oʻlcham"),
    "shoe_size": ("Shoe size", "Размер обуви", "Poyabzal oʻlchami"),
    "carpet_size": ("Carpet size", "Размер ковра", "Gilam oʻlchami"),
    "storage": ("Storage", "Память", "Xotira"),
}
# What each step of an axis adds to the price, in percent.
AXIS_PRICES = {"carpet_size": (100, 165, 260), "storage": (100, 112, 130)}
# Each seller's currency and warehouses.
SELLERS = {
    TASHKENT: ("UZS", ("tashkent-sergeli", "samarkand")),
    MOSCOW: ("RUB", ("moscow-south", "kazan")),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """What is to be drawn: a kind of thing in a colour (a code of words.toml) and a pattern."""

    kind: str
    color: str
    pattern: str
    view: str
    design: int


@dataclass(frozen=True, slots=True)
class Composed:
    """A product's plan without pictures, and the pictures that it wants, by colour."""

    plan: ProductPlan
    pictures: Sequence[tuple[Picture, Mapping[str, str]]]


def attributes() -> list[AttributePlan]:
    found = words()
    plans = [
        AttributePlan(
            "color",
            "CHOICE",
            by_language(("Color", "Цвет", "Rang")),
            options=[OptionPlan(code, by_language(v), v[3]) for code, v in found["colors"].items()],
        ),
        _choice("material", ("Material", "Материал", "Material"), found["materials"]),
        _choice("pattern", ("Pattern", "Рисунок", "Naqsh"), found["patterns"]),
        _choice("made_in", ("Made in", "Страна", "Ishlab chiqarilgan"), found["countries"]),
        AttributePlan(
            "handmade", "FLAG", by_language(("Handmade", "Ручная работа", "Qoʻl mehnati"))
        ),
        AttributePlan(
            "warranty_months",
            "NUMBER",
            by_language(("Warranty, months", "Гарантия, месяцев", "Kafolat, oy")),
        ),
    ]
    plans += [
        AttributePlan(
            code, "NUMBER", by_language(value), unit=value[3], units=by_language(value[3:])
        )
        for code, value in found["numbers"].items()
    ]
    plans += [
        AttributePlan(
            axis,
            "CHOICE",
            by_language(AXIS_LABELS[axis]),
            options=[OptionPlan(code, _axis_labels(axis, code)) for code in codes],
        )
        for axis, codes in AXES.items()
    ]
    return plans


def _choice(code: str, labels: Sequence[str], given: Mapping[str, Sequence[str]]) -> AttributePlan:
    options = [OptionPlan(option, by_language(triple)) for option, triple in given.items()]
    return AttributePlan(code, "CHOICE", by_language(labels), options=options)


def _axis_labels(axis: str, code: str) -> dict[str, str]:
    if axis == "storage":
        return by_language((f"{code} GB", f"{code} ГБ", f"{code} GB"))
    if axis == "carpet_size":
        text = code.replace("x", " × ")
        return by_language((f"{text} cm", f"{text} см", f"{text} sm"))
    return by_language((code.upper(),) * 3)


def categories() -> list[CategoryPlan]:
    plans = []
    for department in departments():
        common = ("color", "material", "made_in", "warranty_months", "handmade")
        plans.append(
            CategoryPlan(
                code=department.code,
                names=by_language(department.names),
                picture_kind=department.picture,
                attributes=common,
                axes=("color",),
            )
        )
        plans += [
            CategoryPlan(
                code=group["code"],
                names=by_language(group["names"]),
                parent=department.code,
                picture_kind=group["picture"],
            )
            for group in department.groups
        ]
        plans += [_shelf_category(department, shelf) for shelf in department.shelves]
    return plans


def _shelf_category(department: Department, shelf: Shelf) -> CategoryPlan:
    own = [code for code in (shelf.axis, shelf.feature[0] if shelf.feature else "") if code]
    if shelf.patterns:
        own.append("pattern")
    return CategoryPlan(
        code=shelf.code,
        names=by_language(shelf.names),
        parent=shelf.parent or department.code,
        picture_kind=shelf.picture,
        attributes=own,
        axes=(shelf.axis,) if shelf.axis else (),
    )


def products(*, now: datetime, per_shelf: int = PER_SHELF) -> Iterator[Composed]:
    for department in departments():
        for shelf in department.shelves:
            for index in range(per_shelf):
                yield Composer(department, shelf, index, now).compose()


class Composer:
    """Makes one product of a shelf out of its place there."""

    sellers: Mapping[str, tuple[str, Sequence[str]]] = SELLERS

    def __init__(self, department: Department, shelf: Shelf, index: int, now: datetime) -> None:
        self.department, self.shelf, self.index, self.now = department, shelf, index, now
        self.dice = Random(f"{shelf.code}:{index}")
        self.id = f"{shelf.code}-{index + 1:02}"
        self.type = shelf.types[index % len(shelf.types)]
        self.brand = self.dice.choice(department.brands)
        self.pattern = shelf.patterns[index % len(shelf.patterns)] if shelf.patterns else "plain"
        start = index % len(shelf.colors)
        turned = [*shelf.colors[start:], *shelf.colors[:start]]
        self.colors = turned[: COLORS_EACH[index % len(COLORS_EACH)]]
        self.steps: Sequence[str] = AXES.get(shelf.axis, ("",))

    def compose(self) -> Composed:
        variants = self._variants()
        published = self.now - timedelta(days=self.dice.randint(2, 330), hours=self.index)
        texts = self._texts()
        plan = ProductPlan(
            source_id=self.id,
            category=self.shelf.code,
            brand=self.brand,
            texts=texts,
            attributes=self._attributes(),
            axes=("color", *([self.shelf.axis] if self.shelf.axis else [])),
            variants=variants,
            offers=self._offers(variants),
            published_at=published,
            sales_count=int(self.dice.paretovariate(0.9) * 6) % 1900,
            tax_class=self.shelf.tax,
        )
        return Composed(plan, list(self._pictures()))

    def _texts(self) -> dict[str, tuple[str, str]]:
        series = words()["series"]["names"]
        # Another step through the list for each shelf: no two products of a shelf share a series.
        offset = Random(self.shelf.code).randrange(len(series))
        name = series[(offset + self.index * 7) % len(series)]
        lines = [self.shelf.lines[(self.index + step) % 4] for step in range(3)]
        texts = {}
        for position, language in enumerate(("en", "ru", "uz")):
            phrase = self.type[position]
            if language == "en":
                title = f"{self.brand} {name} {phrase}"
            else:
                title = f"{phrase} {self.brand} {name}"
            title += self._figure(position)
            texts[language] = (title, " ".join(line[position] for line in lines))
        return texts

    def _figure(self, position: int) -> str:
        if not self.shelf.feature:
            return ""
        unit = words()["numbers"][self.shelf.feature[0]][3 + position]
        number = f"{self._feature():g}"
        return f", {number if position == 0 else number.replace('.', ',')} {unit}"

    def _feature(self) -> float:
        _code, low, high, step = self.shelf.feature
        steps = round((high - low) / step)
        return round(low + step * (Random(self.id).randint(0, steps)), 2)

    def _attributes(self) -> dict[str, object]:
        found: dict[str, object] = {
            "material": self.dice.choice(self.shelf.materials),
            "made_in": self.dice.choices(["uz", "ru", "tr", "cn"], [50, 20, 15, 15])[0],
        }
        if self.shelf.feature:
            found[self.shelf.feature[0]] = self._feature()
        if self.shelf.patterns:
            found["pattern"] = self.pattern
            found["handmade"] = self.pattern == "ikat"
        if self.department.code in {"electronics", "tools", "furniture"}:
            found["warranty_months"] = self.dice.choice([12, 24, 36])
        return found

    def _variants(self) -> list[VariantPlan]:
        plans = []
        for color in self.colors:
            for step in self.steps:
                options = {"color": color} | ({self.shelf.axis: step} if step else {})
                sku = "-".join(part for part in (self.id, color, step) if part).upper()
                plans.append(
                    VariantPlan(
                        sku=sku,
                        options=options,
                        weight_grams=self.shelf.weight + 10 * (self.index % 5),
                        size_mm=tuple(self.shelf.size),  # type: ignore[arg-type]  # three sides
                        gtins=[store_gtin(sku)],
                    )
                )
        return plans

    def _offers(self, variants: Sequence[VariantPlan]) -> list[OfferPlan]:
        low, high = self.shelf.price
        base = low + (high - low) * self.dice.random() ** 1.6
        share = self.dice.random()
        plans: list[OfferPlan] = []
        if share < 0.7:  # noqa: PLR2004  the seller's share of the range
            plans += self._offers_of(TASHKENT, base, variants)
        if share > 0.45:  # noqa: PLR2004  a quarter is offered by both
            plans += self._offers_of(MOSCOW, base * self.dice.uniform(0.94, 1.12), variants)
        return plans

    def _offers_of(
        self, seller: str, thousands: float, variants: Sequence[VariantPlan]
    ) -> list[OfferPlan]:
        discount = self.dice.choice([0, 0, 0, 10, 15, 20, 30])
        currency, _warehouses = self.sellers[seller]
        is_gone = self.dice.random() < 0.04  # noqa: PLR2004  one in 25 is sold out
        plans = []
        for variant in variants:
            steps = AXES.get(self.shelf.axis, ())
            factors = AXIS_PRICES.get(self.shelf.axis, (100,) * len(steps))
            step = steps.index(variant.options[self.shelf.axis]) if steps else 0
            full = thousands * (factors[step] if steps else 100) / 100
            price = shop_price(currency, full * (100 - discount) / 100)
            old = shop_price(currency, full) if discount else None
            plans.append(
                OfferPlan(
                    seller=seller,
                    sku=variant.sku,
                    price=price,
                    old_price=old if old and old > price else None,
                    units=self._units(seller, is_gone=is_gone),
                    handling_days=self.dice.choice([0, 1, 1, 2]),
                )
            )
        return plans

    def _units(self, seller: str, *, is_gone: bool) -> dict[str, int]:
        _currency, (main, other) = self.sellers[seller]
        if is_gone:
            return {main: 0}
        kind = self.dice.random()
        if kind < 0.06:  # noqa: PLR2004  some variants are sold out
            return {main: 0, other: 0}
        if kind < 0.18:  # noqa: PLR2004  some are nearly so
            return {main: self.dice.randint(1, 3)}
        return {main: self.dice.randint(6, 80), other: self.dice.randint(0, 25)}

    def _pictures(self) -> Iterator[tuple[Picture, Mapping[str, str]]]:
        """Three views of the first colour, a front of the others.

        The first front has a ground of its own; the other pictures are shared along the shelf.
        """
        for number, color in enumerate(self.colors):
            views = ("front", "detail", "use") if number == 0 else ("front",)
            for view in views:
                is_own = number == 0 and view == "front"
                design = self.index if is_own else self.shelf.colors.index(color)
                yield (
                    Picture(self.shelf.picture, color, self.pattern, view, design),
                    {"color": color},
                )


def shop_price(currency: str, thousands: float) -> Money:
    """Round to the endings of a shop window: 249 000 soʻm, 1 490 roubles."""
    if currency == "UZS":
        step = 10 if thousands >= 100 else 5  # noqa: PLR2004  cheap things move in smaller steps
        return Money((max(step, round(thousands / step) * step) - 1) * 1000_00, "UZS")
    roubles = thousands * 1000 / SOUM_PER_ROUBLE
    step = 100 if roubles >= 1000 else 10  # noqa: PLR2004  likewise
    return Money((max(step, round(roubles / step) * step) - step // 10) * 100, "RUB")


def store_gtin(sku: str) -> str:
    """A GTIN-13 from the range 20-29 that GS1 leaves to shops for their own use."""
    body = f"20{Random(sku).randrange(10**10):010}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"

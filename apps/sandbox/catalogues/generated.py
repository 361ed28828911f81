"""A catalogue of any size made of the demo's vocabulary: for benchmarks, and for a look at a full shop.

Invariant: a product depends on its number alone, so a smaller catalogue is the beginning of a larger one.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from apps.catalog.services.images import StoredPicture
from apps.sandbox.catalogues import generated_names as names
from apps.sandbox.catalogues.generated_sellers import ALL, BY_CURRENCY
from apps.sandbox.catalogues.plans import (
    Catalogue,
    OfferPlan,
    PicturePlan,
    ProductPlan,
    VariantPlan,
)
from apps.sandbox.demo import compose
from apps.sandbox.demo.compose import Picture
from apps.sandbox.demo.reviews import reviews_of
from apps.sandbox.demo.vocabulary import LANGUAGES, Department, Shelf, departments, words

SOURCE = "generated"
# The first products have reviews; the others wait for theirs, as most do in a large shop.
REVIEWED = 300
MAX_SALES = 50_000
COLOR_WORDS = ("Color", "Цвет", "Rang")
MATERIAL_WORDS = ("Material", "Материал", "Material")

Stored = Mapping[Picture, StoredPicture]


def catalogue(size: int, *, now: datetime, stored: Stored) -> Catalogue:
    """`stored` holds `pictures()` as the studio drew them; an empty one leaves products without."""
    first = list(products(0, min(size, REVIEWED), now=now, stored=stored))
    return Catalogue(
        source=SOURCE,
        attributes=compose.attributes(),
        categories=compose.categories(),
        products=products(0, size, now=now, stored=stored),
        reviews=reviews_of(first, now=now),
    )


def source_id(number: int) -> str:
    return f"G{number:07}"


def brands() -> list[str]:
    return [names.brand(number) for number in range(names.BRANDS)]


def pictures() -> list[Picture]:
    """A front of every colour of every shelf and a detail of its first: all products share them."""
    return [picture for _department, shelf in _shelves() for picture in _of_shelf(shelf).values()]


def products(start: int, stop: int, *, now: datetime, stored: Stored) -> Iterator[ProductPlan]:
    """Yield the products of the numbers from `start` to before `stop`."""
    shelves = _shelves()
    for number in range(start, stop):
        department, shelf = shelves[number % len(shelves)]
        yield _Generator(department, shelf, number, now, stored).plan()


@cache
def _shelves() -> tuple[tuple[Department, Shelf], ...]:
    return tuple(
        (department, shelf) for department in departments() for shelf in department.shelves
    )


def _of_shelf(shelf: Shelf) -> dict[tuple[str, str], Picture]:
    pattern = shelf.patterns[0] if shelf.patterns else "plain"
    views = [(color, "front") for color in shelf.colors] + [(shelf.colors[0], "detail")]
    return {
        (color, view): Picture(shelf.picture, color, pattern, view, shelf.colors.index(color))
        for color, view in views
    }


class _Generator(compose.Composer):
    sellers = ALL

    def __init__(
        self, department: Department, shelf: Shelf, number: int, now: datetime, stored: Stored
    ) -> None:
        super().__init__(department, shelf, number // len(_shelves()), now)
        self.number, self.stored = number, stored
        self.id = source_id(number)
        # The largest brand makes one product in 25, the smallest one in 1,200.
        self.brand = names.brand(int(names.BRANDS * self.dice.random() ** 2))
        self.series = names.series(self.dice.randrange(names.SERIES))
        self.model = self.dice.choice(("", f" {self.dice.randrange(100, 10_000)}"))
        self._narrow()

    def _narrow(self) -> None:
        """Seven in ten come in one form, two in ten in two colours, one in ten in several sizes."""
        share = self.dice.random()
        self.colors = self.colors[: 2 if 0.7 <= share < 0.9 else 1]  # noqa: PLR2004  the shares of the docstring
        if share < 0.9:  # noqa: PLR2004  likewise
            self.steps = (self.dice.choice(self.steps),)

    def plan(self) -> ProductPlan:
        variants = self._variants()
        attributes = self._attributes()
        return ProductPlan(
            source_id=self.id,
            category=self.shelf.code,
            brand=self.brand,
            texts=self._texts_of(attributes),
            attributes=attributes,
            axes=("color", *([self.shelf.axis] if self.shelf.axis else [])),
            variants=variants,
            offers=self._offers(variants),
            pictures=self._stored_pictures(),
            published_at=self.now
            - timedelta(minutes=self.dice.randint(2 * 24 * 60, 900 * 24 * 60)),
            sales_count=min(int(self.dice.paretovariate(0.8) * 3), MAX_SALES),
            tax_class=self.shelf.tax,
        )

    def _texts_of(self, attributes: Mapping[str, object]) -> dict[str, tuple[str, str]]:
        lines = self.dice.sample(self.shelf.lines, 3)
        material = words()["materials"][str(attributes["material"])]
        color = words()["colors"][self.colors[0]]
        texts = {}
        for place, language in enumerate(LANGUAGES):
            phrase, name = self.type[place], f"{self.brand} {self.series}{self.model}"
            title = f"{name} {phrase}" if language == "en" else f"{phrase} {name}"
            facts = (
                f"{MATERIAL_WORDS[place]}: {material[place].lower()}."
                f" {COLOR_WORDS[place]}: {color[place].lower()}."
            )
            sentences = " ".join(line[place] for line in lines)
            texts[language] = (f"{title}{self._figure(place)}", f"{sentences} {facts}")
        return texts

    def _offers(self, variants: Sequence[VariantPlan]) -> list[OfferPlan]:
        """Seven in ten have one seller, two in ten two, the rest three."""
        low, high = self.shelf.price
        base = low + (high - low) * self.dice.random() ** 1.6
        count = self.dice.choices((1, 2, 3), (7, 2, 1))[0]
        currencies = self.dice.choices(("UZS", "RUB"), (6, 4), k=count)
        chosen = dict.fromkeys(self.dice.choice(BY_CURRENCY[currency]) for currency in currencies)
        return [
            offer
            for seller in chosen
            for offer in self._offers_of(seller, base * self.dice.uniform(0.94, 1.12), variants)
        ]

    def _stored_pictures(self) -> list[PicturePlan]:
        """Two in three have pictures; those of the first colour a detail too."""
        if not self.stored or self.number % 3 == 2:  # noqa: PLR2004  one of three
            return []
        wanted = _of_shelf(self.shelf)
        keys = [(color, "front") for color in self.colors]
        if self.colors[0] == self.shelf.colors[0]:
            keys.append((self.colors[0], "detail"))
        return [
            PicturePlan(
                stored=self.stored[wanted[key]],
                options={"color": key[0]},
                alt=dict(zip(LANGUAGES, self.type, strict=True)),
            )
            for key in keys
        ]

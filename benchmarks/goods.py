"""What of the catalogue the visitors of the benchmarks look at and buy."""

import uuid
from collections.abc import Sequence
from random import Random
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef

from apps.catalog.models import (
    Category,
    ListingCard,
    Offer,
    OfferComponent,
    Product,
    Stock,
    StockMovement,
)
from apps.catalog.services.stock import move_stock
from apps.sandbox.catalogues import generated
from apps.sandbox.demo.vocabulary import LANGUAGES, departments
from apps.storefront.filtering import MAX_PAGE

SEED = 7
PLENTY = 20
LISTED = settings.LISTING_PAGE_SIZE


def product_paths(count: int) -> list[str]:
    """Addresses of that many products in stock (or of as many as there are), from all over the catalogue."""
    total = Product.objects.filter(source=generated.SOURCE).count()
    numbers = Random(SEED).sample(range(total), min(total, 2 * count))
    rows = ListingCard.objects.filter(
        is_visible=True,
        is_in_stock=True,
        product__source=generated.SOURCE,
        product__source_id__in=[generated.source_id(number) for number in numbers],
    ).select_related("product")
    paths = []
    for place, row in enumerate(rows[:count]):
        language = LANGUAGES[place % len(LANGUAGES)]
        slug = row.texts[language]["slug"]
        paths.append(f"/{language}/p/{slug}-{row.product.short_id}/")
    return paths


def category_paths(*, page: int = 1) -> list[str]:
    """Every category that has such a page, in the three languages in turn."""
    query = f"?page={page}" if page > 1 else ""
    return [
        f"/{LANGUAGES[number % len(LANGUAGES)]}/c/{code}/{query}"
        for number, (code, pages) in enumerate(_pages_of_categories())
        if pages >= page
    ]


def deep_paths() -> list[str]:
    """The last page of every category that the shop shows."""
    return [
        f"/{LANGUAGES[number % len(LANGUAGES)]}/c/{code}/?page={pages}"
        for number, (code, pages) in enumerate(_pages_of_categories())
        if pages > 1
    ]


def filtered_paths() -> list[str]:
    """Shelves narrowed to a colour and to what is in stock, departments to a material."""
    paths = []
    for number, department in enumerate(departments()):
        language = LANGUAGES[number % len(LANGUAGES)]
        for shelf in department.shelves:
            paths += [
                f"/{language}/c/{shelf.code}/?in_stock=1&f.color={color}" for color in shelf.colors
            ]
            paths.append(f"/{language}/c/{department.code}/?f.material={shelf.materials[0]}")
    return paths


def _pages_of_categories() -> list[tuple[str, int]]:
    found = []
    for category in Category.objects.filter(is_visible=True).order_by("path"):
        cards = ListingCard.objects.filter(is_visible=True, category_path__startswith=category.path)
        count = len(cards.values_list("product_id")[: LISTED * MAX_PAGE])
        found.append((str(category.code), -(-count // LISTED)))
    return found


def searches(count: int) -> list[str]:
    """Queries of one to three words of the products' titles, one in ten with two letters exchanged."""
    dice = Random(SEED)
    shelves = [shelf for department in departments() for shelf in department.shelves]
    found = []
    for _ in range(count):
        place = dice.randrange(len(LANGUAGES))
        words = dice.choice(dice.choice(shelves).types)[place].split()
        text = " ".join(words[: dice.randint(1, 3)])
        if dice.random() < 0.1 and len(text) > 5:  # noqa: PLR2004  the share of the docstring
            at = dice.randrange(1, len(text) - 2)
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        found.append((LANGUAGES[place], text))
    return [f"/{language}/search/?{urlencode({'q': text})}" for language, text in found]


def beginnings(count: int) -> list[str]:
    """What is typed of a word: its first two to six letters."""
    dice = Random(SEED)
    shelves = [shelf for department in departments() for shelf in department.shelves]
    paths = []
    for _ in range(count):
        place = dice.randrange(len(LANGUAGES))
        text = dice.choice(dice.choice(shelves).types)[place][: dice.randint(2, 6)]
        paths.append(f"/{LANGUAGES[place]}/search/suggest/?{urlencode({'q': text})}")
    return paths


def stocked_offers(count: int, units: int = 0) -> list[Offer]:
    """Offers of one component in soʻm; where `units` are asked for, so many more come in of each."""
    full = OfferComponent.objects.filter(offer=OuterRef("pk"), item__stocks__on_hand__gt=PLENTY)
    offers = list(
        Offer.objects.filter(Exists(full), currency="UZS", is_active=True).order_by("id")[:count]
    )
    for offer in offers if units else []:
        receive(offer, units)
    return offers


def receive(offer: Offer, units: int) -> None:
    """Take units into the offer's fullest warehouse."""
    receive_into(offer.components.get().item.stocks.latest("on_hand"), units)


def receive_into(stock: Stock, units: int) -> None:
    move_stock(
        item_id=stock.item_id,
        warehouse_id=stock.warehouse_id,
        quantity=units,
        kind=StockMovement.Kind.CORRECTION,
        key=f"bench:{uuid.uuid4()}",
        actor_id=None,
    )


def taken_in_turn[T](values: Sequence[T], count: int) -> list[T]:
    return [values[number % len(values)] for number in range(count)]

"""What a visitor asks of a listing, read from the address and written back into one.

Nothing in an address can fail: what cannot be used is left out, and `notes` say so.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.core.money import Money

MAX_TEXT = 200
MAX_VALUES = 60
MAX_BRAND_DIGITS = 18
# Deeper pages cost the engine more than they give anybody.
MAX_PAGE = 1000 // settings.LISTING_PAGE_SIZE
FACET = "f."
RATINGS = (4, 3)
SORTS = ("relevance", "popular", "rating", "cheap", "expensive", "newest")
# What an address may say; the reader below knows each.
PARAMETERS = (
    *("q", "sort", "page", "price_from", "price_to", "rating", "brand", "seller", "in_stock"),
    f"{FACET}*",
)
_PRICE = re.compile(r"[0-9]{1,13}(\.[0-9]{1,3})?")
_HUGE_PAGE = re.compile(r"[0-9]{1,9}")
_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,80}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One page of a listing as asked for. `rating` is in whole stars, 0 for any."""

    text: str = ""
    category: str = ""
    sort: str = ""
    page: int = 1
    price_from: Money | None = None
    price_to: Money | None = None
    rating: int = 0
    brands: tuple[int, ...] = ()
    sellers: tuple[UUID, ...] = ()
    in_stock: bool = False
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def is_filtered(self) -> bool:
        return bool(
            self.price_from
            or self.price_to
            or self.rating
            or self.brands
            or self.sellers
            or self.in_stock
            or self.facets
        )

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield the parameters in one fixed order, so that equal pages have equal addresses."""
        if self.text:
            yield "q", self.text
        if self.category:
            yield "category", self.category
        if self.price_from:
            yield "price_from", plain(self.price_from)
        if self.price_to:
            yield "price_to", plain(self.price_to)
        if self.rating:
            yield "rating", str(self.rating)
        yield from (("brand", str(brand)) for brand in self.brands)
        yield from (("seller", str(seller)) for seller in self.sellers)
        if self.in_stock:
            yield "in_stock", "1"
        for code, options in sorted(self.facets.items()):
            yield from ((f"{FACET}{code}", option) for option in options)
        if self.sort:
            yield "sort", self.sort
        if self.page > 1:
            yield "page", str(self.page)

    def address(self, base_url: str) -> str:
        query = urlencode(list(self.pairs()))
        return f"{base_url}?{query}" if query else base_url


def plain(price: Money) -> str:
    """Write a price as the filter's fields take it: "12.5"."""
    return f"{price.major.normalize():f}"


class _Reader:
    def __init__(self, params: QueryDict, currency: str) -> None:
        self.params = params
        self.currency = currency
        self.notes: list[str] = []

    def ignore(self, name: str, value: str) -> None:
        shown = value.replace("\0", "�")[:40]
        self.notes.append(
            _("“%(value)s” cannot be used as %(name)s, so it is left out.")
            % {"value": shown, "name": name}
        )

    def text(self) -> str:
        sent = " ".join(self.params.get("q", "").replace("\0", " ").split())
        if len(sent) > MAX_TEXT:
            self.notes.append(
                _("Only the first %(count)s characters were searched for.") % {"count": MAX_TEXT}
            )
        return sent[:MAX_TEXT].strip()

    def price(self, key: str) -> Money | None:
        sent = self.params.get(key, "").strip()
        if not sent:
            return None
        plain = sent.replace("\u00a0", "").replace(" ", "").replace(",", ".")
        if _PRICE.fullmatch(plain):
            with suppress(ValueError):  # more decimals than the currency has
                return Money.from_major(plain, self.currency) or None
        name = _("the lowest price") if key == "price_from" else _("the highest price")
        self.ignore(name, sent)
        return None

    def whole(self, key: str, name: str, *, least: int, most: int) -> int | None:
        sent = self.params.get(key, "").strip()
        if not sent:
            return None
        is_number = sent.isascii() and sent.isdigit() and len(sent) <= len(str(most))
        if not is_number or not least <= int(sent) <= most:
            self.ignore(name, sent)
            return None
        return int(sent)

    def page(self) -> int:
        sent = self.params.get("page", "").strip()
        if _HUGE_PAGE.fullmatch(sent) and int(sent) > MAX_PAGE:
            self.notes.append(
                _("Only the first %(count)s pages are shown. Narrow the list down with filters.")
                % {"count": MAX_PAGE}
            )
            return 1
        return self.whole("page", _("a page number"), least=1, most=MAX_PAGE) or 1

    def brands(self) -> tuple[int, ...]:
        found = []
        for sent in filter(None, self.params.getlist("brand")[:MAX_VALUES]):
            if sent.isascii() and sent.isdigit() and len(sent) <= MAX_BRAND_DIGITS:
                found.append(int(sent))
            else:
                self.ignore(_("a brand"), sent)
        return tuple(dict.fromkeys(found))

    def sellers(self) -> tuple[UUID, ...]:
        found = []
        for sent in filter(None, self.params.getlist("seller")[:MAX_VALUES]):
            try:
                found.append(UUID(sent))
            except ValueError:
                self.ignore(_("a seller"), sent)
        return tuple(dict.fromkeys(found))

    def facets(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for key in [key for key in self.params if key.startswith(FACET)][:MAX_VALUES]:
            options = [value for value in self.params.getlist(key)[:MAX_VALUES] if value]
            good = [value for value in options if _SLUG.fullmatch(value)]
            for value in set(options) - set(good):
                self.ignore(_("a filter"), value)
            if good and _SLUG.fullmatch(key.removeprefix(FACET)):
                found[key.removeprefix(FACET)] = tuple(dict.fromkeys(good))
        return found

    def sort(self) -> str:
        sent = self.params.get("sort", "")
        if sent and sent not in SORTS:
            self.ignore(_("an order"), sent)
            return ""
        return sent


def read(params: QueryDict, *, currency: str) -> Wanted:
    """Read the parameters of a listing; prices are in `currency`."""
    reader = _Reader(params, currency)
    category = params.get("category", "")
    low, high = reader.price("price_from"), reader.price("price_to")
    if low and high and high < low:
        reader.notes.append(_("The lowest price was above the highest, so the two are swapped."))
        low, high = high, low
    wanted = Wanted(
        text=reader.text(),
        category=category if _SLUG.fullmatch(category) else "",
        sort=reader.sort(),
        page=reader.page(),
        price_from=low,
        price_to=high,
        rating=reader.whole("rating", _("a rating"), least=1, most=5) or 0,
        brands=reader.brands(),
        sellers=reader.sellers(),
        in_stock=params.get("in_stock") in {"1", "on", "true"},
        facets=reader.facets(),
    )
    if category and not wanted.category:
        reader.ignore(_("a category"), category)
    return replace(wanted, notes=tuple(dict.fromkeys(reader.notes)))

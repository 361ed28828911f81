"""What a listing shows: found cards, filters with counts, pages, and help where nothing is found."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_FLOOR
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from apps.catalog.selectors.cards import popular_ids
from apps.catalog.types import TreeNode
from apps.core.errors import DomainError
from apps.core.money import CURRENCIES, Money
from apps.pricing.selectors import exchange_rate
from apps.search.selectors import find
from apps.search.types import Facets, Filters, SearchQuery, SearchResult, Sort
from apps.storefront.currency import shown
from apps.storefront.facets import (
    Branch,
    Chip,
    FacetGroup,
    FacetOption,
    branches,
    chips,
    groups,
    rating_options,
)
from apps.storefront.filtering import MAX_PAGE, Wanted
from apps.storefront.presenting import ShownCard, shown_cards

PAGE_SIZE = settings.LISTING_PAGE_SIZE
SUGGESTED = 8
_SORTS = {
    "relevance": Sort.RELEVANCE,
    "popular": Sort.POPULARITY,
    "rating": Sort.RATING,
    "cheap": Sort.PRICE_UP,
    "expensive": Sort.PRICE_DOWN,
    "newest": Sort.NOVELTY,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the listing stands: its address, its branch, and how to go down from there."""

    base_url: str
    language: str
    currency: str
    category_path: str
    below: list[TreeNode]
    link: Callable[[TreeNode, Wanted], str]


@dataclass(frozen=True, slots=True)
class ListingPage:
    wanted: Wanted
    total: int
    is_total_exact: bool
    cards: list[ShownCard]
    corrected_text: str | None
    notes: tuple[str, ...]
    sorts: list[tuple[str, str, bool]]
    branches: list[Branch]
    groups: list[FacetGroup]
    ratings: list[FacetOption]
    price_range: tuple[Money, Money] | None
    chips: list[Chip]
    clear_url: str
    previous_url: str
    next_url: str
    page_count: int
    nearest: list[ShownCard]
    popular: list[ShownCard]


def build(wanted: Wanted, place: Place, *, now: datetime) -> ListingPage:
    """Ask the engine and dress its answer."""
    sort = wanted.sort or ("relevance" if wanted.text else "popular")
    result, wanted = _found(wanted, place, sort)
    facet_groups = groups(
        wanted, result.facets, language=place.language, category_path=place.category_path
    )
    nearest, popular = ([], []) if result.product_ids else _help(wanted, place, now)
    pages = min(-(-result.total // PAGE_SIZE), MAX_PAGE)
    return ListingPage(
        wanted=wanted,
        total=result.total,
        is_total_exact=result.is_total_exact,
        cards=_cards(result.product_ids, place, now),
        corrected_text=result.corrected_text,
        notes=wanted.notes,
        sorts=_sorts(wanted, sort),
        branches=branches(
            place.below, result.facets.category_paths, lambda node: place.link(node, wanted)
        ),
        groups=facet_groups,
        ratings=rating_options(wanted),
        price_range=_price_range(result, place.currency),
        chips=chips(wanted, facet_groups, place.base_url),
        clear_url=_clear(wanted).address(place.base_url),
        previous_url=_page_url(wanted, wanted.page - 1, pages, place),
        next_url=_page_url(wanted, wanted.page + 1, pages, place),
        page_count=pages,
        nearest=nearest,
        popular=popular,
    )


def _found(wanted: Wanted, place: Place, sort: str) -> tuple[SearchResult, Wanted]:
    """Return the page's hits; a page beyond the last becomes the first, with a word about it."""
    try:
        result = find(_query(wanted, place, sort))
    except DomainError as refusal:  # the engine gave up: too slow for a page
        nothing = SearchResult(
            [], 0, is_total_exact=True, facets=Facets(), corrected_text=None, engine=""
        )
        return nothing, replace(wanted, notes=(*wanted.notes, str(refusal)))
    if result.product_ids or wanted.page == 1:
        return result, wanted
    note = _("There is no page %(page)s, so this is the first.") % {"page": wanted.page}
    wanted = replace(wanted, page=1, notes=(*wanted.notes, note))
    return find(_query(wanted, place, sort)), wanted


def _query(wanted: Wanted, place: Place, sort: str) -> SearchQuery:
    return SearchQuery(
        text=wanted.text,
        category_path=place.category_path,
        language=place.language,
        filters=Filters(
            price_from_base_minor=_base_from(wanted.price_from),
            price_to_base_minor=_base_to(wanted.price_to),
            rating_from_hundredths=wanted.rating * 100 or None,
            brand_ids=wanted.brands,
            seller_ids=wanted.sellers,
            in_stock=wanted.in_stock,
            facets=dict(wanted.facets),
        ),
        sort=_SORTS[sort],
        offset=(wanted.page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )


def _base_to(price: Money | None) -> int | None:
    """The highest base price that is shown as `price` or less (shown prices are rounded up)."""
    if price is None:
        return None
    try:
        rate = exchange_rate(price.currency, settings.BASE_CURRENCY).value
    except LookupError:
        return None
    exponent = CURRENCIES[settings.BASE_CURRENCY].exponent
    return int((price.major * rate).scaleb(exponent).to_integral_value(rounding=ROUND_FLOOR))


def _base_from(price: Money | None) -> int | None:
    """The lowest base price that is shown as `price` or more: just above one step less."""
    if price is None:
        return None
    step = CURRENCIES[price.currency].step_minor
    if price.currency == settings.BASE_CURRENCY:
        return price.minor
    below = _base_to(Money(max(price.minor - step, 0), price.currency))
    return None if below is None else below + 1


def _cards(product_ids: list[UUID], place: Place, now: datetime) -> list[ShownCard]:
    return shown_cards(product_ids, language=place.language, currency=place.currency, now=now)


def _sorts(wanted: Wanted, current: str) -> list[tuple[str, str, bool]]:
    """Orders to choose from; relevance means something for a text only."""
    offered = [name for name in _SORTS if name != "relevance" or wanted.text]
    return [(name, str(_SORTS[name].label), name == current) for name in offered]


def _clear(wanted: Wanted) -> Wanted:
    return Wanted(text=wanted.text, category=wanted.category, sort=wanted.sort)


def _page_url(wanted: Wanted, page: int, pages: int, place: Place) -> str:
    if not 1 <= page <= pages:
        return ""
    return replace(wanted, page=page).address(place.base_url)


def _price_range(result: SearchResult, currency: str) -> tuple[Money, Money] | None:
    if result.facets.price_range is None:
        return None
    low, high = result.facets.price_range
    base = settings.BASE_CURRENCY
    return shown(Money(low, base), currency), shown(Money(high, base), currency)


def _help(wanted: Wanted, place: Place, now: datetime) -> tuple[list[ShownCard], list[ShownCard]]:
    """Where nothing is found: the nearest without the filters, and what is popular here."""
    ids: list[UUID] = []
    if wanted.is_filtered or wanted.category:
        loose = replace(place, category_path="" if wanted.category else place.category_path)
        query = replace(_query(_clear(wanted), loose, "relevance"), limit=SUGGESTED)
        ids = find(query, with_facets=False).product_ids
    popular = popular_ids(SUGGESTED, category_path=place.category_path) or popular_ids(SUGGESTED)
    rest = [product_id for product_id in popular if product_id not in ids]
    return _cards(ids, place, now), _cards(rest, place, now)

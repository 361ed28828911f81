"""Types that cross the edge of search: the same query and result for every engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sort(TextChoices):
    RELEVANCE = "RELEVANCE", _("Most relevant")
    POPULARITY = "POPULARITY", _("Most popular")
    RATING = "RATING", _("Best rated")
    PRICE_UP = "PRICE_UP", _("Cheapest first")
    PRICE_DOWN = "PRICE_DOWN", _("Most expensive first")
    NOVELTY = "NOVELTY", _("Newest first")


@dataclass(frozen=True, slots=True)
class Filters:
    """What must hold of a hit. Values of one facet are alternatives, different facets add up.

    Prices are in minor units of settings.BASE_CURRENCY, both ends included.
    """

    price_from_base_minor: int | None = None
    price_to_base_minor: int | None = None
    rating_from_hundredths: int | None = None
    brand_ids: tuple[int, ...] = ()
    seller_ids: tuple[UUID, ...] = ()
    in_stock: bool = False
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """An empty text lists everything that passes the filters."""

    text: str = ""
    category_path: str = ""
    language: str = "en"
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 24


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts per value. Each group ignores its own filter, so that several values can be chosen.

    `category_paths` counts whole branches. `price_range` is in minor units of settings.BASE_CURRENCY.
    """

    attributes: dict[str, dict[str, int]] = field(default_factory=dict)
    brands: dict[int, int] = field(default_factory=dict)
    sellers: dict[UUID, int] = field(default_factory=dict)
    category_paths: dict[str, int] = field(default_factory=dict)
    price_range: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`total` counts exactly up to the engine's cap. `corrected_text` is what was searched instead."""

    product_ids: list[UUID]
    total: int
    is_total_exact: bool
    facets: Facets
    corrected_text: str | None
    engine: str


class SuggestionKind(TextChoices):
    QUERY = "query"
    CATEGORY = "category"
    PRODUCT = "product"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line below the search field. What it leads to depends on the kind.

    QUERY: search for `text`. CATEGORY: `category_code`. PRODUCT: `product_id`, `slug`, `short_id`.
    BRAND: `brand_id`.
    """

    text: str
    kind: SuggestionKind
    category_code: str = ""
    product_id: UUID | None = None
    slug: str = ""
    short_id: str = ""
    brand_id: int | None = None

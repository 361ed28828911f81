"""Cards of grids: one query for any number of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache

from apps.catalog.models import Favorite, ListingCard, ViewedProduct
from apps.catalog.selectors.card_rows import read_cards
from apps.catalog.selectors.pictures import picture_of
from apps.catalog.types import CardView, Picture
from apps.core.errors import NotFound
from apps.core.sql import documents
from apps.core.viewer import Viewer

_PICTURES_KEY = "catalog:branch-pictures:{language}"
_PICTURES_SECONDS = 300


def cards(product_ids: Sequence[UUID], *, language: str) -> list[CardView]:
    """Return the visible cards of `product_ids` in their order. One query."""
    return read_cards("SELECT unnest(%(ids)s::uuid[])", {"ids": list(product_ids)}, language)


@dataclass(frozen=True, slots=True)
class ShelfIds:
    """What stands on the front page: the deepest price cuts in percent, the newest, the best sold."""

    deals: list[UUID]
    newest: list[UUID]
    popular: list[UUID]


_ON_SALE = "SELECT product_id FROM catalog_listingcard WHERE is_visible AND is_in_stock"
_BEST_SOLD = "sales_count DESC, rating_count DESC, product_id"
_SHELVES = f"""
SELECT
  ARRAY({_ON_SALE} AND old_price_minor > price_minor
    ORDER BY price_minor * 1.0 / old_price_minor, product_id LIMIT %(limit)s) AS deals,
  ARRAY({_ON_SALE} ORDER BY published_at DESC, product_id LIMIT %(limit)s) AS newest,
  ARRAY({_ON_SALE} ORDER BY {_BEST_SOLD} LIMIT %(limit)s) AS popular
"""


def shelf_ids(limit: int) -> ShelfIds:
    """Return the products in stock of each shelf of the front page. One query."""
    (found,) = documents(_SHELVES, {"limit": limit})
    return ShelfIds(**{shelf: [UUID(text) for text in ids] for shelf, ids in found.items()})


def popular_ids(limit: int, *, category_path: str = "") -> list[UUID]:
    """The best sold products of a branch that are in stock."""
    rows = ListingCard.objects.filter(
        is_visible=True, is_in_stock=True, category_path__startswith=category_path
    ).order_by("-sales_count", "-rating_count", "product_id")
    return list(rows.values_list("product_id", flat=True)[:limit])


def popular_cards(limit: int, *, language: str, category_path: str = "") -> list[CardView]:
    """The best sold products of a branch that are in stock. One query."""
    chosen = f"{_ON_SALE} AND category_path LIKE %(branch)s ORDER BY {_BEST_SOLD} LIMIT %(limit)s"
    return read_cards(chosen, {"branch": f"{category_path}%", "limit": limit}, language)


# In each root category the best sold product that has a picture. The condition is a range, which finds
# its way in an index where LIKE with another table's column does not.
_ROOT_PICTURES = f"""
SELECT root.path, best.image FROM catalog_category AS root
CROSS JOIN LATERAL (
  SELECT images -> 0 AS image FROM catalog_listingcard
  WHERE is_visible AND is_in_stock AND images <> '[]'
    AND category_path >= root.path AND category_path < root.path || 'zzzz'
  ORDER BY {_BEST_SOLD} LIMIT 1) AS best
WHERE root.depth = 1
"""  # noqa: S608  our own fragments


def branch_pictures(language: str) -> dict[str, Picture]:
    """Map each root category's path to the picture of its best sold product. One query, then kept."""
    key = _PICTURES_KEY.format(language=language)
    found: dict[str, Picture] | None = cache.get(key)
    if found is None:
        rows = documents(_ROOT_PICTURES, {})
        found = {row["path"]: picture_of(row["image"], language) for row in rows}
        cache.set(key, found, _PICTURES_SECONDS)
    return found


def favorite_ids(viewer: Viewer, limit: int = 200) -> list[UUID]:
    """The viewer's own favourites, newest first; nothing for the anonymous."""
    if viewer.user_id is None:
        return []
    rows = Favorite.objects.filter(user_id=viewer.user_id).order_by("-added_at")
    return list(rows.values_list("product_id", flat=True)[:limit])


def favorite_count(viewer: Viewer) -> int:
    if viewer.user_id is None:
        return 0
    return Favorite.objects.filter(user_id=viewer.user_id).count()


def is_favorite(viewer: Viewer, product_id: UUID) -> bool:
    """Tell whether the product is on the viewer's own list."""
    if viewer.user_id is None:
        return False
    return Favorite.objects.filter(user_id=viewer.user_id, product_id=product_id).exists()


def viewed_ids(viewer: Viewer, limit: int = 24) -> list[UUID]:
    if viewer.user_id is None:
        return []
    rows = ViewedProduct.objects.filter(user_id=viewer.user_id).order_by("-viewed_at")
    return list(rows.values_list("product_id", flat=True)[:limit])


def visible_card(product_id: UUID) -> ListingCard:
    """:raises NotFound: not in the shop"""
    card = ListingCard.objects.filter(product_id=product_id, is_visible=True).first()
    if card is None:
        raise NotFound
    return card

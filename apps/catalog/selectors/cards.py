"""Cards of grids: one query for any number of them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from apps.catalog.models import Favorite, ListingCard, ViewedProduct
from apps.catalog.selectors.pictures import picture_of
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import CardView
from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.viewer import Viewer


def cards(product_ids: Sequence[UUID], *, language: str) -> list[CardView]:
    """Return the visible cards of `product_ids` in their order. One query."""
    rows = (
        ListingCard.objects.filter(product_id__in=product_ids, is_visible=True)
        .select_related("product")
        .only(*_COLUMNS)
    )
    found = {row.product_id: card_view(row, language) for row in rows}
    return [found[product_id] for product_id in product_ids if product_id in found]


_COLUMNS = (
    "product__short_id",
    "texts",
    "brand_name",
    "currency",
    "price_minor",
    "old_price_minor",
    "lowest_30_days_minor",
    "rating_hundredths",
    "rating_count",
    "is_in_stock",
    "has_choice",
    "offer_id",
    "seller_name",
    "handling_days",
    "images",
)


def card_view(row: ListingCard, language: str) -> CardView:
    text = in_language(row.texts, language) or {"title": "", "slug": "item"}
    lowest = row.lowest_30_days_minor
    return CardView(
        product_id=row.product_id,
        short_id=row.product.short_id,
        slug=text["slug"],
        title=text["title"],
        brand=row.brand_name,
        price=row.price,
        old_price=row.old_price,
        lowest_30_days=Money(lowest, row.currency) if lowest else None,
        rating=row.rating_hundredths / 100,
        rating_count=row.rating_count,
        is_in_stock=row.is_in_stock,
        has_choice=row.has_choice,
        offer_id=row.offer_id,
        seller_name=row.seller_name,
        handling_days=row.handling_days,
        pictures=tuple(picture_of(image, language) for image in row.images),
    )


def newest_ids(limit: int) -> list[UUID]:
    return _ids(ListingCard.objects.filter(is_in_stock=True).order_by("-published_at"), limit)


def deal_ids(limit: int) -> list[UUID]:
    """Products with the deepest price cut that are in stock."""
    rows = ListingCard.objects.filter(is_in_stock=True, old_price_minor__isnull=False)
    return _ids(rows.order_by("price_minor", "product_id"), limit)


def popular_ids(limit: int, *, category_path: str = "") -> list[UUID]:
    rows = ListingCard.objects.filter(is_in_stock=True, category_path__startswith=category_path)
    return _ids(rows.order_by("-sales_count", "-rating_count", "product_id"), limit)


def _ids(rows: "Iterable[ListingCard]", limit: int) -> list[UUID]:
    return list(rows.filter(is_visible=True).values_list("product_id", flat=True)[:limit])  # type: ignore[attr-defined]


def favorite_ids(viewer: Viewer, limit: int = 200) -> list[UUID]:
    """The viewer's own favourites, newest first; nothing for the anonymous."""
    if viewer.user_id is None:
        return []
    rows = Favorite.objects.filter(user_id=viewer.user_id).order_by("-added_at")
    return list(rows.values_list("product_id", flat=True)[:limit])


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

"""What public pages tell of stock: how many units are left, and the day that their place promises."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from apps.catalog.models import OfferComponent
from apps.catalog.page_tags import product_tag, shelf_tags
from apps.core.page_store import forget_pages


def forget_stock(item_ids: Iterable[UUID] | QuerySet[Any], *, is_moved: bool) -> None:
    """Forget the pages that show how many units of these items can be bought. One query.

    Where units came or went (`is_moved`) and an item lies in several places, cards may promise another
    day: they name the fullest place.
    """
    parts = OfferComponent.objects.filter(item_id__in=item_ids).annotate(
        places=Count("item__stocks")
    )
    tags: set[str] = set()
    for product_id, path, places in parts.values_list(
        "offer__variant__product_id", "offer__variant__product__category__path", "places"
    ):
        tags.add(product_tag(product_id))
        if is_moved and places > 1:
            tags |= shelf_tags(path)
    forget_pages(*tags)

"""What public pages tell of stock: how many units are left, and the day that their place promises."""

from collections.abc import Iterable
from uuid import UUID

from apps.catalog.page_tags import product_tag, shelf_tags
from apps.core.page_store import forget_pages
from apps.core.sql import documents

# The products that are sold out of these items, with the number of places where the item lies.
_SHOWN = """
SELECT variant.product_id, category.path,
  (SELECT count(*) FROM catalog_stock AS stock WHERE stock.item_id = component.item_id) AS places
FROM catalog_offercomponent AS component
JOIN catalog_offer AS offer ON offer.id = component.offer_id
JOIN catalog_variant AS variant ON variant.id = offer.variant_id
JOIN catalog_product AS product ON product.id = variant.product_id
JOIN catalog_category AS category ON category.id = product.category_id
WHERE component.item_id = ANY(%(items)s::uuid[])
"""


def forget_stock(item_ids: Iterable[UUID], *, is_moved: bool) -> None:
    """Forget the pages that show how many units of these items can be bought. One query.

    Where units came or went (`is_moved`) and an item lies in several places, cards may promise another
    day: they name the fullest place.
    """
    tags: set[str] = set()
    for row in documents(_SHOWN, {"items": list(item_ids)}):
        tags.add(product_tag(UUID(row["product_id"])))
        if is_moved and row["places"] > 1:
            tags |= shelf_tags(row["path"])
    forget_pages(*tags)

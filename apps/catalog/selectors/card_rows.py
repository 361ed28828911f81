"""Cards as a grid shows them, read by one statement with the place that each one's offer leaves from."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.catalog.selectors.pictures import picture_of
from apps.catalog.selectors.supply import DISPATCH_OF_OFFER, dispatch_of
from apps.catalog.selectors.texts import in_language_sql
from apps.catalog.types import CardView
from apps.core.money import Money
from apps.core.sql import documents

_NO_TEXT = {"title": "", "slug": "item"}


def read_cards(chosen: str, parameters: Mapping[str, Any], language: str) -> list[CardView]:
    """Return the visible ones of the products whose ids `chosen` selects, in its order. One query."""
    statement = f"""
    SELECT card.product_id, product.short_id, {in_language_sql("card.texts")} AS text, card.brand_name,
      card.currency, card.price_minor, card.old_price_minor, card.lowest_30_days_minor,
      card.rating_hundredths, card.rating_count, card.is_in_stock, card.has_choice, card.offer_id,
      card.seller_name, card.handling_days, card.images, dispatch.place
    FROM unnest(ARRAY({chosen})) WITH ORDINALITY AS chosen (product_id, place)
    JOIN catalog_listingcard AS card ON card.product_id = chosen.product_id AND card.is_visible
    JOIN catalog_product AS product ON product.id = card.product_id
    LEFT JOIN LATERAL ({DISPATCH_OF_OFFER.format(offer="card.offer_id")}) AS dispatch ON card.is_in_stock
    ORDER BY chosen.place
    """  # noqa: S608  our own fragments
    rows = documents(statement, {**parameters, "language": language})
    return [_card(row, language) for row in rows]


def _card(row: Mapping[str, Any], language: str) -> CardView:
    text, currency = row["text"] or _NO_TEXT, row["currency"]
    old, lowest = row["old_price_minor"], row["lowest_30_days_minor"]
    return CardView(
        product_id=UUID(row["product_id"]),
        short_id=row["short_id"],
        slug=text["slug"],
        title=text["title"],
        brand=row["brand_name"],
        price=Money(row["price_minor"], currency),
        old_price=Money(old, currency) if old else None,
        lowest_30_days=Money(lowest, currency) if lowest else None,
        rating=row["rating_hundredths"] / 100,
        rating_count=row["rating_count"],
        is_in_stock=row["is_in_stock"],
        has_choice=row["has_choice"],
        offer_id=UUID(row["offer_id"]) if row["offer_id"] else None,
        seller_name=row["seller_name"],
        handling_days=row["handling_days"],
        pictures=tuple(picture_of(image, language) for image in row["images"]),
        dispatch=dispatch_of(row["place"]),
    )

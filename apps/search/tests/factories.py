"""Search sources without a catalogue: an engine sees nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from apps.catalog.types import SearchSource

SELLERS = (UUID(int=101), UUID(int=102))
START = datetime(2026, 1, 1, tzinfo=UTC)


def product(number: int) -> UUID:
    return UUID(int=number)


def source(number: int, title: str = "Thing", **given: Any) -> SearchSource:
    values: dict[str, Any] = {
        "product_id": product(number),
        "version": 1,
        "titles": {"en": title},
        "descriptions": {},
        "brand": "",
        "brand_id": None,
        "category_path": "0001",
        "category_names": {},
        "attribute_texts": (),
        "codes": (f"SKU-{number}",),
        "facets": (),
        "seller_ids": SELLERS[:1],
        "price_base_minor": number * 100,
        "rating_hundredths": 0,
        "rating_count": 0,
        "sales_count": 0,
        "is_in_stock": True,
        "published_at": START + timedelta(days=number),
    }
    return SearchSource(**(values | given))

"""The indexer: bring the search engine in line with the cards of catalog.

Invariant: an index write carries the card's version, so whichever order writes come in, the newest
card is what is found.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from apps.catalog.page_tags import shelf_tag
from apps.catalog.selectors.search_source import search_sources, visible_product_ids
from apps.core.page_store import EVERYTHING, forget_pages
from apps.search.selectors import current_engine


@transaction.atomic
def follow_card(*, product_id: UUID, version: int) -> None:
    """Index a product as its card is now, or take it out. `version` is the announced card's."""
    sources = search_sources([product_id])
    if sources:
        current_engine().upsert(sources)
    else:
        current_engine().delete(product_id, version=version)


def index_products(*, product_ids: Sequence[UUID], batch: int = 500) -> int:
    """Index the visible ones of many products, for imports; return how many they are."""
    engine = current_engine()
    indexed = 0
    for start in range(0, len(product_ids), batch):
        sources = search_sources(product_ids[start : start + batch])
        engine.upsert(sources)
        indexed += len(sources)
    engine.refresh_words()
    forget_pages(EVERYTHING)
    return indexed


def rebuild() -> tuple[int, int]:
    """Index every visible product anew, then drop what is no longer there; return (indexed, dropped).

    The shop goes on searching meanwhile: each row is replaced in place, and what was written after the
    start is not dropped.
    """
    engine = current_engine()
    stale = engine.versions()
    indexed = 0
    for product_ids in visible_product_ids():
        sources = search_sources(product_ids)
        engine.upsert(sources)
        indexed += len(sources)
        for source in sources:
            stale.pop(source.product_id, None)
    dropped = engine.drop(stale)
    engine.refresh_words()
    forget_pages(EVERYTHING)
    return indexed, dropped


def refresh_words() -> None:
    """Count the words anew: weights, spelling and suggestions follow the catalogue."""
    current_engine().refresh_words()
    forget_pages(shelf_tag())

"""The indexer: bring the search engine in line with the cards of catalog.

Invariant: an index write carries the card's version, so whichever order writes come in, the newest
card is what is found.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from apps.catalog.page_tags import shelf_tags
from apps.catalog.selectors.search_source import search_sources, visible_product_ids
from apps.core.page_store import EVERYTHING, forget_pages
from apps.search.selectors import current_engine


@transaction.atomic
def follow_card(*, product_id: UUID, version: int, page_tags: Collection[str]) -> None:
    """Index a product as its card is now, or take it out. `version` is the announced card's.

    Pages that were made since that card show what the old index found: they are forgotten again, with
    those of the branch where the product was found.
    """
    engine = current_engine()
    lay = engine.path_of(product_id)
    if sources := search_sources([product_id]):
        engine.upsert(sources)
    else:
        engine.delete(product_id, version=version)
    forget_pages(*page_tags, *(shelf_tags(lay) if lay is not None else ()))


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


def rebuild(*, part: int = 1, parts: int = 1) -> tuple[int, int]:
    """Index every visible product anew, then drop what is no longer there; return (indexed, dropped).

    The shop goes on searching meanwhile: each row is replaced in place, and what was written after the
    start is not dropped. Several processes may share the work, a part each; the first one drops and
    counts.
    """
    engine = current_engine()
    stale = engine.versions() if part == 1 else {}
    indexed = 0
    for number, product_ids in enumerate(visible_product_ids()):
        for product_id in product_ids:
            stale.pop(product_id, None)
        if number % parts == part - 1:
            sources = search_sources(product_ids)
            engine.upsert(sources)
            indexed += len(sources)
    dropped = engine.drop(stale)
    if part == 1:
        engine.refresh_words()
    forget_pages(EVERYTHING)
    return indexed, dropped


def refresh_words() -> None:
    """Count words and branches anew: weights, spelling, suggestions and filters follow the catalogue."""
    current_engine().refresh_words()
    forget_pages(EVERYTHING)

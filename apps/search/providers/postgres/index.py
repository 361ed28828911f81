"""Write the documents of the PostgreSQL engine.

Invariant: a document's version never falls, removed ones included; each word of a document that is
there has a row in SearchTerm at once, its counts follow later.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from apps.catalog.types import SearchSource
from apps.search import rules, thesaurus
from apps.search.providers.postgres.counts import add_new_words

# What a document is made of, with its types: the rows of one write come as one JSON array.
_COLUMNS = {
    "product_id": "uuid", "version": "bigint", "vector": "tsvector", "head": "tsvector",
    "title_length": "smallint", "is_accessory": "boolean", "words": "varchar[]",
    "title_words": "varchar[]", "codes": "varchar[]", "category_path": "varchar", "brand_id": "bigint",
    "seller_ids": "uuid[]", "facets": "varchar[]", "price_base_minor": "bigint",
    "rating_hundredths": "smallint", "rating_count": "integer", "sales_count": "integer",
    "is_in_stock": "boolean", "published_at": "timestamptz", "is_removed": "boolean",
}  # fmt: skip
_UPSERT = f"""
INSERT INTO search_searchdocument ({", ".join(_COLUMNS)})
SELECT {", ".join(_COLUMNS)}
FROM json_to_recordset(%s::json) AS given ({", ".join(f"{n} {t}" for n, t in _COLUMNS.items())})
ON CONFLICT (product_id) DO UPDATE SET
  {", ".join(f"{name} = EXCLUDED.{name}" for name in list(_COLUMNS)[1:])}
WHERE search_searchdocument.version <= EXCLUDED.version
"""  # noqa: S608  our own column names
_REMOVE = """
UPDATE search_searchdocument
SET is_removed = TRUE, version = %(version)s, vector = '', head = '', words = '{}', title_words = '{}',
  codes = '{}', facets = '{}', seller_ids = '{}'
WHERE product_id = %(product_id)s AND version <= %(version)s
"""
_PATH = "SELECT category_path FROM search_searchdocument WHERE product_id = %s AND NOT is_removed"
_VERSIONS = "SELECT product_id, version FROM search_searchdocument WHERE NOT is_removed"
_DROP = """
DELETE FROM search_searchdocument AS document
USING unnest(%s::uuid[], %s::bigint[]) AS stale (product_id, version)
WHERE document.product_id = stale.product_id AND document.version = stale.version
"""
# A description begins by saying what the thing is.
LEADING_WORDS = 12
# Facets are read of every hit, so they stay in the row.
MOST_FACET_CHARACTERS = 2_000


@transaction.atomic
def upsert(sources: Sequence[SearchSource]) -> None:
    """Write documents; each loses to an indexed one with a higher version."""
    if not sources:
        return
    newest = {source.product_id: source for source in sorted(sources, key=attrgetter("version"))}
    rows = [_row(newest[product_id]) for product_id in sorted(newest)]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [json.dumps(rows, default=str, ensure_ascii=False)])
    add_new_words(rows)


def delete(product_id: UUID, *, version: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE, {"product_id": product_id, "version": version})


def path_of(product_id: UUID) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(_PATH, [product_id])
        row = cursor.fetchone()
        return str(row[0]) if row else None


def versions() -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS)
        return dict(cursor.fetchall())


def drop(indexed: Mapping[UUID, int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DROP, [list(indexed), list(indexed.values())])
        return int(cursor.rowcount)


def _row(source: SearchSource) -> dict[str, Any]:
    head = list(_head(source))
    readings = [*(reading for _place, reading in head), *_rest(source)]
    words = set(chain.from_iterable(reading.spelled for reading in readings))
    shown = [*source.titles.values(), *source.category_names.values(), source.brand]
    title_words = {word for text in shown for word in rules.words_of(text) if word.isalpha()}
    return {
        "product_id": source.product_id,
        "version": source.version,
        "vector": rules.vector_of(readings),
        "head": rules.head_of(head),
        "title_length": len(title_words),
        "is_accessory": _is_accessory(source),
        "words": sorted(words),
        "title_words": sorted(word for word in title_words if len(word) > 1),
        "codes": list(dict.fromkeys(key for code in source.codes if (key := rules.code_key(code)))),
        "category_path": source.category_path,
        "brand_id": source.brand_id,
        "seller_ids": source.seller_ids,
        "facets": list(_bounded(source.facets)),
        "price_base_minor": source.price_base_minor,
        "rating_hundredths": source.rating_hundredths,
        "rating_count": source.rating_count,
        "sales_count": source.sales_count,
        "is_in_stock": source.is_in_stock,
        "published_at": source.published_at,
        "is_removed": False,
    }


def _is_accessory(source: SearchSource) -> bool:
    """Tell by the title, and by the category where it has a name."""
    names = [*source.titles.values(), *source.category_names.values()]
    return any(
        not thesaurus.accessories().isdisjoint(map(rules.stem, rules.words_of(name)))
        for name in names
    )


def _bounded(facets: Iterable[str]) -> Iterator[str]:
    left = MOST_FACET_CHARACTERS
    for facet in facets:
        left -= len(facet)
        if left < 0:
            return
        yield facet


def _head(source: SearchSource) -> Iterator[tuple[str, rules.Reading]]:
    """Yield what names the product: places are those of SearchDocument.head."""
    for language, title in source.titles.items():
        yield "A", rules.read(title, language)
    yield "B", rules.read(source.brand, "")
    for language, name in source.category_names.items():
        yield "C", rules.read(name, language)
    for language, text in source.descriptions.items():
        yield "D", rules.read(rules.split_after(text, LEADING_WORDS)[0], language)


def _rest(source: SearchSource) -> Iterator[rules.Reading]:
    for text in source.attribute_texts:
        yield rules.read(text, "")
    for language, text in source.descriptions.items():
        yield rules.read(rules.split_after(text, LEADING_WORDS)[1], language)

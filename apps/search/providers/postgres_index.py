"""Write the documents and words of the PostgreSQL engine.

Invariant: a document's version never falls, removed ones included; each word of a document that is
there has a row in SearchTerm at once, its counts follow with refresh_words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from apps.catalog.types import SearchSource
from apps.search import rules, spelling

_COLUMNS = (
    "product_id", "version", "vector", "words", "title_words", "codes", "category_path", "brand_id",
    "seller_ids", "facets", "price_base_minor", "rating_hundredths", "rating_count", "sales_count",
    "is_in_stock", "published_at", "is_removed",
)  # fmt: skip
_UPSERT = f"""
INSERT INTO search_searchdocument ({", ".join(_COLUMNS)})
VALUES ({", ".join("%s::tsvector" if name == "vector" else "%s" for name in _COLUMNS)})
ON CONFLICT (product_id) DO UPDATE SET
  {", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])}
WHERE search_searchdocument.version <= EXCLUDED.version
"""  # noqa: S608  our own column names
_KNOWN_WORDS = "SELECT word FROM search_searchterm WHERE word = ANY(%s)"
_ADD_WORD = """
INSERT INTO search_searchterm (word, stem, forms, document_count, title_count)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (word) DO UPDATE SET
  document_count = EXCLUDED.document_count, title_count = EXCLUDED.title_count
"""
_ADD_FIRST = _ADD_WORD.partition("ON CONFLICT")[0] + "ON CONFLICT (word) DO NOTHING"
_COUNTED = """
counted AS MATERIALIZED (
  SELECT word, count(*) FILTER (WHERE NOT is_title) AS document_count,
    count(*) FILTER (WHERE is_title) AS title_count
  FROM (
    SELECT unnest(words) AS word, FALSE AS is_title FROM search_searchdocument WHERE NOT is_removed
    UNION ALL
    SELECT unnest(title_words), TRUE FROM search_searchdocument WHERE NOT is_removed
  ) AS every GROUP BY word)
"""
_CHANGED = f"""
WITH {_COUNTED}
SELECT counted.word, counted.document_count, counted.title_count FROM counted
LEFT JOIN search_searchterm AS term ON term.word = counted.word
WHERE (term.document_count, term.title_count)
  IS DISTINCT FROM (counted.document_count, counted.title_count)
ORDER BY counted.word
"""  # noqa: S608  our own fragments
_UNUSED = f"""
WITH {_COUNTED}
DELETE FROM search_searchterm
WHERE NOT EXISTS (SELECT FROM counted WHERE counted.word = search_searchterm.word)
"""  # noqa: S608  our own fragments
_REMOVE = """
UPDATE search_searchdocument
SET is_removed = TRUE, version = %(version)s, vector = '', words = '{}', title_words = '{}',
  codes = '{}', facets = '{}', seller_ids = '{}'
WHERE product_id = %(product_id)s AND version <= %(version)s
"""
_VERSIONS = "SELECT product_id, version FROM search_searchdocument WHERE NOT is_removed"
_DROP = """
DELETE FROM search_searchdocument AS document
USING unnest(%s::uuid[], %s::bigint[]) AS stale (product_id, version)
WHERE document.product_id = stale.product_id AND document.version = stale.version
"""
_WORDS_AT_ONCE = 5_000
# A description begins by saying what the thing is.
LEADING_WORDS = 12


@transaction.atomic
def upsert(sources: Sequence[SearchSource]) -> None:
    """Write documents; each loses to an indexed one with a higher version."""
    if not sources:
        return
    rows = [_row(source) for source in sorted(sources, key=lambda source: source.product_id)]
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, rows)
    _add_new_words(rows)


def delete(product_id: UUID, *, version: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE, {"product_id": product_id, "version": version})


def versions() -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS)
        return dict(cursor.fetchall())


def drop(indexed: Mapping[UUID, int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DROP, [list(indexed), list(indexed.values())])
        return int(cursor.rowcount)


@transaction.atomic
def refresh_words() -> None:
    """Bring the counts up to date: writes only what has changed."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED)
        changed = cursor.fetchall()
        for start in range(0, len(changed), _WORDS_AT_ONCE):
            part = changed[start : start + _WORDS_AT_ONCE]
            cursor.executemany(_ADD_WORD, [_word_row(*row) for row in part])
        cursor.execute(_UNUSED)


def _add_new_words(rows: Iterable[tuple[Any, ...]]) -> None:
    counts: dict[str, int] = {}
    titles: dict[str, int] = {}
    for row in rows:
        for word in row[3]:
            counts[word] = counts.get(word, 0) + 1
        for word in row[4]:
            titles[word] = titles.get(word, 0) + 1
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_WORDS, [list(counts)])
        known = {word for (word,) in cursor.fetchall()}
        fresh = sorted(set(counts) - known)
        if fresh:
            added = [_word_row(word, counts[word], titles.get(word, 0)) for word in fresh]
            cursor.executemany(_ADD_FIRST, added)


def _word_row(word: str, document_count: int, title_count: int) -> tuple[Any, ...]:
    forms = spelling.deletions(word)
    return (word, rules.stem(word), forms, document_count, title_count)


def _row(source: SearchSource) -> tuple[Any, ...]:
    sections = list(_sections(source))
    words = {
        word for _w, language, text in sections for word in rules.spelled_words(text, language)
    }
    shown = [*source.titles.values(), *source.category_names.values(), source.brand]
    title_words = {word for text in shown for word in rules.words_of(text) if word.isalpha()}
    return (
        source.product_id,
        source.version,
        rules.vector_of(sections),
        sorted(words),
        sorted(word for word in title_words if len(word) > 1),
        list(dict.fromkeys(key for code in source.codes if (key := rules.code_key(code)))),
        source.category_path,
        source.brand_id,
        list(source.seller_ids),
        list(source.facets),
        source.price_base_minor,
        source.rating_hundredths,
        source.rating_count,
        source.sales_count,
        source.is_in_stock,
        source.published_at,
        False,
    )


def _sections(source: SearchSource) -> Iterator[tuple[str, str, str]]:
    for language, title in source.titles.items():
        yield "A", language, title
    yield "B", "", source.brand
    for language, name in source.category_names.items():
        yield "B", language, name
    for text in source.attribute_texts:
        yield "C", "", text
    for language, text in source.descriptions.items():
        beginning, rest = rules.split_after(text, LEADING_WORDS)
        yield "B", language, beginning
        yield "D", language, rest

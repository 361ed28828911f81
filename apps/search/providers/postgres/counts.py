"""Count what the documents hold: words (weights, spelling, suggestions) and big branches (filters)."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction

from apps.search import rules, spelling
from apps.search.providers.postgres.facets import PATH_STEP

# A smaller branch is counted while one waits.
BIG_BRANCH = 500

type Counts = dict[tuple[str, str], int]
_EXTREMES = {"cheapest": min, "dearest": max}

_KNOWN_WORDS = "SELECT word FROM search_searchterm WHERE word = ANY(%s)"
_ADD_NEW = """
INSERT INTO search_searchterm (word, stem, forms, document_count, title_count)
SELECT word, stem, forms, document_count, title_count
FROM json_to_recordset(%s::json) AS given (
  word varchar, stem varchar, forms varchar[], document_count integer, title_count integer)
ON CONFLICT (word) DO NOTHING
"""
# One worker at a time; documents and their new words may come meanwhile.
_LOCK = "LOCK TABLE search_searchterm, search_searchbranch IN SHARE UPDATE EXCLUSIVE MODE"
_COUNT_WORDS = """
WITH counted AS MATERIALIZED (
  SELECT word, count(*) FILTER (WHERE NOT is_title) AS document_count,
    count(*) FILTER (WHERE is_title) AS title_count
  FROM (
    SELECT unnest(words) AS word, FALSE AS is_title FROM search_searchdocument WHERE NOT is_removed
    UNION ALL
    SELECT unnest(title_words), TRUE FROM search_searchdocument WHERE NOT is_removed
  ) AS every GROUP BY word),
changed AS (
  UPDATE search_searchterm AS term
  SET document_count = counted.document_count, title_count = counted.title_count
  FROM counted
  WHERE term.word = counted.word AND (term.document_count, term.title_count)
    IS DISTINCT FROM (counted.document_count, counted.title_count)),
unused AS (
  DELETE FROM search_searchterm AS term
  WHERE NOT EXISTS (SELECT FROM counted WHERE counted.word = term.word))
SELECT word, document_count, title_count FROM counted
WHERE NOT EXISTS (SELECT FROM search_searchterm AS term WHERE term.word = counted.word)
"""
_COUNT_CATEGORIES = """
WITH shown AS NOT MATERIALIZED (SELECT * FROM search_searchdocument WHERE NOT is_removed)
SELECT category_path, 'category', category_path, count(*) FROM shown GROUP BY category_path
UNION ALL
SELECT category_path, 'brand', brand_id::text, count(*) FROM shown
  WHERE brand_id IS NOT NULL GROUP BY category_path, brand_id
UNION ALL
SELECT category_path, 'facet', value, count(*) FROM shown, unnest(facets) AS value
  GROUP BY category_path, value
UNION ALL
SELECT category_path, 'seller', value::text, count(*) FROM shown, unnest(seller_ids) AS value
  GROUP BY category_path, value
UNION ALL
SELECT category_path, 'cheapest', '', min(price_base_minor) FROM shown GROUP BY category_path
UNION ALL
SELECT category_path, 'dearest', '', max(price_base_minor) FROM shown GROUP BY category_path
"""
_KEEP_BRANCHES = """
WITH given AS (
  SELECT * FROM json_to_recordset(%s::json) AS given (
    category_path varchar, document_count integer, counts jsonb)),
gone AS (
  DELETE FROM search_searchbranch WHERE category_path NOT IN (SELECT category_path FROM given))
INSERT INTO search_searchbranch (category_path, document_count, counts)
SELECT category_path, document_count, counts FROM given
ON CONFLICT (category_path) DO UPDATE SET
  document_count = EXCLUDED.document_count, counts = EXCLUDED.counts
"""


def add_new_words(documents: Iterable[Mapping[str, Any]]) -> None:
    """Make a row of each word that has none yet, with its count in these documents."""
    counts = Counter(word for document in documents for word in document["words"])
    titles = Counter(word for document in documents for word in document["title_words"])
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_WORDS, [list(counts)])
        fresh = sorted(set(counts) - {word for (word,) in cursor.fetchall()})
        if fresh:
            _add(cursor, [(word, counts[word], titles[word]) for word in fresh])


@transaction.atomic
def refresh_words() -> None:
    """Bring the counts of words up to date: writes only what has changed."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_COUNT_WORDS)
        _add(cursor, sorted(cursor.fetchall()))


@transaction.atomic
def refresh_branches() -> None:
    """Count the big branches anew and forget the others."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_COUNT_CATEGORIES)
        branches = _summed_up(cursor.fetchall())
        rows = [
            {
                "category_path": path,
                "document_count": document_count,
                "counts": [(kind, value, count) for (kind, value), count in counts.items()],
            }
            for path, counts in branches.items()
            if (document_count := _documents(counts)) >= BIG_BRANCH
        ]
        cursor.execute(_KEEP_BRANCHES, [json.dumps(rows, ensure_ascii=False)])


def _summed_up(rows: Iterable[tuple[str, str, str, int]]) -> dict[str, Counts]:
    """Add what each category counts to every branch that holds it."""
    branches: dict[str, Counts] = {}
    for path, kind, value, count in rows:
        for end in range(0, len(path) + 1, PATH_STEP):
            counts = branches.setdefault(path[:end], {})
            if kind in _EXTREMES:
                counts[kind, value] = _EXTREMES[kind](counts.get((kind, value), count), count)
            else:
                counts[kind, value] = counts.get((kind, value), 0) + count
    return branches


def _documents(counts: Counts) -> int:
    return sum(count for (kind, _value), count in counts.items() if kind == "category")


def _add(cursor: Any, words: list[tuple[str, int, int]]) -> None:
    rows = [
        {
            "word": word,
            "stem": rules.stem(word),
            "forms": spelling.deletions(word),
            "document_count": document_count,
            "title_count": title_count,
        }
        for word, document_count, title_count in words
    ]
    cursor.execute(_ADD_NEW, [json.dumps(rows, ensure_ascii=False)])

"""The PostgreSQL engine: full text in a GIN index, ranked by the weight of the words that are found."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _
from psycopg.errors import QueryCanceled

from apps.catalog.types import SearchSource
from apps.core.errors import DomainError
from apps.search import rules
from apps.search.providers.postgres import counts, index
from apps.search.providers.postgres.bands import refresh_bands
from apps.search.providers.postgres.facets import Row, facets_of
from apps.search.providers.postgres.listing import COUNTED, listing_sql
from apps.search.providers.postgres.text import text_sql
from apps.search.providers.postgres.words import understand
from apps.search.types import Facets, SearchQuery, SearchResult

# Sent with the statement: the two are one transaction of one round trip.
_LIMIT = "SET LOCAL statement_timeout = '3s'; "

# Words of titles that begin so.
_ENDINGS = """
SELECT word, stem FROM (
  SELECT word, stem, title_count FROM search_searchterm
  WHERE word LIKE %(prefix)s AND title_count > 0
  ORDER BY title_count DESC, word LIMIT 20
) AS ending
"""
_TOGETHER = """
WHERE EXISTS (
  SELECT FROM search_searchdocument
  WHERE vector @@ (%(earlier)s::tsquery && quote_literal(stem)::tsquery) AND NOT is_removed)
"""
_TITLED = """
SELECT product_id FROM search_searchdocument
WHERE head @@ %(words)s::tsquery AND NOT is_removed
ORDER BY sales_count DESC, rating_count DESC, product_id LIMIT %(limit)s
"""


class SearchTooSlow(DomainError):
    """The engine took longer than a page may wait."""

    code = "search.too_slow"
    message = _("The search took too long. Please try fewer or other words.")
    http_status = 503


class PostgresEngine:
    name = "postgres"

    def find(self, query: SearchQuery, *, with_facets: bool) -> SearchResult:
        """Answer in one statement, with words in two or three.

        :raises SearchTooSlow: a statement ran into its time limit
        """
        if not query.text.strip():
            rows = _rows(*listing_sql(query, with_facets=with_facets))
            return self._result(rows, corrected_text=None)
        understood = understand(query.text, query.language)
        if not (understood.terms or understood.codes):
            return SearchResult([], 0, True, Facets(), None, self.name)  # noqa: FBT003  the total is exact
        rows = _rows(*text_sql(query, understood, with_facets=with_facets))
        return self._result(rows, understood.corrected_text)

    def _result(self, rows: list[Row], corrected_text: str | None) -> SearchResult:
        (_kind, ids, total), *counted = rows
        return SearchResult(
            product_ids=[UUID(product_id) for product_id in ids.split()],
            total=min(total, COUNTED),
            is_total_exact=total <= COUNTED,
            facets=facets_of(counted),
            corrected_text=corrected_text if total else None,
            engine=self.name,
        )

    def completions(self, text: str, *, limit: int) -> list[str]:
        earlier, endings = _endings(text)
        first_of_stem = {stem: word for word, stem in reversed(endings)}
        words = [word for word, stem in endings if first_of_stem[stem] == word]
        return [" ".join([*earlier, word]) for word in words[:limit]]

    def matching_products(self, text: str, *, limit: int) -> list[UUID]:
        earlier, endings = _endings(text)
        if not endings:
            return []
        words = [rules.any_of([(rules.stem(word),)]) for word in earlier]
        words.append(rules.any_of(((stem,) for _word, stem in endings[:10]), "A"))
        rows = _rows(_TITLED, {"words": rules.all_of(words), "limit": limit})
        return [product_id for (product_id,) in rows]

    def upsert(self, sources: Sequence[SearchSource]) -> None:
        index.upsert(sources)

    def delete(self, product_id: UUID, *, version: int) -> None:
        index.delete(product_id, version=version)

    def refresh_words(self) -> None:
        counts.refresh_words()
        counts.refresh_branches()
        refresh_bands()

    def path_of(self, product_id: UUID) -> str | None:
        return index.path_of(product_id)

    def versions(self) -> dict[UUID, int]:
        return index.versions()

    def drop(self, versions: Mapping[UUID, int]) -> int:
        return index.drop(versions)


def _endings(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the whole words of a text and (word, stem) for what the last one may become, by frequency."""
    *earlier, last = rules.query_words(text) or [""]
    if not last:
        return [], []
    parameters = {"prefix": f"{last}%"}
    if not earlier:
        return [], _rows(_ENDINGS, parameters)
    parameters["earlier"] = rules.all_of(rules.any_of([(rules.stem(word),)]) for word in earlier)
    return earlier, _rows(_ENDINGS + _TOGETHER, parameters)


def _rows(statement: str, parameters: dict[str, Any]) -> list[Any]:
    """Run a statement with a time limit of its own; in a caller's transaction the caller's limits hold."""
    is_bounded = not connection.in_atomic_block
    try:
        with connection.cursor() as cursor:
            cursor.execute((_LIMIT if is_bounded else "") + statement, parameters)
            if is_bounded:
                cursor.nextset()
            return cursor.fetchall()
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise SearchTooSlow from error
        raise

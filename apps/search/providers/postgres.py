"""The PostgreSQL engine: full text in a GIN index, ranked by the weight of the words that are found."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import QueryCanceled

from apps.catalog.types import SearchSource
from apps.core.errors import DomainError
from apps.search import rules
from apps.search.providers import postgres_index
from apps.search.providers.postgres_sql import COUNTED, facets_sql, page_sql, statement_of
from apps.search.providers.postgres_words import understand
from apps.search.types import Facets, SearchQuery, SearchResult

STATEMENT_SECONDS = 3

_COMPLETIONS = """
SELECT word, stem FROM (
  SELECT word, stem, title_count FROM search_searchterm
  WHERE word LIKE %(prefix)s AND title_count > 0
  ORDER BY title_count DESC, word LIMIT 40
) AS ending
"""
_TOGETHER = """
WHERE EXISTS (
  SELECT FROM search_searchdocument
  WHERE vector @@ (%(earlier)s::tsquery && quote_literal(stem)::tsquery) AND NOT is_removed)
"""
_BEGINNINGS = """
SELECT product_id FROM search_searchdocument
WHERE vector @@ %(words)s::tsquery AND NOT is_removed
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
        """Answer in three to five statements.

        :raises SearchTooSlow: a statement ran into its time limit
        """
        has_text = bool(query.text.strip())
        with _bounded():
            understood = understand(query.text, query.language) if has_text else None
            if understood and not (understood.terms or understood.codes):
                return SearchResult([], 0, True, Facets(), None, self.name)  # noqa: FBT003  the total is exact
            statement = statement_of(query, understood)
            ((total, ids),) = _rows(page_sql(statement, query), statement.parameters)
            facets = Facets()
            if with_facets:
                facets = _facets(_rows(facets_sql(statement), statement.parameters))
        return SearchResult(
            product_ids=ids,
            total=min(total, COUNTED),
            is_total_exact=total <= COUNTED,
            facets=facets,
            corrected_text=understood.corrected_text if understood and total else None,
            engine=self.name,
        )

    def completions(self, text: str, *, limit: int) -> list[str]:
        *earlier, last = rules.query_words(text) or [""]
        if not last:
            return []
        parameters = {"prefix": f"{last}%", "earlier": ""}
        statement = _COMPLETIONS
        if earlier:
            parameters["earlier"] = rules.all_of(rules.any_of([rules.stem(w)]) for w in earlier)
            statement += _TOGETHER
        with _bounded():
            rows = _rows(statement, parameters)
        first_of_stem = {stem: word for word, stem in reversed(rows)}
        words = [word for word, stem in rows if first_of_stem[stem] == word]
        return [" ".join([*earlier, word]) for word in words[:limit]]

    def matching_products(self, text: str, *, limit: int) -> list[UUID]:
        *earlier, last = rules.query_words(text) or [""]
        if not last:
            return []
        words = [rules.any_of([rules.stem(word)]) for word in earlier]
        words.append(f"'{rules.stem(last)}':A | '{last}':*A")
        with _bounded():
            rows = _rows(_BEGINNINGS, {"words": rules.all_of(words), "limit": limit})
        return [product_id for (product_id,) in rows]

    def upsert(self, sources: Sequence[SearchSource]) -> None:
        postgres_index.upsert(sources)

    def delete(self, product_id: UUID, *, version: int) -> None:
        postgres_index.delete(product_id, version=version)

    def refresh_words(self) -> None:
        postgres_index.refresh_words()

    def versions(self) -> dict[UUID, int]:
        return postgres_index.versions()

    def drop(self, versions: Mapping[UUID, int]) -> int:
        return postgres_index.drop(versions)


@contextmanager
def _bounded() -> Iterator[None]:
    """Give each statement a time limit; inside a caller's transaction the caller's limits hold."""
    try:
        if connection.in_atomic_block:
            yield
            return
        with transaction.atomic():
            _run(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise SearchTooSlow from error
        raise


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(statement: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def _facets(rows: list[tuple[str, str, int]]) -> Facets:
    facets = Facets()
    prices: dict[str, int] = {}
    for kind, value, count in sorted(rows, key=lambda row: (-(row[2] or 0), row[1])):
        match kind:
            case "facet":
                code, _colon, option = value.partition(":")
                facets.attributes.setdefault(code, {})[option] = count
            case "brand":
                facets.brands[int(value)] = count
            case "seller":
                facets.sellers[UUID(value)] = count
            case "category":
                facets.category_paths[value] = count
            case _ if count is not None:
                prices[kind] = count
    if not prices:
        return facets
    return Facets(
        attributes=facets.attributes,
        brands=facets.brands,
        sellers=facets.sellers,
        category_paths=facets.category_paths,
        price_range=(prices["cheapest"], prices["dearest"]),
    )

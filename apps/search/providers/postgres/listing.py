"""The statement of a listing without words: a branch or the whole shop, by filters and sort."""

from typing import Any

from apps.search.providers.postgres.facets import COUNTS
from apps.search.providers.postgres.filters import (
    ORDERS,
    Conditions,
    branch_condition,
    conditions_of,
)
from apps.search.types import SearchQuery, Sort

# Totals are exact up to this.
COUNTED = 1_000
# So many of what passes, and of what each filter alone refuses, are counted.
FACETED = 3_000
# A branch that was far above what is counted is not counted again.
_MANY = f"(SELECT {COUNTED + 1} FROM kept WHERE document_count > {2 * COUNTED})"  # noqa: S608  our own numbers


def listing_sql(query: SearchQuery, *, with_facets: bool) -> tuple[str, dict[str, Any]]:
    """Return a statement of rows (kind, value, count): 'page' with its ids and the total, then counts.

    Where no filter narrows a big branch, its kept counts are one row 'kept'.
    """
    conditions = conditions_of(query.filters)
    scope = "NOT is_removed"
    if query.category_path:
        scope += f" AND {branch_condition(conditions, query.category_path)}"
    conditions.parameters |= {"offset": query.offset, "limit": query.limit}
    scoped = f"scoped AS NOT MATERIALIZED (SELECT * FROM search_searchdocument WHERE {scope})"  # noqa: S608  our own fragments
    page = _page(query, conditions)
    if not with_facets:
        return f"WITH {scoped} {page}", conditions.parameters
    if conditions.groups:
        found = _found(conditions)
        return f"WITH {scoped}, {found} {page} UNION ALL {COUNTS}", conditions.parameters
    branch = conditions.keep("branch", query.category_path)
    statement = f"""
    WITH {scoped},
    kept AS MATERIALIZED (
      SELECT counts, document_count FROM search_searchbranch WHERE category_path = {branch}),
    {_found(conditions, "NOT EXISTS (SELECT FROM kept)")}
    {_page(query, conditions, _MANY)} UNION ALL SELECT 'kept', counts::text, 0 FROM kept UNION ALL {COUNTS}
    """  # noqa: S608  our own fragments
    return statement, conditions.parameters


def _page(query: SearchQuery, conditions: Conditions, known_total: str = "NULL") -> str:
    order = ORDERS[Sort.POPULARITY if query.sort == Sort.RELEVANCE else query.sort]
    passes = conditions.all_of()
    return f"""
    SELECT 'page' AS kind,
      array_to_string(ARRAY(
        SELECT product_id FROM scoped WHERE {passes}
        ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s), ' ') AS value,
      COALESCE({known_total}, (
        SELECT count(*) FROM (SELECT FROM scoped WHERE {passes} LIMIT {COUNTED + 1}) AS counted)
      ) AS count
    """  # noqa: S608  our own fragments


def _found(conditions: Conditions, unless: str = "TRUE") -> str:
    """Return the CTE that is counted: what passes, and for each group what it alone refuses."""
    parts = [("NULL", conditions.all_of(unless)), *conditions.near_misses()]
    selects = [
        f"""(
        SELECT brand_id, seller_ids, facets, category_path, price_base_minor, {name}::text AS refused
        FROM scoped WHERE {condition} LIMIT {FACETED})"""  # noqa: S608  our own fragments
        for name, condition in parts
    ]
    return f"found AS MATERIALIZED ({' UNION ALL '.join(selects)})"

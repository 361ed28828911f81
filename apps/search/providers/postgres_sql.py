"""Statements of the PostgreSQL engine. Fragments are ours; every value is a parameter."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from apps.search import rules
from apps.search.providers.postgres_words import Understood
from apps.search.types import Filters, SearchQuery, Sort

# A document found by more words than these is ranked only if it is among the best sold of them.
CANDIDATES = 10_000
COUNTED = 1_000
FACETED = 20_000
# A hit carries at least this share of the weight of the best possible match.
LEAST_SHARE = 0.5
# What a word is worth where it stands: title; brand, category, first words of the description;
# attributes; the rest. Being there counts, repetition does not: accessories repeat the name of the
# thing that they are for.
PLACES = {"A": 1.0, "B": 0.6, "C": 0.1, "D": 0.1}
# Neighbours in the query that are neighbours in the document add this share of their weight.
NEIGHBORS = 0.3
# The same words weigh more in a short title: half at this many words.
TITLE_WORDS = 10

_ORDERS = {
    Sort.POPULARITY: "sales_count DESC, rating_count DESC, product_id",
    Sort.RATING: "rating_hundredths DESC, rating_count DESC, product_id",
    Sort.PRICE_UP: "price_base_minor, product_id",
    Sort.PRICE_DOWN: "price_base_minor DESC, product_id",
    Sort.NOVELTY: "published_at DESC, product_id",
}


@dataclass(slots=True)
class Statement:
    """Conditions of one search: `match` (the words), `groups` (filters by the name of their facet)."""

    match: str = "NOT is_removed"
    need: str = ""
    score: str = "0"
    is_code: str = "FALSE"
    groups: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    has_text: bool = False

    def keep(self, name: str, value: Any) -> str:
        self.parameters[name] = value
        return f"%({name})s"

    @property
    def passes(self) -> str:
        return " AND ".join([self.match, *self.groups.values()])


def statement_of(query: SearchQuery, understood: Understood | None) -> Statement:
    statement = Statement()
    if query.category_path:
        path = statement.keep("path", query.category_path)
        # A range, not LIKE: it uses the index, and the path needs no escaping.
        condition = f"category_path >= {path} AND category_path < {path} || 'zzzz'"
        if understood is None:
            statement.match += f" AND {condition}"
        else:
            statement.groups["category"] = f"({condition})"
    _add_filters(statement, query.filters)
    if understood is not None:
        _add_words(statement, understood)
    return statement


def _add_filters(statement: Statement, filters: Filters) -> None:
    groups, keep = statement.groups, statement.keep
    prices = []
    if filters.price_from_base_minor is not None:
        prices.append(f"price_base_minor >= {keep('price_from', filters.price_from_base_minor)}")
    if filters.price_to_base_minor is not None:
        prices.append(f"price_base_minor <= {keep('price_to', filters.price_to_base_minor)}")
    if prices:
        groups["price"] = f"({' AND '.join(prices)})"
    if filters.rating_from_hundredths is not None:
        rating = keep("rating", filters.rating_from_hundredths)
        groups["rating"] = f"rating_hundredths >= {rating}"
    if filters.in_stock:
        groups["stock"] = "is_in_stock"
    if filters.brand_ids:
        groups["brand"] = f"brand_id = ANY({keep('brands', list(filters.brand_ids))})"
    if filters.seller_ids:
        groups["seller"] = f"seller_ids && {keep('sellers', list(filters.seller_ids))}::uuid[]"
    for number, (code, options) in enumerate(sorted(filters.facets.items())):
        if options:
            values = keep(f"facet{number}", [f"{code}:{option}" for option in options])
            groups[f"facet:{code}"] = f"facets && {values}::varchar[]"


def _add_words(statement: Statement, understood: Understood) -> None:
    keep = statement.keep
    statement.has_text = True
    statement.is_code = f"codes && {keep('codes', list(understood.codes))}::varchar[]"
    if not understood.terms:
        statement.match += f" AND {statement.is_code}"
        return
    names = [
        (
            f"{keep(f'term{number}', term.tsquery)}::tsquery",
            f"{keep(f'weight{number}', term.weight)}::float8",
        )
        for number, term in enumerate(understood.terms)
    ]
    statement.score = _score(statement, understood, [weight for _term, weight in names])
    matched = f"vector @@ {keep('any', understood.any_term)}::tsquery"
    if len(names) > 1:
        coverage = " + ".join(f"(vector @@ {term})::int * {weight}" for term, weight in names)
        statement.need = _need(statement, understood, coverage)
        matched += f" AND {coverage} >= (SELECT least FROM need)"  # noqa: S608  our own fragments
    statement.match += f" AND (({matched}) OR {statement.is_code})"


def _score(statement: Statement, understood: Understood, weights: list[str]) -> str:
    parts = []
    for number, (term, weight) in enumerate(zip(understood.terms, weights, strict=True)):
        for place, worth in PLACES.items():
            word = statement.keep(f"place{place}{number}", rules.any_of(term.lexemes, place))
            parts.append(f"{weight} * {worth} * (vector @@ {word}::tsquery)::int")
    pairs = zip(pairwise(understood.terms), pairwise(weights), strict=True)
    for number, ((one, other), (weight, next_weight)) in enumerate(pairs):
        phrase = statement.keep(f"phrase{number}", f"({one.tsquery}) <-> ({other.tsquery})")
        parts.append(
            f"({weight} + {next_weight}) * {NEIGHBORS} * (vector @@ {phrase}::tsquery)::int"
        )
    return f"({' + '.join(parts)}) / ({TITLE_WORDS} + cardinality(title_words))"


def _need(statement: Statement, understood: Understood, coverage: str) -> str:
    """Return the least coverage of a hit: a share of all words, or of the best that is there."""
    everything = statement.keep("all", understood.all_terms)
    whole = statement.keep("whole", understood.whole_weight)
    share = statement.keep("share", LEAST_SHARE)
    return f"""
    need AS MATERIALIZED (
      SELECT {share} * CASE
        WHEN EXISTS (
          SELECT FROM search_searchdocument
          WHERE vector @@ {everything}::tsquery AND NOT is_removed) THEN {whole}
        ELSE (
          SELECT max(coverage) FROM (
            SELECT {coverage} AS coverage FROM search_searchdocument
            WHERE vector @@ %(any)s::tsquery AND NOT is_removed LIMIT {CANDIDATES}) AS partly)
      END AS least),"""  # noqa: S608  our own fragments


def page_sql(statement: Statement, query: SearchQuery) -> str:
    """Return (total up to COUNTED + 1, ids of the page) as one row."""
    statement.parameters |= {"offset": query.offset, "limit": query.limit}
    if not statement.has_text:
        order = _ORDERS[Sort.POPULARITY if query.sort == Sort.RELEVANCE else query.sort]
        return f"""
        SELECT
          (SELECT count(*) FROM (
            SELECT FROM search_searchdocument WHERE {statement.passes} LIMIT {COUNTED + 1}) AS counted),
          ARRAY(SELECT product_id FROM search_searchdocument WHERE {statement.passes}
            ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s)
        """  # noqa: S608  our own fragments
    by_words = "is_code DESC, score DESC, sales_count DESC, product_id"
    order = by_words if query.sort == Sort.RELEVANCE else _ORDERS[query.sort]
    score = statement.score if query.sort == Sort.RELEVANCE else "0"
    return f"""
    WITH {statement.need} found AS MATERIALIZED (
      SELECT product_id, vector, title_words, price_base_minor, rating_hundredths, rating_count, sales_count,
        published_at, is_in_stock, {statement.is_code} AS is_code
      FROM search_searchdocument WHERE {statement.passes}
      ORDER BY sales_count DESC LIMIT {CANDIDATES})
    SELECT
      (SELECT count(*) FROM found),
      ARRAY(
        SELECT product_id FROM (
          SELECT *, ({score}) * CASE WHEN is_in_stock THEN 1 ELSE 0.7 END AS score FROM found
        ) AS scored
        ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s)
    """  # noqa: S608  our own fragments


def facets_sql(statement: Statement) -> str:
    """Return rows (kind, value, count): a document counts in a group if no other group refuses it."""
    refusals = ", ".join(
        f"CASE WHEN ({condition}) IS NOT TRUE THEN {statement.keep(f'group{number}', name)} END"
        for number, (name, condition) in enumerate(statement.groups.items())
    )
    refused = f"array_remove(ARRAY[{refusals}]::text[], NULL)" if refusals else "'{}'::text[]"
    return f"""
    WITH {statement.need} base AS MATERIALIZED (
      SELECT brand_id, seller_ids, facets, category_path, price_base_minor, refused[1] AS refused
      FROM (
        SELECT *, {refused} AS refused FROM search_searchdocument WHERE {statement.match}
      ) AS matched
      WHERE cardinality(refused) <= 1 LIMIT {FACETED})
    SELECT 'facet', value, count(*) FROM base, unnest(facets) AS value
      WHERE refused IS NULL OR refused = 'facet:' || split_part(value, ':', 1) GROUP BY value
    UNION ALL
    SELECT 'brand', brand_id::text, count(*) FROM base
      WHERE brand_id IS NOT NULL AND (refused IS NULL OR refused = 'brand') GROUP BY brand_id
    UNION ALL
    SELECT 'seller', value::text, count(*) FROM base, unnest(seller_ids) AS value
      WHERE refused IS NULL OR refused = 'seller' GROUP BY value
    UNION ALL
    SELECT 'category', left(category_path, step), count(*)
      FROM base, generate_series(4, length(category_path), 4) AS step
      WHERE refused IS NULL OR refused = 'category' GROUP BY 2
    UNION ALL
    SELECT 'cheapest', 'price', min(price_base_minor) FROM base
      WHERE refused IS NULL OR refused = 'price'
    UNION ALL
    SELECT 'dearest', 'price', max(price_base_minor) FROM base
      WHERE refused IS NULL OR refused = 'price'
    """  # noqa: S608  our own fragments

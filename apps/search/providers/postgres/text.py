"""The statement of a search by words.

Hits come in tiers: exact codes; every word in what names the product; every word anywhere; most of the
weight of the words; any of them. A further tier is read only if those before are too few. Inside a
tier the score decides: for each word its weight times what its places are worth, more for neighbors,
less in a long title.

Of frequent words a tier is read in bands, the best sold products first, and no further than there are
candidates: the others of a hundred thousand documents are not looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from apps.search import rules
from apps.search.providers.postgres.bands import bands_of
from apps.search.providers.postgres.facets import COUNTS
from apps.search.providers.postgres.filters import (
    ORDERS,
    Conditions,
    branch_condition,
    conditions_of,
)
from apps.search.providers.postgres.words import Understood
from apps.search.types import SearchQuery, Sort

# Of more hits in a tier the best sold are ranked.
CANDIDATES = 1_200
# With fewer hits the next tier is read.
ENOUGH = 100
# What a word is worth in a place of SearchDocument.head: title; brand and first words of the
# description; category. A word counts once in each, since accessories repeat the name of the thing.
PLACES = {"A": 1.0, "BD": 0.6, "C": 0.6}
# A synonym is worth this much of the word that was typed.
SYNONYM = 0.5
# Neighbors in the query that are neighbors in the document add this share of their weight.
NEIGHBORS = 0.5
# Titles are compared as if this many words longer: half the score at this many.
TITLE_WORDS = 20
# An accessory, if the query does not ask for one; but all that a brand makes is its own.
ACCESSORY = 0.6
SOLD_OUT = 0.7

_COLUMNS = """product_id, brand_id, seller_ids, facets, category_path, price_base_minor, rating_hundredths,
      rating_count, sales_count, published_at"""


@dataclass(slots=True)
class _Tiers:
    conditions: Conditions
    score: str
    names: list[str] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)

    def add(
        self,
        name: str,
        matches: str,
        *,
        if_fewer_than: int | None = None,
        bands: Sequence[int] = (),
    ) -> None:
        """Add the documents that match and stand in no tier before, unless those have enough."""
        gate, earlier = "", list(self.parts)
        for part in earlier:
            gate += f" AND product_id NOT IN (SELECT product_id FROM {part})"  # noqa: S608  our own names
        if if_fewer_than is not None:
            gate += f" AND {_count(earlier)} < {if_fewer_than}"
        read: list[str] = []
        for band in bands:
            missing = f"{CANDIDATES} - ({_count(read)})" if read else str(CANDIDATES)
            read.append(f"{name}_{band}")
            self.parts[read[-1]] = self._part(f"{matches} AND band = {band}", gate, missing)
        if not bands:
            self.parts[name] = self._part(matches, gate, str(CANDIDATES))
        self.names.append(name)

    def _part(self, matches: str, gate: str, limit: str) -> str:
        return f"""
    SELECT {_COLUMNS}, {len(self.names)} AS tier, refused[1] AS refused, {self.score} AS score
    FROM (
      SELECT *, {self.conditions.refusals} AS refused FROM search_searchdocument WHERE {matches}
    ) AS matched
    WHERE NOT is_removed AND cardinality(refused) <= 1{gate}
    ORDER BY sales_count DESC LIMIT {limit}"""  # noqa: S608  our own fragments

    @property
    def sql(self) -> str:
        parts = [f"{name} AS MATERIALIZED ({part})" for name, part in self.parts.items()]
        union = " UNION ALL ".join(f"SELECT * FROM {name}" for name in self.parts)  # noqa: S608  our own names
        return ",\n    ".join([*parts, f"found AS MATERIALIZED ({union})"])


def _count(parts: Sequence[str]) -> str:
    return " + ".join(f"(SELECT count(*) FROM {part})" for part in parts)  # noqa: S608  our own names


def text_sql(
    query: SearchQuery, understood: Understood, *, with_facets: bool
) -> tuple[str, dict[str, Any]]:
    """Return a statement of rows (kind, value, count): 'page' with its ids and the total, then counts."""
    conditions = conditions_of(query.filters)
    if query.category_path:
        conditions.groups["category"] = f"({branch_condition(conditions, query.category_path)})"
    order = (
        "tier, score DESC, sales_count DESC, product_id"
        if query.sort == Sort.RELEVANCE
        else ORDERS[query.sort]
    )
    conditions.parameters |= {"offset": query.offset, "limit": query.limit}
    statement = f"""
    WITH {_tiers(conditions, understood).sql}
    SELECT 'page' AS kind,
      array_to_string(ARRAY(
        SELECT product_id FROM found WHERE refused IS NULL
        ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s), ' ') AS value,
      (SELECT count(*) FROM found WHERE refused IS NULL) AS count
    """  # noqa: S608  our own fragments
    if with_facets:
        statement += f" UNION ALL {COUNTS}"
    return statement, conditions.parameters


def _tiers(conditions: Conditions, understood: Understood) -> _Tiers:
    keep = conditions.keep
    counts = [term.document_count for term in understood.terms]
    tiers = _Tiers(conditions, _score(conditions, understood))
    tiers.add("coded", f"codes && {keep('codes', list(understood.codes))}::varchar[]")
    if understood.terms:
        named = f"head @@ {keep('named', understood.named)}::tsquery"
        tiers.add("named", named, bands=bands_of(counts, is_every_word=True))
        mentioned = f"vector @@ {keep('mentioned', understood.mentioned)}::tsquery"
        tiers.add("mentioned", mentioned, if_fewer_than=ENOUGH)
    if len(understood.terms) > 1:
        partly = f"head @@ {keep('partly', understood.partly)}::tsquery"
        bands = bands_of(counts, is_every_word=False)
        tiers.add("partly", partly, if_fewer_than=ENOUGH, bands=bands)
        tiers.add(
            "touched", f"vector @@ {keep('touched', understood.touched)}::tsquery", if_fewer_than=1
        )
    return tiers


def _score(conditions: Conditions, understood: Understood) -> str:
    if not understood.terms:
        return "0::float8"
    words = " + ".join(_worths(conditions, understood))
    score = f"({words}) / ({TITLE_WORDS} + title_length)"
    if not understood.is_accessory:
        brand = conditions.keep("brand", understood.named_in("B"))
        demoted = f"is_accessory AND NOT head @@ {brand}::tsquery"
        score += f" * CASE WHEN {demoted} THEN {ACCESSORY} ELSE 1 END"
    return f"{score} * CASE WHEN is_in_stock THEN 1 ELSE {SOLD_OUT} END"


def _worths(conditions: Conditions, understood: Understood) -> Iterator[str]:
    keep = conditions.keep
    for number, term in enumerate(understood.terms):
        weight = f"{keep(f'weight{number}', term.weight)}::float8"
        worth = _places(conditions, f"own{number}", term.own)
        if term.synonyms:
            synonyms = _places(conditions, f"other{number}", term.synonyms)
            worth = f"GREATEST({worth}, {SYNONYM} * ({synonyms}))"
        yield f"{weight} * ({worth})"
    for number, (one, other) in enumerate(pairwise(understood.terms)):
        weight = f"{keep(f'pair{number}', one.weight + other.weight)}::float8"
        phrase = keep(f"phrase{number}", one.before(other))
        yield f"{weight} * {NEIGHBORS} * (head @@ {phrase}::tsquery)::int"


def _places(conditions: Conditions, name: str, alternatives: Sequence[Sequence[str]]) -> str:
    found = []
    for place, worth in PLACES.items():
        word = conditions.keep(f"{name}{place}", rules.any_of(alternatives, place))
        found.append(f"{worth} * (head @@ {word}::tsquery)::int")
    return " + ".join(found)

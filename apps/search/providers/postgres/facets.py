"""Counts of the filters: rows (kind, value, count) from the hits, and the Facets made of them."""

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter
from uuid import UUID

from apps.search.types import Facets

PATH_STEP = 4
KEPT_BRANCHES = 256

# Of a CTE `found`: a document counts in a group if no other group refuses it.
COUNTS = """
SELECT 'facet' AS kind, value, count(*) AS count FROM found, unnest(facets) AS value
  WHERE refused IS NULL OR refused = 'facet:' || split_part(value, ':', 1) GROUP BY value
UNION ALL
SELECT 'brand', brand_id::text, count(*) FROM found
  WHERE brand_id IS NOT NULL AND (refused IS NULL OR refused = 'brand') GROUP BY brand_id
UNION ALL
SELECT 'seller', value::text, count(*) FROM found, unnest(seller_ids) AS value
  WHERE refused IS NULL OR refused = 'seller' GROUP BY value
UNION ALL
SELECT 'category', category_path, count(*) FROM found
  WHERE refused IS NULL OR refused = 'category' GROUP BY category_path
UNION ALL
SELECT 'cheapest', '', min(price_base_minor) FROM found WHERE refused IS NULL OR refused = 'price'
UNION ALL
SELECT 'dearest', '', max(price_base_minor) FROM found WHERE refused IS NULL OR refused = 'price'
"""

type Row = tuple[str, str, int]


def facets_of(rows: Iterable[Row]) -> Facets:
    """Order each group by count; a category's documents count in every branch above it.

    A row 'kept' stands for all the others: it holds the rows of a branch that was counted before.
    """
    rows = list(rows)
    kept = next((value for kind, value, _count in rows if kind == "kept"), None)
    return _facets(rows) if kept is None else _kept_facets(kept)


@lru_cache(maxsize=KEPT_BRANCHES)
def _kept_facets(text: str) -> Facets:
    """Read the rows of a branch once: whoever pages through it gets the same text."""
    return _facets([tuple(row) for row in json.loads(text)])


def _facets(rows: list[Row]) -> Facets:
    counted = sorted((row for row in rows if row[2] is not None), key=itemgetter(1))
    counted.sort(key=itemgetter(2), reverse=True)
    facets = Facets()
    prices: dict[str, int] = {}
    for kind, value, count in counted:
        if kind == "facet":
            code, _colon, option = value.partition(":")
            facets.attributes.setdefault(code, {})[option] = count
        elif kind == "brand":
            facets.brands[int(value)] = count
        elif kind == "seller":
            facets.sellers[UUID(value)] = count
        elif kind == "category":
            paths = facets.category_paths
            for end in range(PATH_STEP, len(value) + 1, PATH_STEP):
                paths[value[:end]] = paths.get(value[:end], 0) + count
        else:
            prices[kind] = count
    if not prices:
        return facets
    return replace(facets, price_range=(prices["cheapest"], prices["dearest"]))

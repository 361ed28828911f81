"""Counts of the filters: rows (kind, value, count) from the hits, and the Facets made of them."""

import json
from collections.abc import Iterable
from uuid import UUID

from apps.search.types import Facets

PATH_STEP = 4

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

    A row 'kept' holds the rows of a branch that was counted before.
    """
    rows = [*rows]
    rows += [
        tuple(row) for kind, value, _count in rows if kind == "kept" for row in json.loads(value)
    ]
    attributes: dict[str, dict[str, int]] = {}
    brands: dict[int, int] = {}
    sellers: dict[UUID, int] = {}
    paths: dict[str, int] = {}
    prices: dict[str, int] = {}
    for kind, value, count in sorted(rows, key=lambda row: (-(row[2] or 0), row[1])):
        match kind:
            case "facet":
                code, _colon, option = value.partition(":")
                attributes.setdefault(code, {})[option] = count
            case "brand":
                brands[int(value)] = count
            case "seller":
                sellers[UUID(value)] = count
            case "category":
                for end in range(PATH_STEP, len(value) + 1, PATH_STEP):
                    paths[value[:end]] = paths.get(value[:end], 0) + count
            case "cheapest" | "dearest" if count is not None:
                prices[kind] = count
    price_range = (prices["cheapest"], prices["dearest"]) if prices else None
    return Facets(attributes, brands, sellers, paths, price_range)

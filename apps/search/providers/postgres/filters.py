"""Conditions of a search: values are parameters, fragments are ours."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apps.search.models import LEVELS
from apps.search.types import Filters, Sort

ORDERS = {
    Sort.POPULARITY: "sales_count DESC, rating_count DESC, product_id",
    Sort.RATING: "rating_hundredths DESC, rating_count DESC, product_id",
    Sort.PRICE_UP: "price_base_minor, product_id",
    Sort.PRICE_DOWN: "price_base_minor DESC, product_id",
    Sort.NOVELTY: "published_at DESC, product_id",
}


@dataclass(slots=True)
class Conditions:
    """`groups` are the filters by the name of their facet; `parameters` what their fragments name."""

    groups: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)

    def keep(self, name: str, value: Any) -> str:
        self.parameters[name] = value
        return f"%({name})s"

    def all_of(self, *more: str) -> str:
        return " AND ".join([*more, *self.groups.values()]) or "TRUE"

    @property
    def refusals(self) -> str:
        """An array of the names of the groups that refuse a document."""
        if not self.groups:
            return "'{}'::text[]"
        cases = ", ".join(
            f"CASE WHEN ({condition}) IS NOT TRUE THEN {self.keep(f'group{number}', name)} END"
            for number, (name, condition) in enumerate(self.groups.items())
        )
        return f"array_remove(ARRAY[{cases}]::text[], NULL)"

    def near_misses(self) -> Iterator[tuple[str, str]]:
        """Yield for each group its name as a parameter, and the condition that it alone refuses."""
        for number, (name, condition) in enumerate(self.groups.items()):
            others = [other for key, other in self.groups.items() if key != name]
            refused = f"({condition}) IS NOT TRUE"
            yield self.keep(f"group{number}", name), " AND ".join([*others, refused])


def branch_condition(conditions: Conditions, category_path: str) -> str:
    """Return the condition of a branch: the deepest indexed level that holds it, and a range below."""
    path = conditions.keep("path", category_path)
    levels = [level for level in LEVELS if level <= len(category_path)]
    found = []
    if levels:
        found.append(f"left(category_path, {levels[-1]}) = left({path}, {levels[-1]})")
    if not levels or levels[-1] != len(category_path):
        # A range, not LIKE: the path needs no escaping.
        found.append(f"category_path >= {path} AND category_path < {path} || 'zzzz'")
    return " AND ".join(found)


def conditions_of(filters: Filters) -> Conditions:
    conditions = Conditions()
    groups, keep = conditions.groups, conditions.keep
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
    return conditions

"""Terms that a category sets for what is sold in it, inherited from above by path."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from apps.catalog.models import Reservation, Warehouse
from apps.catalog.types import STEP
from apps.core.sql import documents


@dataclass(frozen=True, slots=True)
class CategoryTerms:
    """Days; None where neither the category nor one above it says anything."""

    return_days: int | None = None
    escrow_days: int | None = None


_TERMS = "SELECT path, return_days, escrow_days FROM catalog_category WHERE path = ANY(%(paths)s)"


def terms_of_categories(paths: Collection[str]) -> dict[str, CategoryTerms]:
    """Return the terms of categories by path, in one query."""
    above = {path[:end] for path in paths for end in range(STEP, len(path) + 1, STEP)}
    rows = documents(_TERMS, {"paths": sorted(above)})
    said = {row["path"]: (row["return_days"], row["escrow_days"]) for row in rows}
    return {path: _nearest(path, said) for path in paths}


def _nearest(path: str, said: Mapping[str, tuple[int | None, int | None]]) -> CategoryTerms:
    found: list[int | None] = [None, None]
    for end in range(len(path), 0, -STEP):
        for index, days in enumerate(said.get(path[:end], (None, None))):
            if found[index] is None:
                found[index] = days
    return CategoryTerms(*found)


def return_point(line_id: UUID) -> dict[str, str]:
    """Return the address of the warehouse that a sold line left from; empty where it is unknown."""
    sale = Reservation.objects.filter(line_id=line_id, state=Reservation.State.CONSUMED)
    place = Warehouse.objects.filter(id__in=sale.values("stock__warehouse_id")).first()
    if place is None:
        return {}
    return {"country": place.country, "city": place.city, "address": place.address}

"""Supply: how many units of an offer are free, and where they leave from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from apps.catalog.models import OfferComponent
from apps.catalog.types import DispatchPoint


@dataclass(frozen=True, slots=True)
class Supply:
    """`free` may be bought now; `dispatch` is the fullest warehouse of the first component."""

    free: int = 0
    dispatch: DispatchPoint = field(default_factory=DispatchPoint)


_STOCK = "item__stocks__"
_WAREHOUSE = "item__stocks__warehouse__"


def supply_of(offer_ids: Sequence[UUID]) -> dict[UUID, Supply]:
    """Return the supply of every given offer; one that has no stock anywhere gets 0. One query."""
    rows = (
        OfferComponent.objects.filter(offer_id__in=offer_ids)
        .order_by("offer_id", "id", f"{_STOCK}on_hand", f"{_STOCK}id")
        .values(
            "id",
            "offer_id",
            "quantity",
            f"{_STOCK}on_hand",
            f"{_STOCK}reserved",
            f"{_WAREHOUSE}country",
            f"{_WAREHOUSE}city",
            f"{_WAREHOUSE}time_zone",
            f"{_WAREHOUSE}cutoff_hour",
            f"{_WAREHOUSE}working_days",
        )
    )
    found = dict.fromkeys(offer_ids, Supply())
    for offer_id, parts in groupby(rows, key=lambda row: row["offer_id"]):
        found[offer_id] = _supply(list(parts))
    return found


def _supply(rows: list[dict[str, Any]]) -> Supply:
    by_component = [list(part) for _id, part in groupby(rows, key=lambda row: row["id"])]
    return Supply(free=min(_units(by_component)), dispatch=_dispatch(by_component[0][-1]))


def _units(by_component: list[list[dict[str, Any]]]) -> Iterator[int]:
    for rows in by_component:
        free = sum((r[f"{_STOCK}on_hand"] or 0) - (r[f"{_STOCK}reserved"] or 0) for r in rows)
        yield max(free, 0) // rows[0]["quantity"]


def _dispatch(row: dict[str, Any]) -> DispatchPoint:
    if row[f"{_WAREHOUSE}country"] is None:
        return DispatchPoint()
    return DispatchPoint(
        country=row[f"{_WAREHOUSE}country"],
        city=row[f"{_WAREHOUSE}city"],
        time_zone=row[f"{_WAREHOUSE}time_zone"],
        cutoff_hour=row[f"{_WAREHOUSE}cutoff_hour"],
        working_days=tuple(row[f"{_WAREHOUSE}working_days"]),
    )

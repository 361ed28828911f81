"""Supply: how many units of an offer are free, and where they leave from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.catalog.types import DispatchPoint
from apps.core.sql import documents

NOWHERE = DispatchPoint()


@dataclass(frozen=True, slots=True)
class Supply:
    """`free` may be bought now; `dispatch` is the fullest warehouse of the first component."""

    free: int = 0
    dispatch: DispatchPoint = field(default_factory=DispatchPoint)


# The place of one offer as {country, city, time_zone, cutoff_hour, working_days}; null without stock.
DISPATCH_OF_OFFER = """
  SELECT CASE WHEN warehouse.id IS NOT NULL THEN json_build_object(
    'country', warehouse.country, 'city', warehouse.city, 'time_zone', warehouse.time_zone,
    'cutoff_hour', warehouse.cutoff_hour, 'working_days', warehouse.working_days) END AS place
  FROM catalog_offercomponent AS component
  LEFT JOIN catalog_stock AS stock ON stock.item_id = component.item_id
  LEFT JOIN catalog_warehouse AS warehouse ON warehouse.id = stock.warehouse_id
  WHERE component.offer_id = {offer}
  ORDER BY component.id, stock.on_hand DESC NULLS LAST, stock.id DESC
  LIMIT 1
"""
# How many units of one offer could be bought now: what its scarcest component allows.
FREE_OF_OFFER = """
  SELECT coalesce(min(part.free / part.quantity), 0) FROM (
    SELECT component.quantity, greatest(coalesce(sum(stock.on_hand - stock.reserved), 0), 0) AS free
    FROM catalog_offercomponent AS component
    LEFT JOIN catalog_stock AS stock ON stock.item_id = component.item_id
    WHERE component.offer_id = {offer}
    GROUP BY component.id
  ) AS part
"""


def supply_of(offer_ids: Sequence[UUID]) -> dict[UUID, Supply]:
    """Return the supply of every given offer; one that has no stock anywhere gets 0. One query."""
    statement = f"""
    SELECT asked.offer_id, ({FREE_OF_OFFER.format(offer="asked.offer_id")}) AS free,
      ({DISPATCH_OF_OFFER.format(offer="asked.offer_id")}) AS place
    FROM unnest(%(offers)s::uuid[]) AS asked (offer_id)
    """  # noqa: S608  our own fragments
    rows = documents(statement, {"offers": list(offer_ids)})
    return {UUID(row["offer_id"]): Supply(row["free"], dispatch_of(row["place"])) for row in rows}


def dispatch_of(place: Mapping[str, Any] | None) -> DispatchPoint:
    """Read a place as DISPATCH_OF_OFFER writes it."""
    if place is None:
        return NOWHERE
    return DispatchPoint(
        country=place["country"],
        city=place["city"],
        time_zone=place["time_zone"],
        cutoff_hour=place["cutoff_hour"],
        working_days=tuple(place["working_days"]),
    )

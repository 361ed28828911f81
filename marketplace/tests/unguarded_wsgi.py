"""The shop without the guards of its stock, for the control of a race over HTTP. Nothing imports it."""

from importlib import import_module
from typing import Any
from uuid import UUID

from marketplace.wsgi import application

__all__ = ["application"]

# The application is made: from here on models may be loaded.
reservations = import_module("apps.catalog.services.reservations")


def _naive_take(*, stock_id: int, quantity: int) -> bool:
    """Read, think, write: what the conditional write is there for."""
    rows = reservations.Stock.objects.filter(id=stock_id)
    reserved = rows.get().reserved
    reservations.pause_point("catalog.naive_take")
    rows.update(reserved=reserved + quantity)
    return True


def _stock_unlocked(item_ids: list[UUID]) -> list[Any]:
    return list(reservations.Stock.objects.filter(item_id__in=item_ids).order_by("id"))


reservations.take = _naive_take
reservations.lock_stock = _stock_unlocked

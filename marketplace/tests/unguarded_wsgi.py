"""The shop without the guards of its stock, for the control of a race over HTTP. Nothing imports it."""

from importlib import import_module
from typing import Any

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


def _all_rows(rows: Any, **_rank: int) -> list[Any]:
    return list(rows)


reservations.take = _naive_take
reservations.lock_rows = _all_rows

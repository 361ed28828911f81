"""Sold units come back: a sale was cancelled, or its parcel returned.

Invariant: a key counts once, and of one line never more comes back to a stock row than was sold from it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from apps.catalog.locks import STOCK
from apps.catalog.models import Reservation, Stock, StockMovement
from apps.catalog.services.reservations import announce_items
from apps.catalog.services.shown_stock import forget_stock
from apps.core.locks import lock_rows


@dataclass(frozen=True, slots=True)
class Restock:
    """`quantity` of the `sold` units of a line that came back."""

    line_id: UUID
    quantity: int
    sold: int


@transaction.atomic
def restock(
    *,
    units: Sequence[Restock],
    key: str,
    kind: StockMovement.Kind,
    actor_id: UUID | None,
    is_written_off: bool = False,
) -> int:
    """Put sold units back on the stock rows they were taken from; return how many pieces.

    A bundle's pieces come back in proportion. A repeated key changes nothing. What is written off
    comes back and goes at once: two movements, and nothing more to sell.
    """
    sales = _sales([row.line_id for row in units])
    stock_ids = {sale.stock_id for rows in sales.values() for sale in rows}
    stocks = {row.id: row for row in lock_rows(Stock.objects.filter(id__in=stock_ids), rank=STOCK)}
    refilled, pieces = set(), 0
    for row in units:
        earlier = _came_back(row.line_id)
        if any(movement.key.endswith(f":{key}") for movement in earlier):
            continue
        for stock_id, quantity in _places(row, sales[row.line_id], stocks, earlier):
            stock = stocks[stock_id]
            pieces += quantity
            StockMovement.objects.create(
                stock_id=stock_id,
                kind=kind,
                quantity=quantity,
                key=f"line:{row.line_id}:{stock_id}:{key}",
                actor_id=actor_id,
            )
            if is_written_off:
                _write_off(stock_id, quantity, f"{row.line_id}:{stock_id}:{key}", actor_id)
                continue
            if stock.on_hand == stock.reserved:
                refilled.add(stock.item_id)
            stock.on_hand += quantity
            Stock.objects.filter(id=stock_id).update(on_hand=F("on_hand") + quantity)
    announce_items(sorted(refilled))
    forget_stock({stock.item_id for stock in stocks.values()}, is_moved=True)
    return pieces


def _write_off(stock_id: int, quantity: int, key: str, actor_id: UUID | None) -> None:
    StockMovement.objects.create(
        stock_id=stock_id,
        kind=StockMovement.Kind.WRITE_OFF,
        quantity=-quantity,
        key=f"off:{key}",
        actor_id=actor_id,
    )


def _sales(line_ids: Sequence[UUID]) -> dict[UUID, list[Reservation]]:
    rows = Reservation.objects.filter(
        line_id__in=line_ids, state=Reservation.State.CONSUMED
    ).order_by("stock_id")
    found: dict[UUID, list[Reservation]] = defaultdict(list)
    for row in rows:
        found[row.line_id].append(row)
    return found


def _came_back(line_id: UUID) -> list[StockMovement]:
    return list(StockMovement.objects.filter(key__startswith=f"line:{line_id}:"))


def _places(
    row: Restock,
    sales: Sequence[Reservation],
    stocks: dict[int, Stock],
    earlier: Sequence[StockMovement],
) -> list[tuple[int, int]]:
    """Divide what comes back between the stock rows, item by item, the first rows first."""
    room = {sale.stock_id: sale.quantity for sale in sales}
    for movement in earlier:
        room[movement.stock_id] -= movement.quantity
    sold: dict[UUID, int] = defaultdict(int)
    for sale in sales:
        sold[stocks[sale.stock_id].item_id] += sale.quantity
    left = {item_id: pieces * row.quantity // row.sold for item_id, pieces in sold.items()}
    places = []
    for sale in sales:
        item_id = stocks[sale.stock_id].item_id
        if taken := min(left[item_id], room[sale.stock_id]):
            places.append((sale.stock_id, taken))
            left[item_id] -= taken
    return places

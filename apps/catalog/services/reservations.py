"""Reservations: hold units for ordered lines until they are paid, sold or let go (docs/reservations.md).

Invariant: 0 <= reserved <= on_hand, and reserved is the sum of active reservations. Whoever moves a
reservation out of ACTIVE owns what follows: the UPDATE ... WHERE state = ACTIVE decides the race
between payment and expiry.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.catalog.events import CardSourceChanged
from apps.catalog.locks import STOCK
from apps.catalog.models import Offer, OfferComponent, Reservation, Stock, StockMovement
from apps.catalog.rules import take_from
from apps.catalog.services.shown_stock import forget_stock
from apps.catalog.types import Demand
from apps.core.compiled import compiled, compiled_lock
from apps.core.errors import DomainError
from apps.core.locks import lock_rows, part_of_use_case
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.rows import insert_all
from apps.core.sql import prepared_cursor

State = Reservation.State


class OfferSoldOut(DomainError):
    code = "catalog.offer_sold_out"
    message = _("Not enough of this is left.")


@part_of_use_case
def reserve(
    *,
    group_id: UUID,
    demands: Sequence[Demand],
    expires_at: datetime,
    is_first: bool = False,
) -> list[Reservation]:
    """Hold units for every demand, or for none. Locks the stock rows in the order of their ids.

    `is_first`: the lines are new, so that nothing was ever held for them.

    :raises OfferSoldOut: with the offer_id of the first line that cannot be served
    """
    components = _components([demand.offer_id for demand in demands])
    item_ids = {item_id for parts in components.values() for item_id, _quantity in parts}
    rows = lock_stock(item_ids=list(item_ids))
    pause_point("catalog.reserve_locked")
    free: dict[UUID, dict[int, int]] = {}
    for row in rows:
        free.setdefault(row.item_id, {})[row.id] = row.on_hand - row.reserved
    attempts = {} if is_first else _last_attempts([demand.line_id for demand in demands])
    planned: list[Reservation] = []
    taken: dict[int, int] = {}
    for demand in demands:
        parts = components.get(demand.offer_id)
        if not parts:
            raise OfferSoldOut(offer_id=demand.offer_id)
        for item_id, per_unit in parts:
            chosen = take_from(free.get(item_id, {}), per_unit * demand.quantity)
            if chosen is None:
                raise OfferSoldOut(offer_id=demand.offer_id)
            for stock_id, quantity in chosen.items():
                free[item_id][stock_id] -= quantity
                taken[stock_id] = taken.get(stock_id, 0) + quantity
                planned.append(
                    Reservation(
                        line_id=demand.line_id,
                        group_id=group_id,
                        stock_id=stock_id,
                        quantity=quantity,
                        attempt=attempts.get(demand.line_id, 0) + 1,
                        expires_at=expires_at,
                    )
                )
    for stock_id in sorted(taken):
        if not take(stock_id=stock_id, quantity=taken[stock_id]):
            raise OfferSoldOut(offer_id=demands[0].offer_id)
    made = insert_all(_merged(planned))
    _announce_sold_out(item_ids, free)
    forget_stock(item_ids, is_moved=False)
    return made


@compiled_lock(STOCK)
def lock_stock(item_ids: list[UUID]) -> QuerySet[Stock]:
    return Stock.objects.filter(item_id__any_of=item_ids)


@compiled
def _parts_of_offers(offer_ids: list[UUID]) -> QuerySet[OfferComponent]:
    return OfferComponent.objects.filter(offer_id__any_of=offer_ids, offer__is_active=True)


_TAKE = """
UPDATE catalog_stock SET reserved = reserved + %(quantity)s
WHERE id = %(stock)s AND on_hand >= reserved + %(quantity)s
"""


def take(*, stock_id: int, quantity: int) -> bool:
    """Raise `reserved` where the units are free; the condition is in the write itself."""
    with prepared_cursor() as cursor:
        cursor.execute(_TAKE, {"stock": stock_id, "quantity": quantity})
        return bool(cursor.rowcount)


def _merged(planned: list[Reservation]) -> list[Reservation]:
    """Join parts of one line that fall on the same stock row (two components of one item)."""
    merged: dict[tuple[UUID, int], Reservation] = {}
    for part in planned:
        key = (part.line_id, part.stock_id)
        if key in merged:
            merged[key].quantity += part.quantity
        else:
            merged[key] = part
    return list(merged.values())


def _components(offer_ids: list[UUID]) -> dict[UUID, list[tuple[UUID, int]]]:
    found: dict[UUID, list[tuple[UUID, int]]] = {}
    for row in _parts_of_offers(offer_ids=offer_ids):
        found.setdefault(row.offer_id, []).append((row.item_id, row.quantity))
    return found


def _last_attempts(line_ids: list[UUID]) -> dict[UUID, int]:
    rows = (
        Reservation.objects.filter(line_id__in=line_ids)
        .values("line_id")
        .annotate(last=Max("attempt"))
    )
    return {row["line_id"]: row["last"] for row in rows}


def _announce_sold_out(item_ids: set[UUID], free: dict[UUID, dict[int, int]]) -> None:
    empty = [item_id for item_id in item_ids if not sum(free.get(item_id, {}).values())]
    announce_items(empty)


def announce_items(item_ids: Sequence[UUID]) -> None:
    """Tell the cards that an item became available or ran out."""
    if not item_ids:
        return
    products = (
        Offer.objects.filter(components__item_id__in=item_ids)
        .order_by("variant__product_id")
        .values_list("variant__product_id", flat=True)
        .distinct()
    )
    for product_id in products:
        emit(CardSourceChanged(product_id=product_id))


_END = """
UPDATE catalog_reservation SET state = %s, ended_at = %s
WHERE group_id = %s AND state = 'ACTIVE'
RETURNING id, stock_id, quantity
"""


def _end(group_id: UUID, state: State, now: datetime) -> list[tuple[UUID, int, int]]:
    """Move a group's active reservations to `state`; return (id, stock id, quantity) of those it won."""
    stock_ids = Reservation.objects.filter(group_id=group_id, state=State.ACTIVE).values("stock_id")
    lock_rows(Stock.objects.filter(id__in=stock_ids), rank=STOCK)
    with connection.cursor() as cursor:
        cursor.execute(_END, [state.value, now, group_id])
        return sorted(cursor.fetchall(), key=lambda row: row[1])


@part_of_use_case
def consume(*, group_id: UUID, now: datetime) -> int:
    """Turn a group's held units into sold ones; return how many reservations were won.

    Zero means that they had ended before: the caller reserves again or gives the money back.
    """
    ended = _end(group_id, State.CONSUMED, now)
    for stock_id, quantity in _by_stock(ended).items():
        Stock.objects.filter(id=stock_id).update(
            on_hand=F("on_hand") - quantity, reserved=F("reserved") - quantity
        )
    insert_all(
        StockMovement(
            stock_id=stock_id,
            kind=StockMovement.Kind.SALE,
            quantity=-quantity,
            key=f"reservation:{reservation_id}:sale",
        )
        for reservation_id, stock_id, quantity in ended
    )
    _forget_ended(ended, is_moved=True)
    return len(ended)


@part_of_use_case
def release(*, group_id: UUID, now: datetime, state: State = State.RELEASED) -> int:
    """Give a group's held units back (`state`: RELEASED or EXPIRED); return how many it won."""
    ended = _end(group_id, state, now)
    back = _by_stock(ended)
    for stock_id, quantity in back.items():
        Stock.objects.filter(id=stock_id).update(reserved=F("reserved") - quantity)
    rows = Stock.objects.filter(id__in=back)
    announce_items([row.item_id for row in rows if row.on_hand - row.reserved == back[row.id]])
    _forget_ended(ended, is_moved=False)
    return len(ended)


def _by_stock(ended: Sequence[tuple[UUID, int, int]]) -> dict[int, int]:
    """Return how many units of ended reservations are of each stock row, in the order of the rows."""
    units: dict[int, int] = {}
    for _reservation_id, stock_id, quantity in ended:
        units[stock_id] = units.get(stock_id, 0) + quantity
    return units


def _forget_ended(ended: Sequence[tuple[UUID, int, int]], *, is_moved: bool) -> None:
    if ended:
        stocks = Stock.objects.filter(id__in=[stock_id for _id, stock_id, _quantity in ended])
        forget_stock(stocks.values_list("item_id", flat=True), is_moved=is_moved)

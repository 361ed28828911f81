"""Stock on hand: receipts and corrections, each with its movement.

Invariant: a movement's key counts once, and on_hand is the sum of its movements.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.catalog.locks import STOCK
from apps.catalog.models import InventoryItem, Stock, StockMovement, Warehouse
from apps.catalog.services.reservations import announce_items
from apps.catalog.services.shown_stock import forget_stock
from apps.core.errors import DomainError, NotFound
from apps.core.locks import lock_row


class StockBelowReserved(DomainError):
    code = "catalog.stock_below_reserved"
    message = _("Some of these units are held for orders; fewer cannot be on hand.")


@transaction.atomic
def ensure_stock(*, item: InventoryItem, warehouse_id: UUID) -> Stock:
    """Return the row of an item in a warehouse, made where it is missing.

    :raises NotFound: the warehouse is another seller's, or none
    """
    warehouse = Warehouse.objects.filter(id=warehouse_id).first()
    if warehouse is None or warehouse.seller_id not in (None, item.seller_id):
        raise NotFound
    made, _created = Stock.objects.get_or_create(item=item, warehouse=warehouse)
    return made


@transaction.atomic
def move_stock(
    *,
    item_id: UUID,
    warehouse_id: UUID,
    quantity: int,
    kind: StockMovement.Kind,
    key: str,
    actor_id: UUID | None,
    reason: str = "",
) -> Stock:
    """Change on_hand by `quantity` (not 0). A repeated key changes nothing.

    :raises StockBelowReserved: fewer would be on hand than are held
    :raises NotFound: the warehouse is another seller's, or none
    """
    made = ensure_stock(item=InventoryItem.objects.get(id=item_id), warehouse_id=warehouse_id)
    stock = lock_row(Stock.objects.filter(id=made.id), rank=STOCK)
    if stock is None:
        raise NotFound
    if StockMovement.objects.filter(key=key).exists():
        return stock
    if stock.on_hand + quantity < stock.reserved:
        raise StockBelowReserved(reserved=stock.reserved)
    StockMovement.objects.create(
        stock=stock, kind=kind, quantity=quantity, key=key, actor_id=actor_id, reason=reason
    )
    Stock.objects.filter(id=stock.id).update(on_hand=F("on_hand") + quantity)
    before, after = stock.on_hand - stock.reserved, stock.on_hand + quantity - stock.reserved
    if (before == 0) != (after == 0):
        announce_items([item_id])
    forget_stock([item_id], is_moved=True)
    stock.refresh_from_db()
    return stock

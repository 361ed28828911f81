"""Simulated sellers: they confirm, send in one parcel or several, cancel, or forget."""

from uuid import UUID

from apps.core.viewer import SYSTEM
from apps.orders.models import Order
from apps.orders.services import cancelling, fulfilment
from apps.orders.types import CancelReason, OrderStatus
from apps.sandbox.simulation import couriers, habits
from apps.sandbox.simulation.agenda import Agenda


def begin(agenda: Agenda, order_id: UUID) -> str:
    """Decide what the seller does with a paid order."""
    order = Order.objects.get(id=order_id)
    if order.status != OrderStatus.PAID:
        return "nothing to confirm"
    if agenda.happens(habits.SELLER_FORGETS):
        return "seller forgets"
    if agenda.happens(habits.SELLER_HAS_NONE):
        return cancel(agenda, order_id, CancelReason.OUT_OF_STOCK)
    fulfilment.confirm_order(order_id=order_id, actor=SYSTEM, now=agenda.now)
    if agenda.happens(habits.SELLER_FORGETS_TO_SHIP):
        return "confirmed, then forgotten"
    agenda.within(30, lambda: ship(agenda, order_id))
    return "confirmed"


def cancel(agenda: Agenda, order_id: UUID, reason: CancelReason) -> str:
    cancelling.cancel_order(order_id=order_id, reason=reason, actor=SYSTEM, now=agenda.now)
    return f"cancelled: {reason}"


def ship(agenda: Agenda, order_id: UUID) -> str:
    """Send everything, or a part now and the rest later, or take back what cannot be sent."""
    order = Order.objects.get(id=order_id)
    if order.status != OrderStatus.PROCESSING:
        return "nothing to ship"
    left = {line.id: line.unshipped_quantity for line in order.lines.order_by("sku")}
    left = {line_id: units for line_id, units in left.items() if units}
    some, units = next(iter(left.items()))
    is_divisible = sum(left.values()) > 1
    if is_divisible and agenda.happens(habits.UNITS_ARE_MISSING):
        cancelling.cancel_units(
            order_id=order_id,
            items={some: 1},
            reason=CancelReason.OUT_OF_STOCK,
            actor=SYSTEM,
            now=agenda.now,
        )
        agenda.within(5, lambda: ship(agenda, order_id))
        return "units cancelled"
    is_part = is_divisible and agenda.happens(habits.SHIPS_IN_PARTS)
    shipment = fulfilment.ship_order(
        order_id=order_id,
        items={some: max(1, units - 1)} if is_part else None,
        actor=SYSTEM,
        now=agenda.now,
    )
    agenda.within(60, lambda: couriers.carry(agenda, shipment.id))
    if is_part:
        agenda.within(20, lambda: ship(agenda, order_id))
        return "shipped in part"
    return "shipped"

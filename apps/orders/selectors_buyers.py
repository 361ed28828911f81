"""A group's orders as their buyer has them: parcels with their codes, and what can be done now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from apps.core.viewer import Viewer
from apps.logistics.selectors import shipments_of
from apps.logistics.types import ShipmentView
from apps.orders.models import AddressChange, Dispute, Order, OrderGroup, Return
from apps.orders.selectors import ORDER_GRANT
from apps.orders.selectors_addressing import waiting_changes
from apps.orders.selectors_cases import OrderCases, cases_of
from apps.orders.types import OrderStatus

_OPEN = {OrderStatus.PAID, OrderStatus.PROCESSING}


@dataclass(frozen=True, slots=True)
class BuyerOrder:
    """One order of a loaded group. Who looks as staff sees no code and can do nothing here."""

    order: Order
    shipments: tuple[ShipmentView, ...]
    can_cancel: bool
    can_change_address: bool
    can_confirm_receipt: bool
    can_return: bool = False
    can_dispute: bool = False
    cases: tuple[Return | Dispute, ...] = ()
    is_waiting: bool = False
    # A change of address that waits for its money.
    change: AddressChange | None = None


def is_buyer(viewer: Viewer, group: OrderGroup) -> bool:
    """Tell whether the viewer placed a group, or holds the link to it."""
    if viewer.user_id is not None and viewer.user_id == group.user_id:
        return True
    return any(
        (grant.id, grant.version) == (group.id, group.token_version)
        for grant in viewer.holds(ORDER_GRANT)
    )


def buyer_orders(viewer: Viewer, group: OrderGroup) -> dict[UUID, BuyerOrder]:
    """Return the orders of a group that selectors.order_group gave to this viewer, by id."""
    orders = list(group.orders.all())
    mine = is_buyer(viewer, group)
    # Only what is paid is ever sent.
    found = shipments_of([order.id for order in orders if order.paid_at])
    cases = cases_of(orders)
    states = {
        order.id: _buyer_order(order, found.get(order.id, ()), cases[order.id], mine=mine)
        for order in orders
    }
    changes = waiting_changes([id_ for id_, state in states.items() if state.can_change_address])
    return {id_: replace(state, change=changes.get(id_)) for id_, state in states.items()}


def _buyer_order(
    order: Order, shipments: Sequence[ShipmentView], cases: OrderCases, *, mine: bool
) -> BuyerOrder:
    is_untouched = order.status in _OPEN and not any(
        line.shipped_quantity for line in order.lines.all()
    )
    is_with_buyer = order.status == OrderStatus.DELIVERED and order.released_at is None
    return BuyerOrder(
        order=order,
        shipments=tuple(shipments) if mine else without_codes(shipments),
        can_cancel=mine and is_untouched,
        can_change_address=mine and is_untouched,
        can_confirm_receipt=mine and is_with_buyer and not cases.is_open,
        can_return=mine and cases.can_return,
        can_dispute=mine and cases.can_dispute,
        cases=cases.all,
        is_waiting=cases.is_open,
    )


def without_codes(shipments: Sequence[ShipmentView]) -> tuple[ShipmentView, ...]:
    """Hide what only the buyer may tell at the door."""
    return tuple(replace(shipment, handover_code="") for shipment in shipments)

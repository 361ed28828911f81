"""Cancelling paid orders: the units go back to stock, the money back to the buyer."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from apps.core.viewer import Viewer
from apps.orders.models import Order
from apps.orders.types import CancelReason


def cancel_order(*, order_id: UUID, reason: CancelReason, actor: Viewer, now: datetime) -> Order:
    """Cancel a whole paid order before anything of it is shipped; repeating changes nothing.

    BY_BUYER is the buyer's reason; OUT_OF_STOCK and BY_SELLER the seller's; BY_STAFF that of staff.

    :raises NotFound: the actor is neither its buyer nor may cancel for its seller
    :raises MoveNotAllowed: something of it is shipped, or it is not paid
    """
    raise NotImplementedError


def cancel_units(
    *,
    order_id: UUID,
    items: Mapping[UUID, int],
    reason: CancelReason,
    actor: Viewer,
    now: datetime,
) -> Order:
    """Cancel units that the seller cannot send ({line id: quantity}); the rest of the order goes on.

    All units that are left of an order of which nothing is shipped: the same as cancel_order.

    :raises NotFound: the actor may not cancel for its seller
    :raises MoveNotAllowed: not paid, or nothing is left to send
    :raises UnitsUnavailable: more than are left of a line, none at all, or another order's line
    """
    raise NotImplementedError

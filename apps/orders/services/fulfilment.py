"""From a paid order to delivered goods: confirm, ship in parcels, take over what logistics reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.core.viewer import Viewer
from apps.orders.models import Order


def confirm_order(*, order_id: UUID, actor: Viewer, now: datetime) -> Order:
    """Accept a paid order for the seller: PAID to PROCESSING; repeating changes nothing.

    :raises NotFound: the actor does not fulfil orders of this seller
    :raises MoveNotAllowed: it is cancelled, or not paid
    """
    raise NotImplementedError


def ship_order(
    *, order_id: UUID, items: Mapping[UUID, int] | None = None, actor: Viewer, now: datetime
) -> Any:
    """Hand over units of a confirmed order ({line id: quantity}; None: all that are left).

    Creates the logistics shipment and returns it. The order is SHIPPED when nothing is left.

    :raises NotFound: the actor does not fulfil orders of this seller
    :raises MoveNotAllowed: not being prepared
    :raises UnitsUnavailable: more than are left of a line, none at all, or another order's line
    """
    raise NotImplementedError

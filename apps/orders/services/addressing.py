"""Changing where an order goes, until it is shipped."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from apps.core.viewer import Viewer
from apps.orders.models import Order


def change_address(
    *, order_id: UUID, address: Mapping[str, str], viewer: Viewer, now: datetime
) -> Order:
    """Send an order elsewhere at the same delivery price.

    :raises NotFound: not the viewer's order
    :raises MoveNotAllowed: something of it is shipped, or it ended
    :raises AddressIncomplete: a required part is missing
    :raises DeliveryPriceDiffers: the way there costs another price, or there is none
    """
    raise NotImplementedError

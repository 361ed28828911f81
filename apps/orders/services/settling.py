"""The end of an order: the buyer confirms receipt or the term passes, and escrow is released."""

from datetime import datetime
from uuid import UUID

from apps.core.viewer import Viewer
from apps.orders.models import Order


def confirm_receipt(*, order_id: UUID, viewer: Viewer, now: datetime) -> Order:
    """Release the money because the buyer has the goods; repeating changes nothing.

    :raises NotFound: not the viewer's order
    :raises MoveNotAllowed: it is not delivered
    :raises EscrowFrozen: the money is held while a dispute runs
    """
    raise NotImplementedError


def release_due(*, now: datetime) -> int:
    """Release every delivered order whose term is over; return how many."""
    raise NotImplementedError

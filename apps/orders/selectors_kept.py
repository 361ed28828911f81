"""What people bought and have: lines of which a unit was delivered and stayed with its buyer."""

from uuid import UUID

from django.db.models import F, QuerySet

from apps.core.viewer import Viewer
from apps.orders.models import OrderLine
from apps.orders.types import OrderStatus


def kept_lines(viewer: Viewer) -> QuerySet[OrderLine]:
    """Lines of the viewer's own account with a delivered unit; none for guests.

    An order counts from its first delivered parcel on, until all of it is returned.
    """
    if viewer.user_id is None:
        return OrderLine.objects.none()
    return _kept().filter(order__group__user_id=viewer.user_id)


def kept_line(viewer: Viewer, product_id: UUID) -> OrderLine | None:
    """Return the latest line by which the viewer has a product, with its order."""
    return kept_lines(viewer).filter(product_id=product_id).order_by("-id").first()


def kept_lines_of_order(order_id: UUID) -> list[OrderLine]:
    """Return what the buyer of an order has of it, with the order and its group: for the system."""
    return list(_kept().filter(order_id=order_id).order_by("id"))


def _kept() -> QuerySet[OrderLine]:
    return (
        OrderLine.objects.filter(delivered_quantity__gt=F("sent_back_quantity"))
        .exclude(order__status__in=(OrderStatus.CANCELLED, OrderStatus.RETURNED))
        .select_related("order__group")
    )

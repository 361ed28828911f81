"""Who may act on an order: its buyer, its seller's staff by their role, staff of the marketplace.

Invariant: whoever may not act does not learn that the order exists.
"""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.locks import lock_row, lock_rows
from apps.core.viewer import Viewer
from apps.orders.locks import ORDER, ORDER_GROUP, ORDER_LINE
from apps.orders.models import Order, OrderGroup, OrderLine
from apps.orders.selectors import group_of_order, own_order_group
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

STAFF_PERMISSION = "orders.change_order"


class UnitsUnavailable(DomainError):
    code = "orders.units_unavailable"
    message = _("There are not so many units left in the order. Look at it again.")


def locked_order(order_id: UUID) -> Order:
    """Lock and return an order with its group and seller loaded.

    :raises NotFound: there is none
    """
    rows = Order.objects.filter(id=order_id).select_related("group", "seller")
    order = lock_row(rows, rank=ORDER)
    if order is None:
        raise NotFound
    return order


def locked_with_group(order_id: UUID) -> Order:
    """Lock an order's group, then the order, for what changes the sums of both.

    :raises NotFound: there is none
    """
    group_id = group_of_order(order_id)
    if group_id is None:
        raise NotFound
    group = lock_row(OrderGroup.objects.filter(id=group_id), rank=ORDER_GROUP)
    if group is None:
        raise NotFound
    order = locked_order(order_id)
    order.group = group
    return order


def locked_lines(order: Order) -> list[OrderLine]:
    return lock_rows(OrderLine.objects.filter(order=order), rank=ORDER_LINE)


def check_seller(actor: Viewer, order: Order, power: Power) -> None:
    """:raises NotFound: the actor's place in the seller's staff has not this power"""
    if not actor.is_system and not actor.can(STAFF_PERMISSION):
        get_membership(actor, order.seller_id, power)


def check_staff(actor: Viewer) -> None:
    """:raises NotFound: the actor is not of the marketplace's staff that changes orders"""
    if not actor.can(STAFF_PERMISSION):
        raise NotFound


def check_buyer(actor: Viewer, order: Order) -> None:
    """:raises NotFound: the actor did not place it"""
    own_order_group(actor, order.group_id)


def check_units(
    lines: list[OrderLine], items: Mapping[UUID, int] | None
) -> list[tuple[OrderLine, int]]:
    """Return which units of which lines are meant: all that are left to ship where `items` is None.

    :raises UnitsUnavailable: more than are left, none at all, or a line that is not here
    """
    by_id = {line.id: line for line in lines}
    if items is None:
        chosen = [(line, line.unshipped_quantity) for line in lines if line.unshipped_quantity > 0]
    else:
        if not set(items) <= set(by_id):
            raise UnitsUnavailable
        chosen = [(by_id[line_id], items[line_id]) for line_id in sorted(items) if items[line_id]]
    if not chosen or any(not 0 < units <= line.unshipped_quantity for line, units in chosen):
        raise UnitsUnavailable
    return chosen

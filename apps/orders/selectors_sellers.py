"""Orders as a seller's staff see them: strangers find nothing, a role without money sees none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from apps.core import clock
from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.viewer import Viewer
from apps.orders import rules
from apps.orders.models import Order, OrderEvent, OrderLine, Parcel
from apps.orders.types import OrderEconomics, OrderStatus, SellerTab
from apps.sellers.models import SellerMember
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

_OPEN = (OrderStatus.PAID, OrderStatus.PROCESSING)


@dataclass(frozen=True, slots=True)
class SellerOrder:
    """One order with its group, lines, parcels and history loaded, and what this member may do.

    `economics` is None where the member's role sees no money; a page then shows no sum at all.
    `due_at` is the clock that runs for the seller now (confirm, then ship), `is_late` when it ran out.
    """

    order: Order
    lines: tuple[OrderLine, ...]
    shipments: tuple[Any, ...]
    economics: OrderEconomics | None
    due_at: datetime | None
    is_late: bool
    can_confirm: bool
    can_ship: bool
    can_cancel: bool

    @property
    def unit_count(self) -> int:
        return sum(line.active_quantity for line in self.lines)

    @property
    def unshipped(self) -> list[OrderLine]:
        return [line for line in self.lines if line.unshipped_quantity]


@dataclass(frozen=True, slots=True)
class SellerOrderPage:
    """Some orders, newest first; `next_before` is the id to ask the older ones with, or None."""

    orders: list[SellerOrder]
    next_before: UUID | None


@dataclass(frozen=True, slots=True)
class SellerWork:
    """What waits for a seller. `coming` is the money of orders not yet released, per currency;
    None where the member's role sees no money.
    """

    to_confirm: int
    to_ship: int
    late: int
    on_the_way: int
    coming: tuple[Money, ...] | None

    def count_of(self, tab: str) -> int | None:
        return {
            SellerTab.TO_CONFIRM: self.to_confirm,
            SellerTab.TO_SHIP: self.to_ship,
            SellerTab.LATE: self.late,
            SellerTab.ON_THE_WAY: self.on_the_way,
        }.get(SellerTab(tab))


def _late(now: datetime) -> Q:
    return Q(status=OrderStatus.PAID, confirm_by__lte=now) | Q(
        status=OrderStatus.PROCESSING, ship_by__lte=now
    )


def _in_tab(tab: SellerTab, now: datetime) -> Q:
    match tab:
        case SellerTab.TO_CONFIRM:
            return Q(status=OrderStatus.PAID)
        case SellerTab.TO_SHIP:
            return Q(status=OrderStatus.PROCESSING)
        case SellerTab.LATE:
            return _late(now)
        case SellerTab.ON_THE_WAY:
            return Q(status=OrderStatus.SHIPPED)
        case SellerTab.DELIVERED:
            return Q(status=OrderStatus.DELIVERED)
        case SellerTab.CANCELLED:
            return Q(status__in=(OrderStatus.CANCELLED, OrderStatus.RETURNED))


def _of_seller(seller_id: UUID) -> QuerySet[Order]:
    """Orders that were paid: a seller never hears of those that were not."""
    return (
        Order.objects.filter(seller_id=seller_id, paid_at__isnull=False)
        .select_related("group", "seller", "pickup_point")
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.order_by("id")),
            Prefetch("events", OrderEvent.objects.order_by("seq")),
            Prefetch("parcels", Parcel.objects.order_by("number").prefetch_related("items")),
        )
    )


def seller_orders(
    viewer: Viewer,
    seller_id: UUID,
    *,
    tab: str = "",
    before: UUID | None = None,
    limit: int = 20,
) -> SellerOrderPage:
    """Return a page of a seller's paid orders, newest first; `tab` is a SellerTab or "" for all.

    The same number of queries for any number of orders.

    :raises NotFound: the viewer is not of its staff, or there is no such tab
    """
    member = get_membership(viewer, seller_id)
    rows = _of_seller(seller_id).order_by("-id")
    now = clock.now()
    if tab:
        if tab not in SellerTab.values:
            raise NotFound
        rows = rows.filter(_in_tab(SellerTab(tab), now))
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    orders = _dressed(found[:limit], member, now)
    return SellerOrderPage(orders, orders[-1].order.id if len(found) > limit else None)


def seller_order(viewer: Viewer, order_id: UUID) -> SellerOrder:
    """Return one order of a seller that the viewer works for.

    :raises NotFound: another seller's, not paid, or none
    """
    seller_id = Order.objects.filter(id=order_id).values_list("seller_id", flat=True).first()
    if seller_id is None:
        raise NotFound
    member = get_membership(viewer, seller_id)
    order = _of_seller(seller_id).filter(id=order_id).first()
    if order is None:
        raise NotFound
    return _dressed([order], member, clock.now())[0]


def seller_work(viewer: Viewer, seller_id: UUID) -> SellerWork:
    """Count what waits for a seller. Two queries beside the membership's.

    :raises NotFound: the viewer is not of its staff
    """
    member = get_membership(viewer, seller_id)
    raise NotImplementedError(member, F, Sum, _OPEN)


def _dressed(orders: Sequence[Order], member: SellerMember, now: datetime) -> list[SellerOrder]:
    """Add shipments, the clock and what the member may do."""
    raise NotImplementedError(orders, member, now, rules, Power, OrderEconomics)

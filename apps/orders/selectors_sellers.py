"""Orders as a seller's staff see them: strangers find nothing, a role without money sees none."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Prefetch, Q, QuerySet

from apps.core import clock
from apps.core.errors import NotFound
from apps.core.money import Money, total
from apps.core.paging import newest_page
from apps.core.rules import share_bps
from apps.core.viewer import Viewer
from apps.logistics.selectors import shipments_of
from apps.logistics.types import ShipmentView
from apps.orders.economics import economics, settled_lines
from apps.orders.models import Order, OrderEvent, OrderLine, Parcel
from apps.orders.selectors_buyers import without_codes
from apps.orders.selectors_seller_search import mentioning
from apps.orders.types import OrderStatus, SellerTab
from apps.payments.models import Settlement
from apps.payments.selectors import settlements_for
from apps.payments.types import Split
from apps.pricing.selectors import market_vat_bps
from apps.sellers.models import SellerMember
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

_OPEN = (OrderStatus.PAID, OrderStatus.PROCESSING)


@dataclass(frozen=True, slots=True)
class SellerOrder:
    """One order with its group, lines, parcels and history loaded, and what this member may do.

    `economics` is None where the member's role sees no money; a page then shows no sum at all.
    `due_at` is the clock that runs for the seller now (confirm, then ship), `is_late` when it ran out;
    at `cancels_at` the sweeper cancels.
    """

    order: Order
    lines: tuple[OrderLine, ...]
    shipments: tuple[ShipmentView, ...]
    economics: Split | None
    due_at: datetime | None
    is_late: bool
    cancels_at: datetime | None
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
    text: str = "",
    before: UUID | None = None,
    limit: int = 20,
) -> SellerOrderPage:
    """Return a page of a seller's paid orders, newest first; `tab` is a SellerTab or "" for all.

    `text` is a number, goods or, for those who pack, a recipient (selectors_seller_search). The same
    number of queries for any number of orders, with a text or without.

    :raises NotFound: the viewer is not of its staff, or there is no such tab
    """
    member = get_membership(viewer, seller_id)
    rows = _of_seller(seller_id)
    now = clock.now()
    if tab:
        if tab not in SellerTab.values:
            raise NotFound
        rows = rows.filter(_in_tab(SellerTab(tab), now))
    if text:
        rows = mentioning(rows, text, member)
    found, next_before = newest_page(rows, before=before, limit=limit)
    return SellerOrderPage(_dressed(found, member, now), next_before)


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
    """Count what waits for a seller, in one query beside the membership's; two with money.

    :raises NotFound: the viewer is not of its staff
    """
    member = get_membership(viewer, seller_id)
    now = clock.now()
    rows = Order.objects.filter(seller_id=seller_id, paid_at__isnull=False)
    counts = rows.aggregate(
        **{
            tab.value: Count("id", filter=_in_tab(tab, now))
            for tab in (
                SellerTab.TO_CONFIRM,
                SellerTab.TO_SHIP,
                SellerTab.LATE,
                SellerTab.ON_THE_WAY,
            )
        }
    )
    coming = _coming(rows) if member.may(Power.SEE_MONEY) else None
    return SellerWork(**counts, coming=coming)


def _coming(rows: QuerySet[Order]) -> tuple[Money, ...]:
    """Sum the seller's part of orders that are not released, at the frozen commission."""
    waiting = rows.filter(
        released_at=None,
        status__in=(*_OPEN, OrderStatus.SHIPPED, OrderStatus.DELIVERED),
    )
    gone = F("cancelled_quantity") + F("returned_quantity") + F("sent_back_quantity")
    left = F("quantity") - gone
    lines = OrderLine.objects.filter(order__in=waiting).annotate(left=left)
    parts: dict[str, int] = defaultdict(int)
    for currency, unit, units, bps in lines.values_list(
        "offer_currency", "offer_unit_minor", "left", "commission_bps"
    ):
        parts[currency] += unit * units - share_bps(unit * units, bps)
    return tuple(Money(minor, currency) for currency, minor in sorted(parts.items()))


def _dressed(orders: Sequence[Order], member: SellerMember, now: datetime) -> list[SellerOrder]:
    """Add shipments, the clock and what the member may do."""
    shipments = shipments_of([order.id for order in orders])
    sees_money = member.may(Power.SEE_MONEY)
    settled = settlements_for([order.id for order in orders]) if sees_money else {}
    may_fulfil, may_cancel = member.may(Power.FULFIL_ORDERS), member.may(Power.CANCEL_ORDERS)
    return [
        _seller_order(
            order,
            shipments=without_codes(shipments.get(order.id, ())),
            economics=_economics(order, settled.get(order.id), now) if sees_money else None,
            powers=(may_fulfil, may_cancel),
            now=now,
        )
        for order in orders
    ]


def _seller_order(
    order: Order,
    *,
    shipments: tuple[ShipmentView, ...],
    economics: Split | None,
    powers: tuple[bool, bool],
    now: datetime,
) -> SellerOrder:
    lines = tuple(order.lines.all())
    due_at = order.confirm_by or order.ship_by
    may_fulfil, may_cancel = powers
    return SellerOrder(
        order=order,
        lines=lines,
        shipments=shipments,
        economics=economics,
        due_at=due_at,
        is_late=due_at is not None and due_at <= now,
        cancels_at=due_at + timedelta(hours=settings.ORDER_LATE_HOURS) if due_at else None,
        can_confirm=may_fulfil and order.status == OrderStatus.PAID,
        can_ship=may_fulfil and order.status == OrderStatus.PROCESSING,
        can_cancel=may_cancel and order.status in _OPEN,
    )


def _economics(order: Order, settlement: Settlement | None, now: datetime) -> Split:
    """What was settled and not taken back since; before that, what would be settled now of the units that are not cancelled."""
    if settlement is not None:
        return settlement.left
    lines = settled_lines(order.lines.all())
    goods = total([line.unit * line.kept for line in lines], order.currency)
    has_ended = order.status in {OrderStatus.CANCELLED, OrderStatus.RETURNED}
    delivery = Money.zero(order.currency) if has_ended else order.delivery_price
    return economics(
        lines, delivery=delivery, held=goods + delivery, vat_bps=market_vat_bps(now.date())
    )

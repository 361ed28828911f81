"""An order as its buyer reads it: where it stands, what comes next, what can be done now."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.catalog.selectors.texts import in_language
from apps.core.formats import format_day, in_sentence
from apps.core.money import Money
from apps.orders.models import Order, OrderGroup
from apps.orders.selectors_buyers import BuyerOrder
from apps.orders.types import CancelReason, GroupStatus, OrderStatus
from apps.payments.models import Payment
from apps.storefront.trade.addresses import address_line
from apps.storefront.trade.case_page import CaseLink, case_links
from apps.storefront.trade.order_lines import OrderedLine, shown_line
from apps.storefront.trade.order_steps import Step, promise_of, steps_of
from apps.storefront.trade.parcels import (
    Deed,
    ShownShipment,
    WaitingAddress,
    address_url,
    clock_of,
    deeds_of,
    dispute_url,
    return_url,
    shown_shipments,
    waiting_address,
)

_TONES = {
    OrderStatus.CREATED: "warning",
    OrderStatus.PAID: "success",
    OrderStatus.PROCESSING: "info",
    OrderStatus.SHIPPED: "info",
    OrderStatus.DELIVERED: "success",
    OrderStatus.CANCELLED: "neutral",
    OrderStatus.RETURNED: "neutral",
}


@dataclass(frozen=True, slots=True)
class ShownParcel:
    """One seller's order."""

    number: str
    seller_name: str
    status: str
    tone: str
    steps: tuple[Step, ...]
    promise: str
    way: str
    place: str
    lines: tuple[OrderedLine, ...]
    items: Money
    delivery: Money
    total: Money
    tax: Money
    clock: str
    # Where it goes, when that is not where the group goes.
    address: str = ""
    shipments: tuple[ShownShipment, ...] = ()
    deeds: tuple[Deed, ...] = ()
    cases: tuple[CaseLink, ...] = ()
    return_url: str = ""
    dispute_url: str = ""
    address_url: str = ""
    waiting: WaitingAddress | None = None


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """The whole group. `can_*` say what its buyer may do at this moment."""

    group: OrderGroup
    status: str
    tone: str
    next_step: str
    money_line: str
    parcels: tuple[ShownParcel, ...]
    address: str
    # The last change that is shown here: what the socket says is compared with it.
    seq: int = 0

    @property
    def can_pay(self) -> bool:
        return self.group.status == GroupStatus.AWAITING_PAYMENT

    @property
    def can_pay_again(self) -> bool:
        return self.group.status == GroupStatus.EXPIRED

    @property
    def can_cancel(self) -> bool:
        return self.can_pay or self.can_pay_again

    @property
    def pictures(self) -> list[OrderedLine]:
        return [line for parcel in self.parcels for line in parcel.lines][:4]

    @property
    def line_count(self) -> int:
        return sum(len(parcel.lines) for parcel in self.parcels)


def shown_order(
    group: OrderGroup,
    *,
    payment: Payment | None = None,
    in_full: bool = False,
    states: Mapping[UUID, BuyerOrder] | None = None,
    seq: int = 0,
    reviews: Mapping[UUID, bool] | None = None,
) -> ShownOrder:
    """Dress a loaded group; `in_full` needs what selectors.order_group loads. No query is made here.

    `reviews` tells of each product that may be reviewed from here whether it was.
    """
    states = states or {}
    language = get_language() or "en"
    orders = list(group.orders.all())
    status, tone = _status(group, orders)
    return ShownOrder(
        group=group,
        status=status,
        tone=tone,
        next_step=_next_step(group, orders),
        money_line=_money_line(group, payment),
        parcels=tuple(
            _parcel(
                order, language, in_full=in_full, state=states.get(order.id), reviews=reviews or {}
            )
            for order in orders
        ),
        address=address_line(group.address),
        seq=seq,
    )


def _status(group: OrderGroup, orders: list[Order]) -> tuple[str, str]:
    if group.status != GroupStatus.PAID:
        tone = "neutral" if group.status == GroupStatus.CANCELLED else "warning"
        return str(group.get_status_display()), tone
    statuses = {order.status for order in orders}
    if len(statuses) == 1:
        only = OrderStatus(statuses.pop())
        return str(only.label), _TONES[only]
    return _("Paid, in several parcels"), "success"


def _next_step(group: OrderGroup, orders: list[Order]) -> str:
    match group.status:
        case GroupStatus.AWAITING_PAYMENT:
            until = timezone.localtime(group.hold_expires_at)
            return _("Pay by %(time)s: until then the goods are held for you.") % {
                "time": f"{until:%H:%M}"
            }
        case GroupStatus.EXPIRED:
            return _(
                "The goods went back on sale. Pay again if you still want them: if they are there, they are yours."
            )
        case GroupStatus.CANCELLED:
            return _cancelled(group)
    coming = [order for order in orders if order.status in _ON_ITS_WAY]
    if not coming:
        return _ended(orders)
    nearest = in_sentence(format_day(min(order.promised_to for order in coming)))
    if any(order.status == OrderStatus.SHIPPED for order in coming):
        return _("A parcel is on its way. Expected by %(day)s.") % {"day": nearest}
    if len(coming) == 1:
        return _("The seller prepares the parcel. Expected by %(day)s.") % {"day": nearest}
    return _("The sellers prepare the parcels. The first is expected by %(day)s.") % {
        "day": nearest
    }


def _ended(orders: list[Order]) -> str:
    if any(order.status == OrderStatus.DELIVERED for order in orders):
        return _("Everything has arrived.")
    return str(orders[0].get_cancel_reason_display()) or _("Nothing more is coming.")


_ON_ITS_WAY = {OrderStatus.PAID, OrderStatus.PROCESSING, OrderStatus.SHIPPED}


def _cancelled(group: OrderGroup) -> str:
    if group.cancel_reason == CancelReason.BY_BUYER:
        return _("You cancelled it. Nothing was charged.")
    return str(group.get_cancel_reason_display())


def _money_line(group: OrderGroup, payment: Payment | None) -> str:
    if payment is not None and payment.refunded_minor:
        if payment.refunded_minor == payment.captured_minor:
            return _("The whole sum goes back to where it was paid from.")
        return _("A part of the sum goes back to where it was paid from.")
    orders = group.orders.all()
    if any(order.released_at for order in orders):
        return ""
    if group.status == GroupStatus.PAID:
        if not any(order.status in _ON_ITS_WAY for order in orders):
            return ""
        return _("Your money is held by %(site)s until you receive the order.") % {
            "site": settings.SITE_NAME
        }
    if group.status == GroupStatus.CANCELLED:
        return ""
    return _("Nothing is charged yet.")


def _parcel(
    order: Order,
    language: str,
    *,
    in_full: bool,
    state: BuyerOrder | None = None,
    reviews: Mapping[UUID, bool],
) -> ShownParcel:
    status = OrderStatus(order.status)
    lines = list(order.lines.all())
    tax_minor = (
        sum(tax.amount_minor for line in lines for tax in line.taxes.all()) if in_full else 0
    )
    is_pickup = order.delivery_kind == "PICKUP"
    # A parcel waits for a payment that may come no more; the group knows.
    has_expired = order.group.status == GroupStatus.EXPIRED
    return ShownParcel(
        number=order.number,
        seller_name=order.seller.name,
        status=str(order.group.get_status_display() if has_expired else status.label),
        tone=_TONES[status],
        steps=steps_of(order, status),
        promise="" if has_expired else promise_of(order, status),
        way=_("Pickup point") if is_pickup else _("Courier to the door"),
        place=_place(order, language) if in_full and is_pickup else "",
        lines=tuple(shown_line(line, language, reviews) for line in lines),
        items=Money(order.items_minor, order.currency),
        delivery=order.delivery_price,
        total=order.total,
        tax=Money(tax_minor, order.currency),
        clock=clock_of(order, is_waiting=bool(state and state.is_waiting)),
        address=", ".join((order.address["recipient_name"], address_line(order.address)))
        if order.address
        else "",
        shipments=shown_shipments(state.shipments) if state else (),
        deeds=deeds_of(state) if state else (),
        cases=case_links(state.cases) if state else (),
        return_url=return_url(state) if state else "",
        dispute_url=dispute_url(state) if state else "",
        address_url=address_url(state) if state else "",
        waiting=waiting_address(state) if state else None,
    )


def _place(order: Order, language: str) -> str:
    point = order.pickup_point
    if point is None:
        return ""
    name = in_language(point.names, language) or ""
    return f"{name}: {point.city}, {point.address}, {point.hours}".removeprefix(": ")

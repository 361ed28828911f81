"""The parcels of an order as their buyer follows them, and what the buyer can do with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.formats import format_moment, format_money, in_sentence
from apps.core.money import Money
from apps.logistics.types import DeliveryKind, FailureReason, ShipmentStatus, ShipmentView
from apps.orders.models import Order
from apps.orders.selectors_buyers import BuyerOrder
from apps.orders.types import CancelReason, OrderStatus
from apps.storefront.trade.addresses import address_line

_TONES = {
    ShipmentStatus.READY_FOR_PICKUP: "warning",
    ShipmentStatus.DELIVERED: "success",
    ShipmentStatus.LOST: "danger",
    ShipmentStatus.RETURNING: "neutral",
    ShipmentStatus.RETURNED: "neutral",
    ShipmentStatus.CANCELLED: "neutral",
}
_OVER = {
    ShipmentStatus.DELIVERED,
    ShipmentStatus.RETURNING,
    ShipmentStatus.RETURNED,
    ShipmentStatus.LOST,
    ShipmentStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class TrackedStep:
    label: str
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownShipment:
    """`code` is empty where there is nothing to tell any more; `steps` the newest first."""

    number: str
    status: str
    tone: str
    units: int
    code: str
    code_hint: str
    courier_name: str
    courier_phone: str
    kept_until: str
    steps: tuple[TrackedStep, ...]


@dataclass(frozen=True, slots=True)
class WaitingAddress:
    """A dearer address that is paid for by `until`, or forgotten."""

    address: str
    sum: Money
    until: str
    payment_url: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that the buyer can do now: `consequence` is said before it is done."""

    label: str
    url: str
    consequence: str
    button: str
    is_primary: bool = False


def shown_shipments(shipments: Iterable[ShipmentView]) -> tuple[ShownShipment, ...]:
    return tuple(_shipment(view) for view in shipments)


def _shipment(view: ShipmentView) -> ShownShipment:
    is_over = view.status in _OVER
    is_pickup = view.kind == DeliveryKind.PICKUP
    return ShownShipment(
        number=view.number,
        status=str(view.status.label),
        tone=_TONES.get(view.status, "info"),
        units=sum(item.quantity for item in view.items),
        code="" if is_over else view.handover_code,
        code_hint=_("Tell it at the pickup point to get the parcel.")
        if is_pickup
        else _("Tell it to the courier when the parcel is in your hands."),
        courier_name=view.courier_name,
        courier_phone=view.courier_phone,
        kept_until=_kept_until(view.storage_until)
        if view.status == ShipmentStatus.READY_FOR_PICKUP
        else "",
        steps=tuple(
            TrackedStep(
                label=str(step.status.label),
                at=format_moment(step.at),
                note=_note(step.note),
            )
            for step in reversed(view.events)
        ),
    )


def _kept_until(moment: datetime | None) -> str:
    return (
        _("Kept for you until %(moment)s.") % {"moment": in_sentence(format_moment(moment))}
        if moment
        else ""
    )


def _note(code: str) -> str:
    return str(FailureReason(code).label) if code in FailureReason.values else ""


def clock_of(order: Order, *, is_waiting: bool = False) -> str:
    """Say what happens by itself, and when: the same clock that the other side sees.

    `is_waiting`: a return or a dispute is open.
    """
    if is_waiting and order.released_at is None:
        return _("The money waits: it is released when the return or the dispute is over.")
    if order.status == OrderStatus.PAID and order.confirm_by:
        return _("The seller confirms it by %(moment)s.") % {
            "moment": in_sentence(format_moment(order.confirm_by))
        }
    if order.status == OrderStatus.PROCESSING and order.ship_by:
        return _("The seller sends it by %(moment)s.") % {
            "moment": in_sentence(format_moment(order.ship_by))
        }
    if order.released_at:
        return _("You have it, and the seller is paid.")
    if order.status == OrderStatus.DELIVERED and order.release_due_at:
        return _("The seller gets the money on %(moment)s, or when you confirm receipt.") % {
            "moment": in_sentence(format_moment(order.release_due_at))
        }
    if order.cancel_reason == CancelReason.BY_BUYER:
        return _("You cancelled it.")
    if order.status in {OrderStatus.CANCELLED, OrderStatus.RETURNED} and order.cancel_reason:
        return str(order.get_cancel_reason_display())
    return ""


def deeds_of(state: BuyerOrder) -> tuple[Deed, ...]:
    """Return what the buyer can do with one order, what matters most first."""
    order = state.order
    deeds = []
    if state.can_confirm_receipt:
        deeds.append(
            Deed(
                label=_("Everything is right"),
                url=_url("order_receipt", order.group_id, order.id),
                consequence=_(
                    "Confirm only when you hold the goods and they are right: the seller is paid at"
                    " once, and this cannot be undone."
                ),
                button=_("Confirm receipt"),
                is_primary=True,
            )
        )
    if state.can_cancel:
        deeds.append(
            Deed(
                label=_("Cancel this parcel"),
                url=_url("order_part_cancel", order.group_id, order.id),
                consequence=_(
                    "The goods go back on sale at once. %(sum)s goes back to where it was paid from."
                )
                % {"sum": format_money(Money(order.total_minor, order.currency))},
                button=_("Cancel and get the money back"),
            )
        )
    return tuple(deeds)


def address_url(state: BuyerOrder) -> str:
    """Return where the address is changed, or nothing when it is too late."""
    if not state.can_change_address:
        return ""
    return _url("order_address", state.order.group_id, state.order.id)


def waiting_address(state: BuyerOrder) -> WaitingAddress | None:
    """Show the change of address that waits for its money."""
    change = state.change
    if change is None or change.expires_at is None:
        return None
    return WaitingAddress(
        address=", ".join((change.address["recipient_name"], address_line(change.address))),
        sum=change.difference,
        until=in_sentence(format_moment(change.expires_at)),
        payment_url=_url("order_address_payment", state.order.group_id, state.order.id),
    )


def return_url(state: BuyerOrder) -> str:
    """Return where units are sent back from, or nothing when there are none."""
    if not state.can_return:
        return ""
    return _url("return_new", state.order.group_id, state.order.id)


def dispute_url(state: BuyerOrder) -> str:
    if not state.can_dispute:
        return ""
    return _url("dispute_new", state.order.group_id, state.order.id)


def _url(name: str, group_id: UUID, order_id: UUID) -> str:
    return reverse(f"storefront:{name}", args=[group_id, order_id])

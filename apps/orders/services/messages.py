"""What buyers are told about their orders, each fact once, in the language they ordered in."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation

from apps.catalog.selectors.texts import in_language
from apps.core.compiled import compiled, get_row
from apps.core.formats import format_day, format_moment, format_money, in_sentence
from apps.core.money import Money
from apps.core.viewer import GrantToken
from apps.logistics.models import Shipment
from apps.logistics.types import DeliveryKind, ShipmentStatus
from apps.notifications.services import send_email
from apps.orders.models import Order, OrderGroup, OrderLine, Parcel
from apps.orders.selectors import order_grant
from apps.orders.services import seller_messages
from apps.orders.types import CancelReason, OrderStatus

_PARCEL_LETTERS = {
    ShipmentStatus.ACCEPTED: "parcel_shipped",
    ShipmentStatus.OUT_FOR_DELIVERY: "parcel_out",
    ShipmentStatus.READY_FOR_PICKUP: "parcel_ready",
}
_STATUS_LETTERS = {
    OrderStatus.PAID,
    OrderStatus.DELIVERED,
    OrderStatus.CANCELLED,
    OrderStatus.RETURNED,
}


def tell_placed(*, group_id: UUID) -> None:
    _tell("order_placed", group_id)


def tell_paid(*, group_id: UUID) -> None:
    _tell("order_paid", group_id)


def tell_expired(*, group_id: UUID) -> None:
    _tell("order_expired", group_id)


def tell_cancelled(*, group_id: UUID) -> None:
    _tell("order_cancelled", group_id)


def tell_refunded(*, group_id: UUID, refund_id: UUID, amount: Money) -> None:
    group = get_row(OrderGroup, group_id)
    extra = {"refund": format_money(amount, group.language), "lines": _lines_of(group)}
    _send("order_refunded", group, key=f"order_refunded:{refund_id}", extra=extra)


def tell_status(*, order_id: UUID, status: OrderStatus) -> None:
    """Tell the buyer, and the seller where it concerns it, that a paid order came to a status."""
    if status not in _STATUS_LETTERS:
        return
    order = Order.objects.select_related("group", "seller").get(id=order_id)
    if order.paid_at is None:
        return
    if status == OrderStatus.PAID:
        seller_messages.tell_new(order)
    elif status == OrderStatus.DELIVERED:
        _tell_of_order("order_delivered", order)
    elif status == OrderStatus.CANCELLED:
        _tell_of_order("order_cancelled", order)
        seller_messages.tell_cancelled(order)
    elif status == OrderStatus.RETURNED and order.cancel_reason != CancelReason.SENT_BACK:
        _tell_of_order("order_returned", order)


def tell_units_cancelled(*, order_id: UUID, units: int, reason: str, amount: Money) -> None:
    order = Order.objects.select_related("group", "seller").get(id=order_id)
    done = sum(line.cancelled_quantity for line in order.lines.all())
    with translation.override(order.group.language):
        extra = {
            "reason": str(CancelReason(reason).label),
            "refund": format_money(amount),
            "units": units,
        }
        _send_of_order(
            "order_units_cancelled", order, key=f"order_units_cancelled:{order.id}:{done}", **extra
        )


def tell_parcel(*, order_id: UUID, shipment_id: UUID, status: ShipmentStatus) -> None:
    """Tell the buyer the steps of a parcel at which something is to be done or expected."""
    kind = _PARCEL_LETTERS.get(status)
    if kind is None:
        return
    parcel = Parcel.objects.filter(id=shipment_id).select_related("order__group", "order__seller")
    found = parcel.first()
    if found is None:
        return
    shipment = Shipment.objects.select_related("pickup_point").get(id=shipment_id)
    order = found.order
    with translation.override(order.group.language):
        key = f"{kind}:{shipment_id}:{shipment.failed_attempts}"
        items = [(item.line, item.quantity) for item in found.items.select_related("line")]
        extra = {
            "parcel": found.number,
            "lines": _lines(order.group.language, items),
            "is_pickup": shipment.kind == DeliveryKind.PICKUP,
            "place": _place(shipment, order.group.language),
            "until": in_sentence(format_moment(shipment.storage_until))
            if shipment.storage_until
            else "",
            "promised": in_sentence(format_day(shipment.promised_to)),
        }
        _send_of_order(kind, order, key=key, **extra)


def _place(shipment: Shipment, language: str) -> str:
    point = shipment.pickup_point
    if point is None:
        return ""
    name = in_language(point.names, language) or point.code
    return f"{name}: {point.city}, {point.address}, {point.hours}"


def _tell_of_order(kind: str, order: Order) -> None:
    with translation.override(order.group.language):
        _send_of_order(kind, order, key=f"{kind}:{order.id}")


def _send_of_order(kind: str, order: Order, *, key: str, **extra: Any) -> None:
    """Write about one seller's part; call it in the reader's language."""
    language = order.group.language
    due = order.release_due_at
    context = {
        "number": order.number,
        "seller": order.seller.name,
        "total": format_money(order.total),
        "reason": order.get_cancel_reason_display() if order.cancel_reason else "",
        "release_on": format_day(timezone.localtime(due).date()) if due else "",
        "lines": _lines(language, [(line, line.quantity) for line in order.lines.all()]),
    }
    _send(kind, order.group, key=key, extra=context | extra)


def _tell(kind: str, group_id: UUID) -> None:
    group = get_row(OrderGroup, group_id)
    key = f"{kind}:{group_id}:{group.hold_expires_at.isoformat()}"
    _send(kind, group, key=key, extra={"lines": _lines_of(group)})


@compiled
def _lines_in_order(group_id: UUID) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order__group_id=group_id).order_by("order__number", "id")


def _lines_of(group: OrderGroup) -> list[dict[str, Any]]:
    rows = _lines_in_order(group_id=group.id)
    return _lines(group.language, [(line, line.quantity) for line in rows])


def _lines(language: str, lines: Iterable[tuple[OrderLine, int]]) -> list[dict[str, Any]]:
    return [
        {
            "title": line.titles.get(language) or next(iter(line.titles.values())),
            "options": line.option_labels.get(language, ""),
            "quantity": quantity,
            "total": format_money(line.unit * quantity, language),
        }
        for line, quantity in lines
    ]


def _send(kind: str, group: OrderGroup, *, key: str, extra: dict[str, Any]) -> None:
    token = GrantToken.write(order_grant(group))
    with translation.override(group.language):
        reason = group.get_cancel_reason_display() if group.cancel_reason else ""
    send_email(
        kind=kind,
        key=key,
        recipient_id=group.user_id,
        address=group.email,
        language=group.language,
        context={
            "number": group.number,
            "total": format_money(group.total, group.language),
            "reason": reason,
            "url": f"{settings.SITE_URL}/{group.language}/orders/open/{token}/",
            **extra,
        },
    )

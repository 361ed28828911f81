"""An order as its seller's staff read it: what to do until when, what to pack, what it brings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.catalog.selectors.pictures import picture_of
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import Picture
from apps.core.formats import format_day, format_moment, in_sentence
from apps.core.money import Money
from apps.logistics.types import DeliveryKind, ShipmentStatus
from apps.orders.models import Order, OrderLine
from apps.orders.selectors_sellers import SellerOrder
from apps.orders.types import OrderStatus

_TONES = {
    OrderStatus.PAID: "warning",
    OrderStatus.PROCESSING: "warning",
    OrderStatus.SHIPPED: "info",
    OrderStatus.DELIVERED: "success",
}
_PARCEL_TONES = {
    ShipmentStatus.DELIVERED: "success",
    ShipmentStatus.RETURNING: "warning",
    ShipmentStatus.RETURNED: "neutral",
    ShipmentStatus.LOST: "danger",
    ShipmentStatus.CANCELLED: "neutral",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    line: OrderLine
    title: str
    options: str
    picture: Picture | None
    steps: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.title} ({self.options})" if self.options else self.title


@dataclass(frozen=True, slots=True)
class ShownParcel:
    id: UUID
    number: str
    status: str
    tone: str
    items: tuple[tuple[str, str, int], ...]
    steps: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """Whom the parcel goes to; for a pickup point the place is told by the way, not here."""

    name: str
    lines: tuple[str, ...]
    phone: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownSellerOrder:
    """`due` names the clock that runs; `goods` is None where the role sees no money."""

    source: SellerOrder
    status: str
    tone: str
    due: str
    consequence: str
    way: str
    arrival: str
    address: ShownAddress
    lines: tuple[ShownLine, ...]
    parcels: tuple[ShownParcel, ...]
    history: tuple[tuple[str, str], ...]
    goods: Money | None

    @property
    def order(self) -> Any:
        return self.source.order

    @property
    def titles(self) -> dict[UUID, str]:
        return {shown.line.id: shown.label for shown in self.lines}


def shown_seller_order(source: SellerOrder) -> ShownSellerOrder:
    """Dress an order that a selector loaded. No query is made here."""
    language = get_language() or "en"
    order = source.order
    status = OrderStatus(order.status)
    return ShownSellerOrder(
        source=source,
        status=_status_words(status),
        tone="danger" if source.is_late else _TONES.get(status, "neutral"),
        due=_due(source, status),
        consequence=_consequence(source),
        way=_way(source, language),
        arrival=_arrival(order, status),
        address=_address(order.ship_to, is_pickup=order.delivery_kind == DeliveryKind.PICKUP),
        lines=tuple(shown_line(line, language) for line in source.lines),
        parcels=tuple(_parcel(view, language) for view in source.shipments),
        history=tuple(
            (_status_words(OrderStatus(event.status)), format_moment(event.at))
            for event in order.events.all()
            if event.status != OrderStatus.CREATED
        ),
        goods=source.economics.goods if source.economics else None,
    )


def shown_line(line: OrderLine, language: str) -> ShownLine:
    return ShownLine(
        line=line,
        title=in_language(line.titles, language) or line.sku,
        options=in_language(line.option_labels, language) or "",
        picture=picture_of(line.image, language) if line.image else None,
        steps=tuple(_steps(line)),
    )


def _steps(line: OrderLine) -> Iterator[str]:
    """What became of a line's units."""
    if count := line.cancelled_quantity:
        yield _("cancelled %(count)s") % {"count": count}
    if count := line.delivered_quantity:
        yield _("delivered %(count)s") % {"count": count}
    if count := line.returned_quantity:
        yield _("returned %(count)s") % {"count": count}
    if count := line.sent_back_quantity:
        yield _("sent back by the buyer %(count)s") % {"count": count}
    if total := line.active_quantity:
        yield _("sent %(count)s of %(total)s") % {"count": line.shipped_quantity, "total": total}


def _status_words(status: OrderStatus) -> str:
    """A paid order is new to its seller."""
    return _("New") if status == OrderStatus.PAID else str(status.label)


def _address(given: dict[str, str], *, is_pickup: bool) -> ShownAddress:
    def join(separator: str, *names: str) -> str:
        return separator.join(filter(None, (given.get(name, "") for name in names)))

    apartment = given.get("apartment", "")
    street = ", ".join(
        filter(
            None,
            (
                join(" ", "street", "house"),
                _("apt. %(number)s") % {"number": apartment} if apartment else "",
            ),
        )
    )
    lines = [] if is_pickup else [street, join(", ", "postcode", "city", "region")]
    return ShownAddress(
        name=given.get("recipient_name", ""),
        lines=tuple(filter(None, lines)),
        phone=given.get("phone", ""),
        note="" if is_pickup else given.get("note", ""),
    )


def _due(source: SellerOrder, status: OrderStatus) -> str:
    if source.due_at is None:
        return ""
    time = {"time": in_sentence(format_moment(source.due_at))}
    if status == OrderStatus.PAID:
        return _("Confirm by: %(time)s") % time
    return _("Send by: %(time)s") % time


def _consequence(source: SellerOrder) -> str:
    """What happens when the clock runs out, or ran out."""
    if source.cancels_at is None:
        return ""
    return _("If nothing happens, it is cancelled and the money goes back: %(time)s") % {
        "time": in_sentence(format_moment(source.cancels_at))
    }


def _arrival(order: Order, status: OrderStatus) -> str:
    """When it came, or when it was promised; nothing where it never comes."""
    if order.delivered_at:
        return _("Delivered: %(day)s") % {"day": in_sentence(format_moment(order.delivered_at))}
    if status in {OrderStatus.CANCELLED, OrderStatus.RETURNED}:
        return ""
    return _("Promised by: %(day)s") % {"day": in_sentence(format_day(order.promised_to))}


def _way(source: SellerOrder, language: str) -> str:
    order = source.order
    if order.delivery_kind != DeliveryKind.PICKUP:
        return _("Courier to the door")
    point = order.pickup_point
    if point is None:
        return _("Pickup point")
    name = in_language(point.names, language) or ""
    return f"{_('Pickup point')}: {', '.join(filter(None, (name, point.city, point.address)))}"


def _parcel(view: Any, language: str) -> ShownParcel:
    status = ShipmentStatus(view.status)
    return ShownParcel(
        id=view.id,
        number=view.number,
        status=str(status.label),
        tone=_PARCEL_TONES.get(status, "info"),
        items=tuple(
            (in_language(item.title, language) or item.sku, item.sku, item.quantity)
            for item in view.items
        ),
        steps=tuple(
            (str(ShipmentStatus(event.status).label), event.place, format_moment(event.at))
            for event in view.events
        ),
    )

"""Changing where an order goes, until anything of it is shipped.

Invariant: the price of the delivery stays what was paid; a way of another price is refused.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors.offers import sellable_offers
from apps.core.errors import DomainError
from apps.core.locks import money_path
from apps.core.outbox import emit
from apps.core.viewer import Viewer
from apps.logistics.selectors import delivery_options
from apps.logistics.types import DeliveryKind, DeliveryOption, Parcel
from apps.orders import rules
from apps.orders.events import OrderAddressChanged
from apps.orders.models import Order, OrderLine
from apps.orders.services.access import check_buyer, locked_lines, locked_order
from apps.orders.services.checkouts import AddressIncomplete, clean_address
from apps.orders.services.fulfilment import note
from apps.orders.services.lifecycle import MoveNotAllowed
from apps.orders.types import OrderStatus

_OPEN = {OrderStatus.PAID, OrderStatus.PROCESSING}
# What a parcel that goes to a pickup point may change: who collects it.
_COLLECTOR = ("recipient_name", "phone", "note")


class DeliveryPriceDiffers(DomainError):
    code = "orders.delivery_price_differs"
    message = _(
        "Delivery there has another price or is not possible, so the address stays as it is. You can"
        " cancel this part and order it again to the new address."
    )


@money_path
def change_address(
    *, order_id: UUID, address: Mapping[str, Any], viewer: Viewer, now: datetime
) -> Order:
    """Send an order elsewhere at the same delivery price; promised days move with the way.

    A parcel for a pickup point keeps its place: only who collects it changes.

    :raises NotFound: not the viewer's order
    :raises MoveNotAllowed: something of it is shipped, or it ended
    :raises AddressIncomplete: a required part is missing
    :raises DeliveryPriceDiffers: the way there costs another price, or there is none
    """
    order = locked_order(order_id)
    check_buyer(viewer, order)
    lines = locked_lines(order)
    if order.status not in _OPEN or any(line.shipped_quantity for line in lines):
        raise MoveNotAllowed(current=order.status, target=order.status)
    wanted = _wanted(order, address)
    if wanted == order.ship_to:
        return order
    if order.delivery_kind == DeliveryKind.COURIER:
        _move_promise(order, lines, wanted, now)
    order.address = wanted
    order.save(update_fields=["address", "promised_from", "promised_to"])
    note(order, "orders.change_address", viewer)
    emit(OrderAddressChanged(group_id=order.group_id, order_id=order.id))
    return order


def _wanted(order: Order, address: Mapping[str, Any]) -> dict[str, str]:
    if order.delivery_kind == DeliveryKind.PICKUP:
        given = {name: address.get(name, "") for name in _COLLECTOR}
        return clean_address({**order.ship_to, **given})
    wanted = clean_address(address)
    if missing := rules.missing_fields(wanted, needs_door=True):
        raise AddressIncomplete(fields=missing)
    return wanted


def _move_promise(
    order: Order, lines: list[OrderLine], wanted: Mapping[str, str], now: datetime
) -> None:
    """Compare both ways by today's tariffs, each in the tariff's own currency."""
    before, after = (_way(order, lines, place, now) for place in (order.ship_to, wanted))
    is_abroad = wanted["country"] != order.ship_to["country"]
    if before is None or after is None or is_abroad or before.price != after.price:
        raise DeliveryPriceDiffers
    order.promised_from += after.promised_from - before.promised_from
    order.promised_to += after.promised_to - before.promised_to


def _way(
    order: Order, lines: list[OrderLine], place: Mapping[str, str], now: datetime
) -> DeliveryOption | None:
    offers = sellable_offers([line.offer_id for line in lines], languages=())
    units = [(offers[line.offer_id], line.active_quantity) for line in lines]
    found = delivery_options(
        from_country=units[0][0].warehouse_country or order.seller.country,
        to_country=place["country"],
        to_city=place["city"],
        parcels=[Parcel(count, offer.weight_grams, *offer.size_mm) for offer, count in units],
        handed_over_on=now.date(),
    )
    same = (way for way in found if (way.kind, way.carrier) == (order.delivery_kind, order.carrier))
    return next(same, None)

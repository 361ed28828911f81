"""From a paid order to delivered goods: confirm, ship in parcels, take over what logistics reports.

Invariant: under the order's lock a unit is shipped or cancelled, never both; a parcel ends once.
docs/fulfilment.md tells who may do what and which clocks run.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.catalog.selectors.supply import supply_of
from apps.core.compiled import compiled
from apps.core.locks import money_path
from apps.core.pauses import pause_point
from apps.core.rows import insert_all
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.logistics.models import Shipment
from apps.logistics.selectors.shipments import ended_at
from apps.logistics.services.shipping import create_shipment, hand_over
from apps.logistics.types import ShipmentItemRequest, ShipmentRequest
from apps.orders.models import Order, OrderLine, Parcel, ParcelItem
from apps.orders.services.access import check_seller, check_units, locked_lines, locked_order
from apps.orders.services.lifecycle import MoveNotAllowed, move_order
from apps.orders.services.surcharges import drop_waiting
from apps.orders.types import OrderStatus
from apps.sellers.models import Contract
from apps.sellers.types import Power


@money_path
def confirm_order(*, order_id: UUID, actor: Viewer, now: datetime) -> Order:
    """Accept a paid order for the seller: PAID to PROCESSING; repeating changes nothing.

    :raises NotFound: the actor does not fulfil orders of this seller
    :raises MoveNotAllowed: it is cancelled, or not paid
    """
    order = locked_order(order_id)
    check_seller(actor, order, Power.FULFIL_ORDERS)
    if order.status == OrderStatus.PROCESSING:
        return order
    if order.status != OrderStatus.PAID:
        raise MoveNotAllowed(current=order.status, target=OrderStatus.PROCESSING)
    note(order, "orders.confirm", actor)
    move_order(order=order, to=OrderStatus.PROCESSING, actor=actor, now=now)
    return order


@money_path
def ship_order(
    *, order_id: UUID, items: Mapping[UUID, int] | None = None, actor: Viewer, now: datetime
) -> Shipment:
    """Hand over units of a confirmed order ({line id: quantity}; None: all that are left).

    Creates the logistics shipment and returns it. The order is SHIPPED when nothing is left.

    :raises NotFound: the actor does not fulfil orders of this seller
    :raises MoveNotAllowed: not being prepared
    :raises UnitsUnavailable: more than are left of a line, none at all, or another order's line
    """
    order = locked_order(order_id)
    check_seller(actor, order, Power.FULFIL_ORDERS)
    if order.status != OrderStatus.PROCESSING:
        raise MoveNotAllowed(current=order.status, target=OrderStatus.SHIPPED)
    lines = locked_lines(order)
    chosen = check_units(lines, items)
    pause_point("orders.ship")
    request = _shipment_request(order, chosen)
    shipment = create_shipment(request=request, actor=actor, now=now)
    parcel = Parcel.objects.create(
        id=shipment.id, order=order, number=request.number, shipped_at=now
    )
    insert_all(ParcelItem(parcel=parcel, line=line, quantity=units) for line, units in chosen)
    for line, units in chosen:
        line.shipped_quantity += units
        line.save(update_fields=["shipped_quantity"])
    hand_over(shipment_id=shipment.id, actor=actor, now=now)
    note(order, "orders.ship", actor, {"parcel": parcel.number})
    drop_waiting(order, now)
    advance(order, lines, actor=actor, now=now)
    return shipment


def _shipment_request(order: Order, chosen: Sequence[tuple[OrderLine, int]]) -> ShipmentRequest:
    offer_ids = [line.offer_id for line, _units in chosen]
    weights = dict(OrderLine.objects.filter(order=order).values_list("id", "variant__weight_grams"))
    return ShipmentRequest(
        reference_id=order.id,
        number=f"{order.number}-{order.parcels.count() + 1}",
        owner_id=order.seller_id,
        kind=order.delivery_kind,
        carrier=order.carrier,
        address=order.ship_to,
        pickup_point_id=order.pickup_point_id,
        items=tuple(
            ShipmentItemRequest(
                line_id=line.id,
                title=line.titles,
                sku=line.sku,
                quantity=units,
                image=line.image,
            )
            for line, units in chosen
        ),
        weight_grams=max(1, sum(weights[line.id] * units for line, units in chosen)),
        promised_from=order.promised_from,
        promised_to=order.promised_to,
        from_city=supply_of(offer_ids)[offer_ids[0]].dispatch.city or order.seller.city,
        language=order.group.language,
    )


@money_path
def accept_delivery(*, order_id: UUID, shipment_id: UUID, actor: Viewer, now: datetime) -> None:
    """React to a delivered parcel: its units are with the buyer. Repeating changes nothing.

    The order is DELIVERED when every unit that is not cancelled has arrived or come back: at the moment
    that the carrier names, not at that of hearing of it.
    """
    order = locked_order(order_id)
    parcel = open_parcel(order, shipment_id)
    if parcel is None:
        return
    lines = locked_lines(order)
    by_id = {line.id: line for line in lines}
    for item in parcel.items.all():
        line = by_id[item.line_id]
        line.delivered_quantity += item.quantity
        line.save(update_fields=["delivered_quantity"])
    at = ended_at(shipment_id) or now
    parcel.delivered_at = at
    parcel.save(update_fields=["delivered_at"])
    advance(order, lines, actor=actor, now=at)


def open_parcel(order: Order, shipment_id: UUID) -> Parcel | None:
    """Return a parcel of a locked order that has not ended yet."""
    parcel = order.parcels.filter(id=shipment_id).first()
    return None if parcel is None or parcel.is_over else parcel


def is_over(lines: Sequence[OrderLine]) -> bool:
    """Tell whether nothing is left to send and every unit that was sent has arrived or come back."""
    return all(
        line.unshipped_quantity == 0
        and line.delivered_quantity + line.returned_quantity == line.shipped_quantity
        for line in lines
    )


def came_to_nothing(lines: Sequence[OrderLine]) -> bool:
    """Tell whether the buyer gets nothing of the order."""
    return is_over(lines) and not any(line.delivered_quantity for line in lines)


def advance(
    order: Order,
    lines: Sequence[OrderLine],
    *,
    actor: Viewer,
    now: datetime,
    reason: str = "",
) -> None:
    """Move a locked order as far as its units have come: SHIPPED, then DELIVERED or RETURNED."""
    if order.status == OrderStatus.PROCESSING and not any(
        line.unshipped_quantity for line in lines
    ):
        move_order(order=order, to=OrderStatus.SHIPPED, actor=actor, now=now)
    if order.status != OrderStatus.SHIPPED or not is_over(lines):
        return
    if came_to_nothing(lines):
        move_order(order=order, to=OrderStatus.RETURNED, actor=actor, now=now, reason=reason)
        return
    order.release_due_at = now + timedelta(days=escrow_days(order))
    order.save(update_fields=["release_due_at"])
    move_order(order=order, to=OrderStatus.DELIVERED, actor=actor, now=now)


def escrow_days(order: Order) -> int:
    """Return the term frozen at placing; of older orders that of the contract then in force."""
    if order.escrow_days is not None:
        return order.escrow_days
    return contract_days(order.seller_id, order.placed_at)


def contract_days(seller_id: UUID, at: datetime) -> int:
    """Return the escrow term of a seller's contract that was in force at a moment."""
    return _contracts(seller_id=seller_id, on=at.date())[0].escrow_days


@compiled
def _contracts(seller_id: UUID, on: date) -> QuerySet[Contract]:
    """The contract of a seller that was in force on a day."""
    found = Contract.objects.filter(Q(valid_from__lte=on) | Q(version=1), seller_id=seller_id)
    return found.order_by("-version")[:1]


def note(
    order: Order, action: str, actor: Viewer, after: dict[str, object] | None = None, why: str = ""
) -> None:
    audit.record(
        actor=actor,
        action=action,
        target_type="order",
        target_id=order.id,
        before={"status": order.status},
        after=after,
        reason=why,
    )

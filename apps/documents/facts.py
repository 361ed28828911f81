"""What documents say, gathered once: language-free, frozen with the document.

Receipts name no buyer: whoever holds the order's page knows whose it is, and papers are kept for good.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from apps.core.money import Money
from apps.logistics.models import PickupPoint, Shipment
from apps.orders.models import Order, OrderLine
from apps.payments.models import Payment, PaymentAllocation, Refund
from apps.sellers.models import Seller

_ADDRESS = (
    "recipient_name",
    "phone",
    "country",
    "region",
    "city",
    "street",
    "house",
    "apartment",
    "postcode",
    "note",
)


def seller_facts(seller: Seller) -> dict[str, Any]:
    return {
        "name": seller.name,
        "legal_name": seller.legal_name,
        "tax_id": seller.tax_id,
        "country": seller.country,
        "city": seller.city,
        "is_vat_payer": seller.is_vat_payer,
    }


def receipt_facts(order: Order, payment: Payment, part: PaymentAllocation) -> dict[str, Any]:
    """What was paid for one order; its group, seller, lines and taxes are loaded.

    The delivery is what was paid beside the goods, whatever it became since.
    """
    lines = list(order.lines.all())
    return _paid(order, payment, part) | {
        "lines": [
            {
                "titles": line.titles,
                "options": line.option_labels,
                "sku": line.sku,
                "quantity": line.quantity,
                "unit_minor": line.unit_minor,
                "total_minor": line.total_minor,
            }
            for line in lines
        ],
        "taxes": _taxes(lines),
        "items_minor": order.items_minor,
        "delivery_minor": part.amount_minor - order.items_minor,
    }


def surcharge_facts(order: Order, payment: Payment, part: PaymentAllocation) -> dict[str, Any]:
    """What was paid on top for a dearer way: delivery alone."""
    return _paid(order, payment, part) | {
        "lines": [],
        "taxes": [],
        "items_minor": 0,
        "delivery_minor": part.amount_minor,
    }


def _paid(order: Order, payment: Payment, part: PaymentAllocation) -> dict[str, Any]:
    if payment.captured_at is None:
        raise ValueError(f"payment {payment.id} is not captured")
    return {
        "order": order.number,
        "purchase": order.group.number,
        "paid_at": moment(payment.captured_at),
        "currency": order.currency,
        "seller": seller_facts(order.seller),
        "total_minor": part.amount_minor,
    }


def _taxes(lines: Sequence[OrderLine]) -> list[dict[str, int]]:
    """Sum the tax inside the goods by its rate."""
    by_rate: dict[int, int] = defaultdict(int)
    for line in lines:
        for tax in line.taxes.all():
            by_rate[tax.rate_bps] += tax.amount_minor
    return [{"rate_bps": rate, "amount_minor": by_rate[rate]} for rate in sorted(by_rate)]


def refund_facts(order: Order, refund: Refund, receipt_number: str) -> dict[str, Any]:
    if refund.settled_at is None:
        raise ValueError(f"refund {refund.id} is not settled")
    return {
        "order": order.number,
        "purchase": order.group.number,
        "receipt": receipt_number,
        "refunded_at": moment(refund.settled_at),
        "currency": refund.currency,
        "amount_minor": refund.amount_minor,
        "paid_minor": refund.allocation.amount_minor,
        "reason": refund.reason,
        "seller": seller_facts(order.seller),
    }


def parcel_slip_facts(order: Order, shipment: Shipment) -> dict[str, Any]:
    """What lies in a parcel: its items as they were packed, with the options of their lines."""
    options = {line.id: line.option_labels for line in order.lines.all()}
    items = [
        {
            "titles": item.title,
            "options": options.get(item.line_id, {}),
            "sku": item.sku,
            "quantity": item.quantity,
        }
        for item in shipment.items.order_by("id")
    ]
    return {
        "order": order.number,
        "parcel": shipment.number,
        "seller": order.seller.name,
        "promised_to": shipment.promised_to.isoformat(),
        **_way(shipment.kind, shipment.address, shipment.pickup_point),
        "lines": items,
    }


def unsent_slip_facts(order: Order) -> dict[str, Any]:
    """What is still to be packed of an order; no lines when everything is sent."""
    items = [
        {
            "titles": line.titles,
            "options": line.option_labels,
            "sku": line.sku,
            "quantity": line.unshipped_quantity,
        }
        for line in order.lines.all()
        if line.unshipped_quantity
    ]
    return {
        "order": order.number,
        "parcel": "",
        "seller": order.seller.name,
        "promised_to": order.promised_to.isoformat(),
        **_way(order.delivery_kind, order.ship_to, order.pickup_point),
        "lines": items,
    }


def label_facts(order: Order, shipment: Shipment) -> dict[str, Any]:
    return {
        "order": order.number,
        "parcel": shipment.number,
        "carrier": shipment.carrier,
        "seller": order.seller.name,
        "from_city": shipment.from_city,
        "weight_grams": shipment.weight_grams,
        "unit_count": sum(item.quantity for item in shipment.items.all()),
        "promised_to": shipment.promised_to.isoformat(),
        **_way(shipment.kind, shipment.address, shipment.pickup_point),
    }


def _way(kind: str, address: dict[str, Any], point: PickupPoint | None) -> dict[str, Any]:
    """Whom and where a parcel goes to; to a pickup point the street of the buyer is not told."""
    given = {name: str(address.get(name) or "") for name in _ADDRESS}
    if point is None:
        return {"kind": kind, "to": given, "point": None}
    return {
        "kind": kind,
        "to": {name: given[name] for name in ("recipient_name", "phone")},
        "point": {
            "code": point.code,
            "names": point.names,
            "city": point.city,
            "address": point.address,
            "hours": point.hours,
        },
    }


def moment(at: datetime) -> str:
    """Write a moment the same whatever zone it came in."""
    return at.astimezone(UTC).isoformat()


def amount(facts: dict[str, Any], name: str) -> Money:
    """Read a sum of facts in their currency."""
    return Money(int(facts[f"{name}_minor"]), str(facts["currency"]))

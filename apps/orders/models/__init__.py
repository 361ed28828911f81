"""Tables of trade: cart, checkout, order group, order, line, change of address, return, dispute."""

from apps.orders.models.addressing import AddressChange
from apps.orders.models.carts import Cart, CartLine, Checkout
from apps.orders.models.disputes import CasePhoto, Dispute, DisputeMessage
from apps.orders.models.orders import (
    Order,
    OrderEvent,
    OrderGroup,
    OrderLine,
    OrderLineTax,
)
from apps.orders.models.parcels import Parcel, ParcelItem
from apps.orders.models.returns import Return, ReturnLine

__all__ = [
    "AddressChange",
    "Cart",
    "CartLine",
    "CasePhoto",
    "Checkout",
    "Dispute",
    "DisputeMessage",
    "Order",
    "OrderEvent",
    "OrderGroup",
    "OrderLine",
    "OrderLineTax",
    "Parcel",
    "ParcelItem",
    "Return",
    "ReturnLine",
]

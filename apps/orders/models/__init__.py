"""Tables of trade: cart, checkout, order group, order, line."""

from apps.orders.models.carts import Cart, CartLine, Checkout
from apps.orders.models.orders import (
    Order,
    OrderEvent,
    OrderGroup,
    OrderLine,
    OrderLineTax,
)
from apps.orders.models.parcels import Parcel, ParcelItem

__all__ = [
    "Cart",
    "CartLine",
    "Checkout",
    "Order",
    "OrderEvent",
    "OrderGroup",
    "OrderLine",
    "OrderLineTax",
    "Parcel",
    "ParcelItem",
]

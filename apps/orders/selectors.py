"""Reads of carts and orders, each through the viewer: other people's rows are not found."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, Sum

from apps.catalog.selectors.offers import SellableOffer, sellable_offers
from apps.core.compiled import compiled, know_related
from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.outbox import facts_about
from apps.core.paging import newest_page
from apps.core.viewer import Grant, Viewer
from apps.orders.models import Cart, CartLine, Checkout, Order, OrderEvent, OrderGroup, OrderLine
from apps.payments.selectors import payment_of
from apps.sellers.models import Seller

ORDER_GRANT = "order"
# How payments name a group.
PAYMENT_REFERENCE = "order_group"
STAFF_PERMISSION = "orders.view_ordergroup"


def cart_of(viewer: Viewer) -> Cart | None:
    """Return the viewer's cart without making one."""
    if viewer.user_id is not None:
        return Cart.objects.filter(user_id=viewer.user_id).first()
    for grant in viewer.holds("cart"):
        cart = Cart.objects.filter(id=grant.id, user=None, token_version=grant.version).first()
        if cart:
            return cart
    return None


def cart_count(viewer: Viewer) -> int:
    """Return how many units lie in the viewer's cart."""
    lines = CartLine.objects.filter(is_saved_for_later=False)
    if viewer.user_id is not None:
        lines = lines.filter(cart__user_id=viewer.user_id)
    elif grants := viewer.holds("cart"):
        lines = lines.filter(
            cart_id=grants[0].id, cart__user=None, cart__token_version=grants[0].version
        )
    else:
        return 0
    return int(lines.aggregate(units=Sum("quantity"))["units"] or 0)


@dataclass(frozen=True, slots=True)
class CartLineView:
    """A cart line against the offer as it is now; `seen` is the price that the shopper saw last."""

    line: CartLine
    offer: SellableOffer
    seen: Money

    @property
    def is_price_changed(self) -> bool:
        return self.seen != self.offer.price

    @property
    def is_sold_out(self) -> bool:
        return not self.offer.is_buyable or self.offer.free == 0

    @property
    def is_short(self) -> bool:
        return not self.is_sold_out and self.offer.free < self.line.quantity


@compiled
def lines_in_order(cart_id: UUID) -> QuerySet[CartLine]:
    """All lines of a cart in the order in which they were put in."""
    return CartLine.objects.filter(cart_id=cart_id).order_by("added_at", "id")


def cart_lines(cart: Cart | None, *, languages: Sequence[str]) -> list[CartLineView]:
    """Return the lines in the order in which they were put in."""
    if cart is None:
        return []
    lines = lines_in_order(cart_id=cart.id)
    offers = sellable_offers([line.offer_id for line in lines], languages=languages)
    return [
        CartLineView(line, offers[line.offer_id], Money(line.seen_price_minor, line.seen_currency))
        for line in lines
    ]


def checkout_of(viewer: Viewer, checkout_id: UUID) -> Checkout:
    """:raises NotFound: another's, or none"""
    cart = cart_of(viewer)
    checkout = Checkout.objects.filter(id=checkout_id, cart=cart).first() if cart else None
    if checkout is None:
        raise NotFound
    return checkout


def _visible_groups(viewer: Viewer) -> QuerySet[OrderGroup]:
    if viewer.is_system or viewer.can(STAFF_PERMISSION):
        return OrderGroup.objects.all()
    return OrderGroup.objects.filter(_placed_by(viewer))


def _placed_by(viewer: Viewer) -> Q:
    mine = Q(pk__in=[])
    if viewer.user_id is not None:
        mine |= Q(user_id=viewer.user_id)
    for grant in viewer.holds(ORDER_GRANT):
        mine |= Q(id=grant.id, token_version=grant.version)
    return mine


def order_groups(viewer: Viewer) -> QuerySet[OrderGroup]:
    """The groups that the viewer placed (or may see), newest first, with orders and lines loaded."""
    return (
        _visible_groups(viewer)
        .order_by("-id")
        .prefetch_related(
            Prefetch("orders", Order.objects.select_related("seller").order_by("number")),
            Prefetch("orders__lines", OrderLine.objects.order_by("id")),
        )
    )


@compiled
def _orders_of_group(group_id: UUID) -> QuerySet[Order]:
    return Order.objects.filter(group_id=group_id).order_by("number")


@compiled
def _sellers(ids: list[UUID]) -> QuerySet[Seller]:
    return Seller.objects.filter(id__any_of=ids)


@compiled
def _lines_of_orders(ids: list[UUID]) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order_id__any_of=ids).order_by("id")


def load_orders(group: OrderGroup) -> None:
    """Load orders, sellers and lines of a group that its viewer is known to see, in three queries."""
    orders = _orders_of_group(group_id=group.id)
    sellers = {seller.id: seller for seller in _sellers(ids=[one.seller_id for one in orders])}
    lines = _lines_of_orders(ids=[order.id for order in orders])
    for order in orders:
        order.group, order.seller = group, sellers[order.seller_id]
        know_related(order, "lines", [line for line in lines if line.order_id == order.id])
    know_related(group, "orders", orders)


def own_order_groups(viewer: Viewer) -> QuerySet[OrderGroup]:
    """The viewer's own purchases, whatever else staff may see."""
    if viewer.user_id is None:
        return OrderGroup.objects.none()
    return order_groups(viewer).filter(user_id=viewer.user_id)


@dataclass(frozen=True, slots=True)
class PurchasePage:
    """Some groups, newest first; `next_before` is the id to ask the older ones with, or None."""

    groups: list[OrderGroup]
    next_before: UUID | None


def purchases(viewer: Viewer, *, before: UUID | None = None, limit: int = 10) -> PurchasePage:
    """Return the viewer's own groups: a customer's purchases, or those that a guest holds links to.

    Three queries, for any number of groups.
    """
    rows = order_groups(viewer)
    if viewer.user_id is not None:
        rows = rows.filter(user_id=viewer.user_id)
    elif not viewer.holds(ORDER_GRANT):
        return PurchasePage([], None)
    return PurchasePage(*newest_page(rows, before=before, limit=limit))


def order_group(viewer: Viewer, group_id: UUID) -> OrderGroup:
    """Return one group with orders, lines, taxes, history and pickup points loaded.

    :raises NotFound: another's, or none
    """
    group = (
        _visible_groups(viewer)
        .filter(id=group_id)
        .prefetch_related(
            Prefetch(
                "orders",
                Order.objects.select_related("seller", "pickup_point").order_by("number"),
            ),
            Prefetch("orders__lines", OrderLine.objects.order_by("id").prefetch_related("taxes")),
            Prefetch("orders__events", OrderEvent.objects.order_by("seq")),
        )
        .first()
    )
    if group is None:
        raise NotFound
    return group


def order_group_with_lines(viewer: Viewer, group_id: UUID) -> OrderGroup:
    """Return one group with its orders, sellers and lines loaded, in four queries.

    :raises NotFound: another's, or none
    """
    group = _visible_groups(viewer).filter(id=group_id).first()
    if group is None:
        raise NotFound
    load_orders(group)
    return group


def own_order_group(viewer: Viewer, group_id: UUID) -> OrderGroup:
    """Return a group that the viewer placed: who may look as staff may not act as the buyer.

    :raises NotFound: another's, or none
    """
    group = OrderGroup.objects.filter(_placed_by(viewer), id=group_id).first()
    if group is None:
        raise NotFound
    return group


def own_order(viewer: Viewer, group_id: UUID, order_id: UUID) -> Order:
    """Return one order of a group that the viewer placed, with its group and seller.

    :raises NotFound: another's, or not of this group
    """
    rows = Order.objects.filter(group=own_order_group(viewer, group_id), id=order_id)
    order = rows.select_related("group", "seller", "pickup_point").first()
    if order is None:
        raise NotFound
    return order


def order_grant(group: OrderGroup) -> Grant:
    """The capability in the link that a guest gets by e-mail."""
    return Grant(kind=ORDER_GRANT, id=group.id, version=group.token_version)


def may_see_group(viewer: Viewer, group_id: UUID) -> bool:
    return _visible_groups(viewer).filter(id=group_id).exists()


def group_of_order(order_id: UUID) -> UUID | None:
    """For reactions to facts of other apps: which group an order is of, if it is an order at all."""
    return Order.objects.filter(id=order_id).values_list("group_id", flat=True).first()


def last_change(group_id: UUID) -> int:
    """Return a number that rises with each fact about a group, its parcels and its payment."""
    orders = Order.objects.filter(group_id=group_id).values_list("id", flat=True)
    payment = payment_of(PAYMENT_REFERENCE, group_id)
    return facts_about(
        [
            ("order_group", group_id),
            *(("shipment_reference", order_id) for order_id in orders),
            *([("payment", payment.id)] if payment else []),
        ]
    )

"""A seller's orders over the API: the queue, one order, confirm, ship, cancel."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.permissions import SignedIn
from apps.core.api.schema import described
from apps.core.api.serializers import Nothing
from apps.core.api.views import ApiView
from apps.orders.selectors_sellers import SellerOrder, seller_order, seller_orders
from apps.orders.services.cancelling import cancel_order, cancel_units
from apps.orders.services.fulfilment import confirm_order, ship_order
from apps.orders.types import CancelReason
from apps.seller_centre.api.serializers import (
    CancelIn,
    OrdersQuery,
    SellerOrderOut,
    SellerOrdersOut,
    ShipIn,
    ShopsOut,
)
from apps.sellers.selectors import memberships
from apps.sellers.types import Power

PAGE = 20


class ShopsView(ApiView):
    permission_classes = [SignedIn]

    @described("The shops I work for, with my role in each", answer=ShopsOut)
    def get(self, request: Request) -> Response:
        return Response(ShopsOut.of({"results": memberships(self.viewer)}))


class SellerView(ApiView):
    permission_classes = [SignedIn]

    def context(self) -> dict[str, Any]:
        """Who packs sees where parcels go; one query for all orders of an answer."""
        packing = {
            row.seller_id for row in memberships(self.viewer) if row.may(Power.FULFIL_ORDERS)
        }
        return {"sees_address": lambda shown: shown.order.seller_id in packing}

    def shown(self, order_id: UUID) -> dict[str, Any]:
        order: SellerOrder = seller_order(self.viewer, order_id)
        return SellerOrderOut.of(order, **self.context())

    def once(
        self, request: Request, order_id: UUID, route: str, deed: Callable[[], object]
    ) -> Response:
        """Do it once per key and answer with the order as it is then."""

        def work() -> tuple[int, Any]:
            seller_order(self.viewer, order_id)
            deed()
            return 200, self.shown(order_id)

        return run_once(request, viewer=self.viewer, route=route, work=work)


class OrdersView(SellerView):
    @described(
        "A shop's paid orders, newest first",
        query=OrdersQuery,
        answer=SellerOrdersOut,
        errors=(404,),
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(OrdersQuery)
        page = seller_orders(
            self.viewer,
            asked["seller_id"],
            tab=asked.get("tab", ""),
            text=asked.get("q", ""),
            before=asked.get("before"),
            limit=int(asked.get("limit", PAGE)),
        )
        body = {"next_before": page.next_before, "results": page.orders}
        return Response(SellerOrdersOut.of(body, **self.context()))


class OrderView(SellerView):
    @described("One order of a shop", answer=SellerOrderOut, errors=(404,))
    def get(self, request: Request, order_id: UUID) -> Response:
        return Response(self.shown(order_id))


class ConfirmView(SellerView):
    @described(
        "Confirm that the goods are there",
        body=Nothing,
        answer=SellerOrderOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request, order_id: UUID) -> Response:
        self.read(Nothing)
        return self.once(
            request,
            order_id,
            "seller.confirm",
            lambda: confirm_order(order_id=order_id, actor=self.viewer, now=clock.now()),
        )


class ShipView(SellerView):
    @described(
        "Hand over units as one parcel",
        body=ShipIn,
        answer=SellerOrderOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request, order_id: UUID) -> Response:
        items = _items(self.read(ShipIn))
        return self.once(
            request,
            order_id,
            "seller.ship",
            lambda: ship_order(order_id=order_id, items=items, actor=self.viewer, now=clock.now()),
        )


class CancelView(SellerView):
    @described(
        "Cancel units that cannot be sent, or the whole order; the buyer gets the money back",
        body=CancelIn,
        answer=SellerOrderOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request, order_id: UUID) -> Response:
        given = self.read(CancelIn)
        items, reason = _items(given), CancelReason(given["reason"])

        def deed() -> object:
            common: dict[str, Any] = {
                "order_id": order_id,
                "reason": reason,
                "actor": self.viewer,
                "now": clock.now(),
            }
            return cancel_order(**common) if items is None else cancel_units(items=items, **common)

        return self.once(request, order_id, "seller.cancel", deed)


def _items(given: dict[str, Any]) -> dict[UUID, int] | None:
    """Add up what was asked for each line; None where nothing was named."""
    if "items" not in given:
        return None
    items: dict[UUID, int] = {}
    for row in given["items"]:
        items[row["line_id"]] = items.get(row["line_id"], 0) + row["quantity"]
    return items

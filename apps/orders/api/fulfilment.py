"""What a buyer does with one order of a paid group: cancel it, send it elsewhere, confirm receipt."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.permissions import Public
from apps.core.api.schema import described
from apps.core.api.serializers import Nothing
from apps.core.api.views import ApiView
from apps.orders.api.orders import shown_group
from apps.orders.api.output import GroupWithActionOut
from apps.orders.api.serializers import CheckoutAddressIn
from apps.orders.selectors import own_order
from apps.orders.services import addressing, cancelling, settling
from apps.orders.types import CancelReason


class OneOrderView(ApiView):
    """Acts once per key and answers with the whole group."""

    permission_classes = [Public]

    def act(
        self,
        request: Request,
        route: str,
        group_id: UUID,
        order_id: UUID,
        use_case: Callable[[], object],
    ) -> Response:
        viewer = self.viewer

        def work() -> tuple[int, Any]:
            own_order(viewer, group_id, order_id)
            use_case()
            return 200, shown_group(viewer, group_id, GroupWithActionOut)

        return run_once(request, viewer=viewer, route=route, work=work)


class CancelView(OneOrderView):
    @described(
        "Cancel one seller's part of a paid order before it is sent",
        body=Nothing,
        answer=GroupWithActionOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, group_id: UUID, order_id: UUID) -> Response:
        self.read(Nothing)

        def cancel() -> object:
            return cancelling.cancel_order(
                order_id=order_id,
                reason=CancelReason.BY_BUYER,
                actor=self.viewer,
                now=clock.now(),
            )

        return self.act(request, "orders.part_cancel", group_id, order_id, cancel)


class ConfirmReceiptView(OneOrderView):
    @described(
        "Confirm that the goods are here: the seller is paid",
        body=Nothing,
        answer=GroupWithActionOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, group_id: UUID, order_id: UUID) -> Response:
        self.read(Nothing)

        def confirm() -> object:
            return settling.confirm_receipt(order_id=order_id, viewer=self.viewer, now=clock.now())

        return self.act(request, "orders.confirm_receipt", group_id, order_id, confirm)


class AddressView(OneOrderView):
    @described(
        "Send it elsewhere at the same delivery price, before it is sent",
        body=CheckoutAddressIn,
        answer=GroupWithActionOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, group_id: UUID, order_id: UUID) -> Response:
        given = self.read(CheckoutAddressIn)

        def change() -> object:
            return addressing.change_address(
                order_id=order_id, address=given, viewer=self.viewer, now=clock.now()
            )

        return self.act(request, "orders.change_address", group_id, order_id, change)

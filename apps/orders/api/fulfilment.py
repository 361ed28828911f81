"""What a buyer does with one order of a paid group: cancel it, send it elsewhere, confirm receipt."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.permissions import Public
from apps.core.api.schema import described
from apps.core.api.serializers import Nothing
from apps.core.api.views import ApiView
from apps.orders.api.orders import shown_group
from apps.orders.api.output import AddressQuoteOut, GroupWithActionOut
from apps.orders.api.serializers import AddressChangeIn, CheckoutAddressIn, ReturnUrlIn
from apps.orders.selectors import own_order
from apps.orders.services import addressing, cancelling, settling, surcharges
from apps.orders.services.address_quotes import quote_address
from apps.orders.services.addressing import AddressConsent
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
            return 200, shown_group(viewer, group_id)

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


class AddressQuoteView(ApiView):
    permission_classes = [Public]

    @described(
        "What it costs to send it elsewhere, and when it comes; nothing is changed",
        body=CheckoutAddressIn,
        answer=AddressQuoteOut,
        errors=(404, 409),
        headers=("order",),
    )
    def post(self, request: Request, group_id: UUID, order_id: UUID) -> Response:
        given = self.read(CheckoutAddressIn)
        order = own_order(self.viewer, group_id, order_id)
        quote = quote_address(order=order, address=given, viewer=self.viewer, now=clock.now())
        return Response(AddressQuoteOut.of(quote))


class AddressView(OneOrderView):
    @described(
        "Send it elsewhere before it is sent; a dearer way is paid first (`address_change`)",
        body=AddressChangeIn,
        answer=GroupWithActionOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, group_id: UUID, order_id: UUID) -> Response:
        given = self.read(AddressChangeIn)
        digest = given.pop("quote_digest", None)
        expires_at = given.pop("quote_expires_at", None)
        return_url = given.pop("return_url", None) or f"{settings.SITE_URL}/"
        consent = AddressConsent(digest, expires_at) if digest and expires_at else None

        def change() -> object:
            return addressing.change_address(
                order_id=order_id,
                address=given,
                consent=consent,
                return_url=return_url,
                viewer=self.viewer,
                now=clock.now(),
            )

        return self.act(request, "orders.change_address", group_id, order_id, change)


class AddressPayView(OneOrderView):
    @described(
        "Pay for the address that waits, or try again",
        body=ReturnUrlIn,
        answer=GroupWithActionOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, group_id: UUID, order_id: UUID) -> Response:
        given = self.read(ReturnUrlIn)

        def pay() -> object:
            return surcharges.pay_surcharge(
                order_id=order_id,
                return_url=given.get("return_url") or f"{settings.SITE_URL}/",
                viewer=self.viewer,
                now=clock.now(),
            )

        return self.act(request, "orders.address_pay", group_id, order_id, pay)

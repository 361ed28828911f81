"""Orders over the API: place, look, pay, cancel."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.permissions import Public, SignedIn
from apps.core.api.schema import described
from apps.core.api.serializers import Nothing, Output, PageQuery
from apps.core.api.views import ApiView
from apps.core.viewer import GrantToken, Viewer
from apps.orders.api.output import GroupOut, GroupsOut, GroupWithActionOut, PlacedOut
from apps.orders.api.serializers import PlaceOrderIn, ReturnUrlIn
from apps.orders.models import OrderGroup
from apps.orders.selectors import (
    load_orders,
    order_grant,
    order_group_with_lines,
    own_order_group,
    own_order_groups,
)
from apps.orders.selectors_addressing import SURCHARGE_REFERENCE
from apps.orders.selectors_buyers import buyer_orders
from apps.orders.services import lifecycle, paying, placing
from apps.orders.types import CancelReason, GroupStatus
from apps.payments.models import PaymentAttempt
from apps.payments.selectors import latest_attempt
from apps.payments.types import AttemptState


def action_of(attempt: PaymentAttempt | None, group_id: UUID) -> dict[str, str]:
    """Tell a client what to do now: ask again, open the provider's page, or nothing."""
    ended = {AttemptState.FAILED, AttemptState.EXPIRED}
    if attempt is None or attempt.state in ended:
        return {"type": "none", "url": ""}
    if attempt.state == AttemptState.REQUIRES_ACTION:
        return {"type": "redirect", "url": attempt.redirect_url}
    return {"type": "wait", "url": reverse("api:order", kwargs={"group_id": group_id})}


class OrdersView(ApiView):
    @property
    def permission_classes(self) -> list[Any]:  # type: ignore[override]  # by method
        return [Public] if self.request.method == "POST" else [SignedIn]

    @described("My orders, newest first", query=PageQuery, answer=GroupsOut, errors=(404,))
    def get(self, request: Request) -> Response:
        return self.page_of(own_order_groups(self.viewer), GroupOut)

    @described(
        "Place the order of a checkout as quoted, and start paying",
        body=PlaceOrderIn,
        answer=PlacedOut,
        status=202,
        errors=(404,),
        headers=("key", "cart"),
    )
    def post(self, request: Request) -> Response:
        given = self.read(PlaceOrderIn)
        viewer = self.viewer

        def work() -> tuple[int, Any]:
            group = placing.place_order(
                viewer=viewer,
                checkout_id=given["checkout_id"],
                quote_digest=given["quote_digest"],
                now=clock.now(),
            )
            grant = order_grant(group)
            seen_by = viewer.with_grant(grant)
            load_orders(group)
            attempt = None
            if group.status == GroupStatus.AWAITING_PAYMENT:
                attempt = paying.pay_for(
                    group=group, return_url=_return_url(given), now=clock.now()
                )
            token = GrantToken.write(grant) if group.user_id is None else None
            return 202, _shown(seen_by, group, attempt, PlacedOut, order_token=token)

        return run_once(request, viewer=viewer, route="orders.place", work=work)


def _return_url(given: dict[str, Any]) -> str:
    return given.get("return_url") or f"{settings.SITE_URL}/"


def shown_group(viewer: Viewer, group_id: UUID) -> dict[str, Any]:
    """Return what the API shows of a group that this viewer sees.

    :raises NotFound: another's, or none
    """
    group = order_group_with_lines(viewer, group_id)
    attempt = None
    if group.status == GroupStatus.AWAITING_PAYMENT:
        attempt = latest_attempt(paying.REFERENCE, group.id)
    return _shown(viewer, group, attempt, GroupWithActionOut)


def _shown(
    viewer: Viewer,
    group: OrderGroup,
    attempt: PaymentAttempt | None,
    kind: type[Output],
    **extra: Any,
) -> dict[str, Any]:
    for name, value in extra.items():
        setattr(group, name, value)
    states = buyer_orders(viewer, group)
    changes = [state.change for state in states.values() if state.change]
    context = {
        "next_action": action_of(attempt, group.id),
        "buyer_orders": states,
        "change_actions": {
            change.id: action_of(latest_attempt(SURCHARGE_REFERENCE, change.id), group.id)
            for change in changes
        },
    }
    return kind.of(group, **context)


class OrderView(ApiView):
    permission_classes = [Public]

    @described("One order group", answer=GroupWithActionOut, errors=(404,), headers=("order",))
    def get(self, request: Request, group_id: UUID) -> Response:
        return Response(shown_group(self.viewer, group_id))


class PayView(ApiView):
    permission_classes = [Public]

    @described(
        "Pay, or try again",
        body=ReturnUrlIn,
        answer=GroupWithActionOut,
        status=202,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, group_id: UUID) -> Response:
        given = self.read(ReturnUrlIn)
        viewer = self.viewer

        def work() -> tuple[int, Any]:
            paying.pay(
                viewer=viewer,
                group_id=group_id,
                return_url=_return_url(given),
                now=clock.now(),
            )
            return 202, shown_group(viewer, group_id)

        return run_once(request, viewer=viewer, route="orders.pay", work=work)


class CancelView(ApiView):
    permission_classes = [Public]

    @described(
        "Cancel an order that is not paid",
        body=Nothing,
        answer=GroupWithActionOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, group_id: UUID) -> Response:
        self.read(Nothing)
        viewer = self.viewer

        def work() -> tuple[int, Any]:
            own_order_group(viewer, group_id)
            lifecycle.cancel_unpaid(
                group_id=group_id, reason=CancelReason.BY_BUYER, actor=viewer, now=clock.now()
            )
            return 200, shown_group(viewer, group_id)

        return run_once(request, viewer=viewer, route="orders.cancel", work=work)

"""Reactions of orders to facts of payments, and to its own facts where others must be told."""

from apps.core import clock
from apps.core.outbox import dispatches, handles
from apps.orders.events import (
    OrderGroupCancelled,
    OrderGroupExpired,
    OrderGroupPaid,
    OrderGroupPlaced,
    OrderStatusChanged,
)
from apps.orders.live import nudge
from apps.orders.services import lifecycle, messages
from apps.orders.services.paying import REFERENCE
from apps.payments.events import (
    PaymentActionRequired,
    PaymentAttemptFailed,
    PaymentCaptured,
    PaymentDeclined,
    RefundSettled,
)


@handles(PaymentCaptured)
def sell_paid_group(event: PaymentCaptured) -> None:
    if event.reference_type == REFERENCE:
        lifecycle.accept_payment(group_id=event.reference_id, now=clock.now())


@handles(PaymentActionRequired)
def show_payment_page(event: PaymentActionRequired) -> None:
    nudge(event.reference_id)


@handles(PaymentDeclined)
def show_decline(event: PaymentDeclined) -> None:
    nudge(event.reference_id)


@handles(PaymentAttemptFailed)
def show_failed_attempt(event: PaymentAttemptFailed) -> None:
    nudge(event.reference_id)


@handles(RefundSettled)
def show_refund(event: RefundSettled) -> None:
    nudge(event.reference_id)
    messages.tell_refunded(
        group_id=event.reference_id, refund_id=event.refund_id, amount=event.amount
    )


@handles(OrderGroupPlaced)
def confirm_placing(event: OrderGroupPlaced) -> None:
    messages.tell_placed(group_id=event.group_id)


@handles(OrderGroupPaid)
def confirm_payment(event: OrderGroupPaid) -> None:
    lifecycle.count_sales(group_id=event.group_id)
    messages.tell_paid(group_id=event.group_id)


@handles(OrderGroupExpired)
def tell_expiry(event: OrderGroupExpired) -> None:
    nudge(event.group_id)
    messages.tell_expired(group_id=event.group_id)


@handles(OrderGroupCancelled)
def tell_cancellation(event: OrderGroupCancelled) -> None:
    messages.tell_cancelled(group_id=event.group_id)


@handles(OrderStatusChanged)
def show_status(event: OrderStatusChanged) -> None:
    nudge(event.group_id)


dispatches(
    OrderGroupExpired,
    task="apps.orders.tasks.close_payment_page",
    arguments=lambda event: {"group_id": str(event.group_id)},
)
dispatches(
    OrderGroupCancelled,
    task="apps.orders.tasks.close_payment_page",
    arguments=lambda event: {"group_id": str(event.group_id)},
)

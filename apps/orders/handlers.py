"""Reactions of orders to facts of payments and logistics, and to its own where others must be told."""

from apps.core import clock
from apps.core.outbox import dispatches, handles, hints
from apps.core.viewer import SYSTEM
from apps.logistics.events import ShipmentDelivered, ShipmentReturned, ShipmentStatusChanged
from apps.logistics.types import ShipmentStatus
from apps.orders.events import (
    AddressChangeAsked,
    AddressChangeEnded,
    DisputeChanged,
    OrderAddressChanged,
    OrderGroupCancelled,
    OrderGroupExpired,
    OrderGroupPaid,
    OrderGroupPlaced,
    OrderReleased,
    OrderStatusChanged,
    OrderUnitsCancelled,
    ReturnChanged,
)
from apps.orders.live import nudge
from apps.orders.selectors import group_of_order
from apps.orders.selectors_addressing import SURCHARGE_REFERENCE
from apps.orders.services import (
    addressing,
    case_messages,
    chargebacks,
    fulfilment,
    lifecycle,
    messages,
    seller_messages,
)
from apps.orders.services.paying import REFERENCE
from apps.orders.types import CancelReason, OrderStatus
from apps.payments.events import (
    ChargebackLost,
    ChargebackOpened,
    ChargebackSettled,
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


@handles(PaymentCaptured)
def accept_surcharge(event: PaymentCaptured) -> None:
    if event.reference_type == SURCHARGE_REFERENCE:
        addressing.accept_surcharge(
            change_id=event.reference_id, payment_id=event.payment_id, now=clock.now()
        )


@hints(PaymentActionRequired)
def show_payment_page(event: PaymentActionRequired) -> None:
    nudge(event.reference_id)


@hints(PaymentDeclined)
def show_decline(event: PaymentDeclined) -> None:
    nudge(event.reference_id)


@hints(PaymentAttemptFailed)
def show_failed_attempt(event: PaymentAttemptFailed) -> None:
    nudge(event.reference_id)


@handles(RefundSettled)
def show_refund(event: RefundSettled) -> None:
    group_id = group_of_order(event.allocation_reference_id)
    if group_id:
        nudge(group_id)
        messages.tell_refunded(group_id=group_id, refund_id=event.refund_id, amount=event.amount)


@handles(ChargebackOpened)
def tell_chargeback(event: ChargebackOpened) -> None:
    chargebacks.begin(chargeback_id=event.chargeback_id)


@handles(ChargebackLost)
def bear_chargeback(event: ChargebackLost) -> None:
    chargebacks.bear(chargeback_id=event.chargeback_id, now=clock.now())


@handles(ChargebackSettled)
def go_on_after_chargeback(event: ChargebackSettled) -> None:
    chargebacks.end(chargeback_id=event.chargeback_id, now=clock.now())


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


@hints(OrderStatusChanged)
def show_status(event: OrderStatusChanged) -> None:
    nudge(event.group_id)


@handles(OrderStatusChanged)
def tell_status(event: OrderStatusChanged) -> None:
    messages.tell_status(order_id=event.order_id, status=OrderStatus(event.status))


@hints(OrderAddressChanged)
def show_address(event: OrderAddressChanged) -> None:
    nudge(event.group_id)


@handles(AddressChangeAsked)
def show_asked_change(event: AddressChangeAsked) -> None:
    nudge(event.group_id)


@handles(AddressChangeEnded)
def show_ended_change(event: AddressChangeEnded) -> None:
    nudge(event.group_id)


@handles(OrderUnitsCancelled)
def tell_cancelled_units(event: OrderUnitsCancelled) -> None:
    nudge(event.group_id)
    messages.tell_units_cancelled(
        order_id=event.order_id, units=event.units, reason=event.reason, amount=event.amount
    )


@handles(OrderReleased)
def tell_release(event: OrderReleased) -> None:
    nudge(event.group_id)
    seller_messages.tell_released(order_id=event.order_id)


@handles(ReturnChanged)
def tell_return(event: ReturnChanged) -> None:
    nudge(event.group_id)
    case_messages.tell_return(return_id=event.return_id, state=event.state)


@handles(DisputeChanged)
def tell_dispute(event: DisputeChanged) -> None:
    nudge(event.group_id)
    case_messages.tell_dispute(
        dispute_id=event.dispute_id, state=event.state, message_id=event.message_id
    )


@handles(ShipmentStatusChanged)
def show_parcel(event: ShipmentStatusChanged) -> None:
    group_id = group_of_order(event.reference_id)
    if group_id is None:
        return
    nudge(group_id)
    if event.status == ShipmentStatus.LOST:
        chargebacks.take_back_when_free(
            order_id=event.reference_id,
            shipment_id=event.shipment_id,
            reason=CancelReason.LOST,
            now=clock.now(),
        )
    messages.tell_parcel(
        order_id=event.reference_id,
        shipment_id=event.shipment_id,
        status=ShipmentStatus(event.status),
    )


@handles(ShipmentDelivered)
def accept_delivery(event: ShipmentDelivered) -> None:
    if group_of_order(event.reference_id):
        fulfilment.accept_delivery(
            order_id=event.reference_id,
            shipment_id=event.shipment_id,
            actor=SYSTEM,
            now=clock.now(),
        )


@handles(ShipmentReturned)
def take_back_parcel(event: ShipmentReturned) -> None:
    if group_of_order(event.reference_id):
        chargebacks.take_back_when_free(
            order_id=event.reference_id,
            shipment_id=event.shipment_id,
            reason=CancelReason.REFUSED,
            now=clock.now(),
        )


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
dispatches(
    AddressChangeEnded,
    task="apps.payments.tasks.close_session",
    arguments=lambda event: {"attempt_id": str(event.attempt_id)},
)

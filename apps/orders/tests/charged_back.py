"""Orders whose payer's bank takes the money back: told by a report, and everybody hears of it."""

from typing import Any

from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.orders.models import Order
from apps.orders.tests.services.world import now
from apps.payments.models import Chargeback, Payment
from apps.payments.tests.chargebacks import S, apply, given_back, told_of


def payment_of(order: Order) -> Payment:
    return Payment.objects.get(reference_type="order_group", reference_id=order.group_id)


def take(order: Order, amount: Money | None = None, **changes: Any) -> Chargeback:
    """The bank takes it back, and the facts arrive."""
    row = apply(told_of(payment_of(order), amount, **changes), now())
    deliver_all()
    return row


def keep(order: Order, amount: Money | None = None, **changes: Any) -> Chargeback:
    """The bank keeps it."""
    row = take(order, amount, state=S.LOST, **changes)
    row.refresh_from_db()
    return row


def give_up(order: Order, amount: Money | None = None, **changes: Any) -> Chargeback:
    """The bank gives it back."""
    row = apply(given_back(told_of(payment_of(order), amount, **changes)), now())
    deliver_all()
    return row

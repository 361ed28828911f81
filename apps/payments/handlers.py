"""What follows from this app's facts: most are one call to a provider by a money worker."""

from apps.core import clock
from apps.core.outbox import dispatches, handles
from apps.payments.events import (
    ChargebackAnswered,
    PaymentAttemptStarted,
    PaymentCaptured,
    PayoutAccountOpened,
    PayoutRequested,
    PayoutReturned,
    ProviderEventReceived,
    RefundRequested,
)
from apps.payments.services import payout_accounts


@handles(PayoutReturned)
def refuse_bank(event: PayoutReturned) -> None:
    payout_accounts.refuse_bank(payout_id=event.payout_id, now=clock.now())


dispatches(
    PaymentAttemptStarted,
    task="apps.payments.tasks.call_provider",
    arguments=lambda event: {"attempt_id": str(event.attempt_id)},
)
dispatches(
    PaymentCaptured,
    task="apps.payments.tasks.close_other_sessions",
    arguments=lambda event: {"payment_id": str(event.payment_id)},
)
dispatches(
    RefundRequested,
    task="apps.payments.tasks.call_refund",
    arguments=lambda event: {"refund_id": str(event.refund_id)},
)
dispatches(
    ProviderEventReceived,
    task="apps.payments.tasks.process_provider_event",
    arguments=lambda event: {"provider_event_id": event.provider_event_id},
)
dispatches(
    PayoutRequested,
    task="apps.payments.tasks.send_payout",
    arguments=lambda event: {"payout_id": str(event.payout_id)},
)
dispatches(
    PayoutAccountOpened,
    task="apps.payments.tasks.call_payout_account",
    arguments=lambda event: {"account_id": str(event.account_id)},
)
dispatches(
    ChargebackAnswered,
    task="apps.payments.tasks.answer_chargeback",
    arguments=lambda event: {"chargeback_id": str(event.chargeback_id)},
)

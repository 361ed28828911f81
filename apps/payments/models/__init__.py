"""Tables of money: the ledger and the payments."""

from apps.payments.models.chargebacks import Chargeback, ChargebackPart
from apps.payments.models.ledger import JournalEntry, LedgerAccount, Posting
from apps.payments.models.payments import (
    Incident,
    Payment,
    PaymentAllocation,
    PaymentAttempt,
    PaymentEvent,
    ProviderEvent,
    Refund,
)
from apps.payments.models.payouts import Payout, PayoutAccount, PayoutSchedule
from apps.payments.models.reconciliation import ReconciliationItem, ReconciliationRun
from apps.payments.models.settlements import EscrowHold, Reversal, Settlement

__all__ = [
    "Chargeback",
    "ChargebackPart",
    "EscrowHold",
    "Incident",
    "JournalEntry",
    "LedgerAccount",
    "Payment",
    "PaymentAllocation",
    "PaymentAttempt",
    "PaymentEvent",
    "Payout",
    "PayoutAccount",
    "PayoutSchedule",
    "Posting",
    "ProviderEvent",
    "ReconciliationItem",
    "ReconciliationRun",
    "Refund",
    "Reversal",
    "Settlement",
]

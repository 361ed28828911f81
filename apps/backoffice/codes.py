"""Which fields hold codes without choices of their own, and what these are called (words.py).

Models keep them plain: they come from providers, or from apps that the model's own may not know.
"""

from collections.abc import Callable, Mapping
from typing import Any

from apps.backoffice import words
from apps.backoffice.deeds_in_words import deed_in_words
from apps.core.formats import format_weekdays
from apps.core.kinds import kind_in_words
from apps.core.readable import CODES
from apps.logistics.types import DeliveryKind, FailureReason
from apps.orders.types import CancelReason
from apps.orders.types_returns import DisputeReason, ReturnReason

_ORDER_REASONS = dict(CancelReason.choices)
_REFUND_REASONS = {
    **dict(CancelReason.choices),
    **dict(ReturnReason.choices),
    **dict(DisputeReason.choices),
    **words.REFUND_REASONS,
}


def owner_in_words(kind: str) -> Any:
    return words.OWNERS.get(kind) or kind_in_words(kind)


def actor_in_words(label: str) -> Any:
    return words.ACTORS.get(label, label)


def weekday(day: int) -> str:
    return format_weekdays([day])


_WORDS: Mapping[Callable[[Any], Any], tuple[str, ...]] = {
    actor_in_words: (
        "catalog.CardDecision.actor_label",
        "core.AuditEntry.actor_label",
        "logistics.TrackingEvent.actor_label",
        "orders.OrderEvent.actor_label",
    ),
    deed_in_words: ("core.AuditEntry.action",),
    format_weekdays: ("catalog.Warehouse.working_days",),
    weekday: ("payments.PayoutSchedule.weekday",),
    owner_in_words: (
        "core.AuditEntry.target_type",
        "core.OutboxEvent.aggregate",
        "documents.Document.subject_type",
        "payments.JournalEntry.reference_type",
        "payments.LedgerAccount.owner_type",
        "payments.Payment.reference_type",
    ),
    words.CARRIERS.get: (
        "logistics.DeliveryTariff.carrier",
        "logistics.Shipment.carrier",
        "orders.Order.carrier",
    ),
    dict(DeliveryKind.choices).get: ("orders.Order.delivery_kind",),
    dict(FailureReason.choices).get: ("logistics.TrackingEvent.note",),
    words.ENTRIES.get: ("payments.JournalEntry.kind",),
    words.FAILURES.get: (
        "payments.PaymentAttempt.failure_code",
        "payments.Payout.failure_code",
        "payments.Refund.failure_code",
    ),
    words.HOLD_REASONS.get: ("payments.EscrowHold.reason",),
    words.MESSAGES.get: ("notifications.Delivery.kind",),
    words.PAYMENT_EVENTS.get: ("payments.PaymentEvent.kind",),
    words.PROVIDERS.get: (
        "payments.PaymentAttempt.provider",
        "payments.PayoutAccount.provider",
        "payments.ProviderEvent.provider",
        "payments.ReconciliationRun.provider",
    ),
    words.REQUIREMENTS.get: ("payments.PayoutAccount.requirement",),
    _ORDER_REASONS.get: ("orders.OrderEvent.reason",),
    _REFUND_REASONS.get: ("payments.Refund.reason",),
}


def name_codes() -> None:
    """Let lists, pages and the audit write these fields in words."""
    CODES.update({field: find for find, fields in _WORDS.items() for field in fields})

"""Stripe's disputes of charges, which are our chargebacks: read, answered with evidence, accepted.

Source: Stripe API 2026-10-28.endive, /v1/disputes. A dispute carries its balance transactions: one
below zero once the money was withdrawn, with the fee; one above zero when it was given back. A status
that begins with `warning_` is an inquiry, which takes no money.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

import stripe

from apps.core.money import Money
from apps.payments.types_chargebacks import (
    ChargebackState,
    Evidence,
    Movement,
    ProviderChargeback,
)

_STATES = {
    "warning_needs_response": ChargebackState.NEEDS_RESPONSE,
    "warning_under_review": ChargebackState.UNDER_REVIEW,
    "warning_closed": ChargebackState.WON,
    "needs_response": ChargebackState.NEEDS_RESPONSE,
    "under_review": ChargebackState.UNDER_REVIEW,
    "won": ChargebackState.WON,
    "prevented": ChargebackState.WON,
    "lost": ChargebackState.LOST,
}


class StripeDisputes:
    """The part of the Stripe client for disputes; `_client` and `_call` are the other parts'."""

    _client: stripe.StripeClient
    _call: Callable[..., Any]

    def read_chargeback(self, chargeback_id: str) -> ProviderChargeback:
        # With the intent whole: its metadata name our attempt before we have noted the intent.
        return chargeback_of(
            self._call(
                lambda: self._client.v1.disputes.retrieve(
                    chargeback_id, {"expand": ["payment_intent"]}
                )
            )
        )

    def send_evidence(self, chargeback_id: str, evidence: Evidence) -> ProviderChargeback:
        """Give the bank our evidence: it is given once. What it became is read again."""
        told = {name: text for name, text in _evidence(evidence).items() if text}
        given: Any = {"evidence": told, "submit": True}
        # Refused, it may be given anew in other words; a key is of one content alone.
        content = blake2b(repr(sorted(told.items())).encode(), digest_size=16).hexdigest()
        options: Any = {"idempotency_key": f"{chargeback_id}:evidence:{content}"}
        self._call(lambda: self._client.v1.disputes.update(chargeback_id, given, options=options))
        return self.read_chargeback(chargeback_id)

    def accept_chargeback(self, chargeback_id: str) -> ProviderChargeback:
        """Give in: the bank keeps the money."""
        options: Any = {"idempotency_key": f"{chargeback_id}:accept"}
        self._call(lambda: self._client.v1.disputes.close(chargeback_id, options=options))
        return self.read_chargeback(chargeback_id)


def _evidence(evidence: Evidence) -> dict[str, str]:
    arrived = f"Delivered: {evidence.delivered_on}" if evidence.delivered_on else ""
    return {
        "uncategorized_text": "\n\n".join(filter(None, (evidence.text, arrived))),
        "shipping_tracking_number": evidence.tracking_number,
        "shipping_carrier": evidence.carrier,
        "shipping_date": evidence.shipped_on,
    }


def chargeback_of(dispute: Any) -> ProviderChargeback:
    intent = dispute.payment_intent
    is_whole = intent is not None and not isinstance(intent, str)
    due_by = getattr(dispute.evidence_details, "due_by", None)
    moved = [_movement(row) for row in dispute.balance_transactions]
    return ProviderChargeback(
        chargeback_id=str(dispute.id),
        intent_id=str(intent.id) if is_whole else str(intent or ""),
        attempt_id=_uuid(getattr(intent.metadata, "attempt_id", None)) if is_whole else None,
        state=_STATES.get(str(dispute.status), ChargebackState.NEEDS_RESPONSE),
        reason=str(dispute.reason),
        amount=Money(int(dispute.amount), str(dispute.currency).upper()),
        evidence_due_at=datetime.fromtimestamp(int(due_by), UTC) if due_by else None,
        withdrawn=next((_taken(row) for row in moved if row.amount.minor < 0), None),
        reinstated=next((row for row in moved if row.amount.minor > 0), None),
        is_live=bool(dispute.livemode),
    )


def _movement(row: Any) -> Movement:
    currency = str(row.currency).upper()
    return Movement(Money(int(row.amount), currency), Money(int(row.fee), currency))


def _taken(row: Movement) -> Movement:
    return Movement(-row.amount, row.fee)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None

"""Simulated banks of buyers: they take a payment back, and decide weeks later, by reports alone.

Their chances are drawn apart, so that a seed's buyers and sellers do what they do without banks.
"""

import random
from datetime import timedelta
from functools import partial

from apps.core.money import Money
from apps.orders.models import OrderGroup
from apps.orders.selectors import PAYMENT_REFERENCE
from apps.payments.models import PaymentAttempt
from apps.payments.selectors import payment_of
from apps.payments.services.chargebacks import apply_chargeback_report
from apps.payments.types import AttemptState
from apps.payments.types_chargebacks import ChargebackState, Movement, ProviderChargeback
from apps.sandbox.simulation import habits
from apps.sandbox.simulation.agenda import Agenda

REASONS = ("fraudulent", "product_not_received", "product_unacceptable", "credit_not_processed")
FEE_MINOR = 15_00


def may_take_back(agenda: Agenda, chance: random.Random, group: OrderGroup) -> None:
    """Plan that the bank takes a purchase's payment back, in so many cases as it does."""
    if chance.random() < habits.BANK_TAKES_IT_BACK:
        later = timedelta(days=chance.uniform(1, 40))
        agenda.plan(later, partial(take_back, agenda, chance, group))


def take_back(agenda: Agenda, chance: random.Random, group: OrderGroup) -> str:
    """Let the bank take what was paid for a purchase, all or a part; it decides later."""
    payment = payment_of(PAYMENT_REFERENCE, group.id)
    if payment is None or payment.captured_at is None:
        return "nothing to charge back"
    attempt = payment.attempts.get(state=AttemptState.SUCCEEDED)
    is_whole = chance.random() < habits.CHARGEBACK_IS_WHOLE
    minor = payment.amount_minor if is_whole else chance.randint(1, payment.amount_minor)
    amount = Money(minor, payment.currency)
    reason = chance.choice(REASONS)
    _report(agenda, attempt, amount, reason, ChargebackState.NEEDS_RESPONSE)
    is_won = chance.random() < habits.CHARGEBACK_IS_WON
    outcome = ChargebackState.WON if is_won else ChargebackState.LOST
    decide = partial(_report, agenda, attempt, amount, reason, outcome)
    agenda.plan(timedelta(days=chance.uniform(5, 60)), decide)
    return "charged back"


def _report(
    agenda: Agenda, attempt: PaymentAttempt, amount: Money, reason: str, state: ChargebackState
) -> str:
    nothing = Money.zero(amount.currency)
    report = ProviderChargeback(
        chargeback_id=f"du_sim_{attempt.id.hex}",
        intent_id=attempt.intent_id,
        attempt_id=attempt.id,
        state=state,
        reason=reason,
        amount=amount,
        evidence_due_at=agenda.now + timedelta(days=7),
        withdrawn=Movement(amount, Money(FEE_MINOR, amount.currency)),
        reinstated=Movement(amount, nothing) if state == ChargebackState.WON else None,
    )
    apply_chargeback_report(provider=attempt.provider, report=report, now=agenda.now)
    return f"chargeback {state}"

"""The payment provider's sandbox while the demo is seeded.

It keeps its state where the demo's own will find it: what was paid here can be given back there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.test.utils import override_settings

from apps.payments.models import PaymentAttempt
from apps.sandbox.stripe.cards import CARDS
from apps.sandbox.stripe.server import Sandbox
from apps.sandbox.stripe.testing import forget_provider

GOOD_CARD = "4242424242424242"


@contextmanager
def running_provider() -> Iterator[Sandbox]:
    folder: Path | None = getattr(settings, "SANDBOX_FOLDER", None)
    sandbox = Sandbox(file=folder / "stripe.json" if folder else None)
    sandbox.start()
    try:
        with override_settings(STRIPE_API_BASE=sandbox.url):
            forget_provider()
            yield sandbox
    finally:
        sandbox.store.save()
        sandbox.stop()
        forget_provider()


def charge(sandbox: Sandbox, attempt: PaymentAttempt) -> str:
    """Let the payer's card be charged for an attempt; return the provider's name of it."""
    payment = attempt.payment
    given = {
        "amount": str(payment.amount.minor),
        "currency": payment.currency.lower(),
        "metadata": {"attempt_id": str(attempt.id), "payment_id": str(payment.id)},
    }
    with sandbox.store.lock:
        intent = sandbox.engine.create_intent(given)
        sandbox.engine.try_card(intent, CARDS[GOOD_CARD])
    return str(intent["id"])

"""Payments that concern no order: two payees, one payer, money that can be asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import (
    Incident,
    JournalEntry,
    Payment,
    PaymentAttempt,
    Posting,
    ProviderEvent,
    Refund,
)
from apps.payments.services import inbox, paying, refunds, settling
from apps.payments.types import Share, Split
from apps.sandbox.stripe.testing import Payer, RunningSandbox
from apps.sandbox.stripe.webhooks import body_of, sign

SECRET = "whsec_test_marketplace_0001"
FIRST, SECOND = Money(100_000_00, "UZS"), Money(49_900_00, "UZS")
TOTAL = FIRST + SECOND


@dataclass
class Purchase:
    """`payees` are the references of the two shares."""

    reference_id: UUID
    payees: tuple[UUID, UUID]
    intent: paying.PaymentIntent

    @property
    def payment(self) -> Payment:
        return Payment.objects.get(reference_id=self.reference_id)

    @property
    def attempt(self) -> PaymentAttempt:
        return self.payment.attempts.order_by("-number")[0]

    @property
    def payer(self) -> Payer:
        return Payer(self.attempt.redirect_url)


def now() -> datetime:
    return datetime.now(UTC)


def make_purchase() -> Purchase:
    reference_id, payees = uuid4(), (uuid4(), uuid4())
    return Purchase(
        reference_id,
        payees,
        paying.PaymentIntent(
            reference_type="test",
            reference_id=reference_id,
            payer_id=None,
            payer_email="buyer@people.example",
            description="Karvon order K-100001",
            language="en",
            amount=TOTAL,
            shares=[Share(payees[0], uuid4(), FIRST), Share(payees[1], uuid4(), SECOND)],
        ),
    )


def start(purchase: Purchase, *, at: datetime | None = None) -> PaymentAttempt:
    return paying.start_payment(
        intent=purchase.intent, return_url="http://shop.test/en/orders/", now=at or now()
    )


def open_page(purchase: Purchase) -> Payer:
    """Start a payment and let the money worker open its page."""
    attempt = start(purchase)
    paying.call_provider(attempt_id=attempt.id, now=now())
    return purchase.payer


def paid_purchase() -> Purchase:
    """Money captured and booked, by asking the provider."""
    purchase = make_purchase()
    open_page(purchase).pay()
    ask(purchase)
    return purchase


def ask(purchase: Purchase) -> None:
    attempt = purchase.attempt
    settling.ask(attempt_id=attempt.id, session_id=attempt.session_id, provider="stripe", now=now())


def refund(
    purchase: Purchase, key: str, minor: int, payee: int = 0, taken_back: Split | None = None
) -> Refund:
    return refunds.issue_refund(
        key=key,
        reference_id=purchase.payees[payee],
        amount=Money(minor, "UZS"),
        reason="TEST",
        actor=SYSTEM,
        now=now(),
        taken_back=taken_back,
    )


def receive(event: dict[str, object], *, at: datetime | None = None, secret: str = SECRET) -> None:
    body, moment = body_of(event), at or now()
    signature = sign(body, secret=secret, at=int(moment.timestamp()))
    inbox.receive(provider="stripe", body=body, headers={"Stripe-Signature": signature}, now=moment)


def process_all(at: datetime | None = None) -> None:
    for row in ProviderEvent.objects.filter(state=ProviderEvent.State.NEW).order_by("id"):
        inbox.process(provider_event_id=row.id, now=at or now())


def deliver(sandbox: RunningSandbox, *kinds: str) -> None:
    """Deliver the events of these kinds, in the order given, and process them."""
    for kind in kinds:
        for event in sandbox.events(kind):
            receive(event)
    process_all()


def later(**delta: float) -> datetime:
    return now() + timedelta(**delta)


def books() -> dict[str, object]:
    """What of the books must be the same whatever came in whatever order."""
    return {
        "payments": sorted(
            Payment.objects.values_list("state", "captured_minor", "refunded_minor")
        ),
        "attempts": sorted(PaymentAttempt.objects.values_list("state", "failure_code")),
        "refunds": sorted(Refund.objects.values_list("state", "amount_minor")),
        "entries": sorted(JournalEntry.objects.values_list("kind", flat=True)),
        "postings": sorted(
            Posting.objects.values_list("entry__kind", "account__kind", "amount_minor")
        ),
        "incidents": sorted(Incident.objects.values_list("kind", flat=True)),
    }


def assert_nothing_booked() -> None:
    assert JournalEntry.objects.count() == 0
    assert not Payment.objects.exclude(captured_minor=0, refunded_minor=0).exists()


def assert_consistent() -> None:
    assert violations() == []

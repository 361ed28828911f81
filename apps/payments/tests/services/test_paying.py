"""The unhappy ways of a payment, against the provider's sandbox."""

from datetime import timedelta

import pytest

from apps.core.money import Money
from apps.payments.models import Incident, JournalEntry, Payment, PaymentAttempt, ProviderEvent
from apps.payments.providers.base import BadNotification
from apps.payments.services import inbox, ledger, paying, settling
from apps.payments.tests.world import (
    FIRST,
    SECOND,
    TOTAL,
    ask,
    assert_consistent,
    assert_nothing_booked,
    deliver,
    later,
    make_purchase,
    now,
    open_page,
    process_all,
    receive,
    start,
)
from apps.payments.types import AttemptState, PaymentState
from apps.sandbox.stripe.testing import RunningSandbox

pytestmark = pytest.mark.django_db


def test_payment_paid_is_booked_into_escrow_per_payee(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    open_page(purchase).pay()

    deliver(sandbox, "payment_intent.succeeded")

    assert purchase.payment.state == PaymentState.CAPTURED
    assert purchase.attempt.state == AttemptState.SUCCEEDED
    assert [ledger.balance(ledger.escrow(payee), "UZS") for payee in purchase.payees] == [
        FIRST,
        SECOND,
    ]
    assert ledger.balance(ledger.clearing("stripe"), "UZS") == -TOTAL
    assert_consistent()


def test_double_click_gives_one_attempt_and_one_session(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()

    first, second = start(purchase), start(purchase)
    for attempt in (first, second):
        paying.call_provider(attempt_id=attempt.id, now=now())

    assert first.id == second.id
    assert len(sandbox.store.sessions) == 1


def test_second_tab_after_payment_is_told_that_it_is_paid(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    open_page(purchase).pay()
    deliver(sandbox, "payment_intent.succeeded")

    with pytest.raises(paying.PaymentAlreadyCaptured):
        start(purchase)
    assert purchase.payment.attempts.count() == 1


def test_payment_with_another_amount_is_refused(sandbox: RunningSandbox) -> None:
    purchase, other = make_purchase(), make_purchase()
    start(purchase)

    with pytest.raises(paying.PaymentDiffers):
        paying.start_payment(
            intent=paying.PaymentIntent(
                **{
                    name: getattr(other.intent, name)
                    for name in ("payer_id", "payer_email", "description", "language")
                },
                reference_type="test",
                reference_id=purchase.reference_id,
                amount=FIRST,
                shares=[other.intent.shares[0]],
            ),
            return_url="http://shop.test/",
            now=now(),
        )
    assert purchase.payment.amount == TOTAL


def test_declined_card_leaves_the_page_open_and_another_card_pays(
    sandbox: RunningSandbox,
) -> None:
    purchase = make_purchase()
    payer = open_page(purchase)

    payer.pay("4000000000009995")
    deliver(sandbox, "payment_intent.payment_failed")
    assert (purchase.attempt.state, purchase.attempt.failure_code) == (
        AttemptState.REQUIRES_ACTION,
        "insufficient_funds",
    )
    assert_nothing_booked()

    payer.pay()
    deliver(sandbox, "payment_intent.succeeded")
    assert (purchase.attempt.state, purchase.attempt.failure_code) == (AttemptState.SUCCEEDED, "")
    assert purchase.payment.captured_minor == TOTAL.minor


def test_rejected_secure_step_books_nothing_and_approved_books_once(
    sandbox: RunningSandbox,
) -> None:
    purchase = make_purchase()
    payer = open_page(purchase)

    payer.pay("4000002760003184")
    payer.reject()
    deliver(sandbox, "payment_intent.")
    assert_nothing_booked()
    payer.pay("4000002760003184")
    payer.approve()
    deliver(sandbox, "payment_intent.", "checkout.")

    assert purchase.payment.captured_minor == TOTAL.minor
    assert JournalEntry.objects.count() == 1


def test_abandoned_page_closes_and_a_new_attempt_opens_another(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    open_page(purchase).go_back()

    settling.close_session(attempt_id=purchase.attempt.id, now=now())

    assert (purchase.attempt.state, purchase.attempt.failure_code) == (
        AttemptState.EXPIRED,
        "session_expired",
    )
    deliver(sandbox, "checkout.session.expired")
    assert purchase.payment.state == PaymentState.REQUIRES_ACTION
    assert_nothing_booked()
    open_page(purchase).pay()
    ask(purchase)
    assert purchase.attempt.number == 2
    assert purchase.payment.captured_minor == TOTAL.minor


def test_lost_webhook_is_made_good_by_asking(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    open_page(purchase).pay()
    assert settling.settle_due_attempts(now=now()) == 0

    assert settling.settle_due_attempts(now=later(minutes=3)) == 1

    assert purchase.payment.captured_minor == TOTAL.minor
    assert settling.settle_due_attempts(now=later(days=1)) == 0


def test_attempt_that_cannot_be_settled_does_not_stop_the_others(
    sandbox: RunningSandbox,
) -> None:
    broken, good = make_purchase(), make_purchase()
    open_page(broken)
    PaymentAttempt.objects.filter(id=broken.attempt.id).update(session_id="cs_test_gone")
    open_page(good).pay()

    settling.settle_due_attempts(now=later(minutes=3))

    assert good.payment.captured_minor == TOTAL.minor
    assert broken.attempt.state == AttemptState.REQUIRES_ACTION


@pytest.mark.parametrize("fault", ["timeout_after", "timeout_before"])
def test_unknown_outcome_is_repeated_under_the_same_key_to_one_session(
    sandbox: RunningSandbox, fault: str
) -> None:
    purchase = make_purchase()
    attempt = start(purchase)
    sandbox.fault(fault, "POST /v1/checkout/sessions")

    paying.call_provider(attempt_id=attempt.id, now=now())
    assert purchase.attempt.state == AttemptState.UNKNOWN
    assert start(purchase).id == attempt.id
    settling.settle_due_attempts(now=later(minutes=1))

    assert list(sandbox.store.sessions) == [purchase.attempt.session_id]
    assert purchase.attempt.state == AttemptState.REQUIRES_ACTION
    assert purchase.payment.attempts.count() == 1


def test_provider_that_never_answers_ends_the_attempt_so_that_another_may_start(
    sandbox: RunningSandbox,
) -> None:
    purchase = make_purchase()
    attempt = start(purchase)
    # A 500 is kept under its key: repeating brings the same answer for ever.
    sandbox.fault("error_after", "POST /v1/checkout/sessions")

    paying.call_provider(attempt_id=attempt.id, now=now())
    settling.settle_due_attempts(now=later(minutes=1))
    assert purchase.attempt.state == AttemptState.UNKNOWN
    settling.settle_due_attempts(now=later(minutes=6))

    assert (purchase.attempt.state, purchase.attempt.failure_code) == (
        AttemptState.FAILED,
        "provider_unavailable",
    )
    open_page(purchase).pay()
    ask(purchase)
    assert [charge["amount"] for charge in sandbox.charged()] == [TOTAL.minor]
    assert purchase.payment.captured_minor == TOTAL.minor


def test_wrong_amount_is_never_taken_for_payment(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    sandbox.fault("wrong_amount", "pay", amount=-1)
    open_page(purchase).pay()

    deliver(sandbox, "payment_intent.succeeded", "checkout.session.completed")

    assert purchase.payment.captured_minor == 0
    assert purchase.payment.state != PaymentState.CAPTURED
    (incident,) = Incident.objects.all()
    assert incident.kind == Incident.Kind.AMOUNT_MISMATCH
    assert incident.details["captured_minor"] == TOTAL.minor - 1
    # Our books still equal the provider's.
    assert ledger.balance(ledger.suspense("stripe"), "UZS") == Money(TOTAL.minor - 1, "UZS")
    assert ledger.balance(ledger.clearing("stripe"), "UZS") == Money(1 - TOTAL.minor, "UZS")
    assert_consistent()


def test_second_capture_is_held_apart_with_an_incident(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    first = open_page(purchase)
    # Ours lost sight of the first page; the payer did not.
    PaymentAttempt.objects.update(state=AttemptState.FAILED, check_at=None)
    open_page(purchase).pay()
    first.pay()

    deliver(sandbox, "payment_intent.succeeded")

    assert purchase.payment.captured_minor == TOTAL.minor
    assert [incident.kind for incident in Incident.objects.all()] == ["DOUBLE_CAPTURE"]
    assert ledger.balance(ledger.suspense("stripe"), "UZS") == TOTAL
    assert_consistent()


def test_captured_payment_closes_its_other_pages(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    first = open_page(purchase)
    PaymentAttempt.objects.update(state=AttemptState.FAILED, check_at=None)
    second = open_page(purchase)
    first.pay()
    deliver(sandbox, "payment_intent.succeeded")

    settling.close_other_sessions(payment_id=purchase.payment.id, now=now())
    second.pay()

    assert [charge["amount"] for charge in sandbox.charged()] == [TOTAL.minor]
    assert sorted(PaymentAttempt.objects.values_list("state", flat=True)) == [
        "EXPIRED",
        "SUCCEEDED",
    ]


def test_webhook_twice_is_stored_and_booked_once(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    open_page(purchase).pay()

    for _ in range(3):
        deliver(sandbox, "payment_intent.succeeded")

    assert ProviderEvent.objects.count() == 1
    assert JournalEntry.objects.count() == 1


def test_event_of_an_unknown_payment_becomes_one_incident(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    open_page(purchase).pay()
    (intent,) = sandbox.store.intents.values()
    intent["metadata"] = {}

    deliver(sandbox, "payment_intent.succeeded")
    for row in ProviderEvent.objects.all():
        inbox.process(provider_event_id=row.id, now=now())

    assert [incident.kind for incident in Incident.objects.all()] == ["UNKNOWN_PAYMENT"]
    assert_nothing_booked()


def test_forged_webhook_is_not_even_stored(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    open_page(purchase).pay()
    (event,) = sandbox.events("payment_intent.succeeded")

    with pytest.raises(BadNotification):
        receive(event, secret="whsec_forged")

    assert ProviderEvent.objects.count() == 0
    assert_nothing_booked()


def test_signed_event_that_lies_about_money_books_what_the_provider_says(
    sandbox: RunningSandbox,
) -> None:
    purchase = make_purchase()
    open_page(purchase)
    purchase.payer.pay("4000000000000002")
    (failed,) = sandbox.events("payment_intent.payment_failed")
    lie = failed["data"]["object"] | {"status": "succeeded", "amount_received": TOTAL.minor}

    receive(failed | {"id": "evt_lie", "type": "payment_intent.succeeded", "data": {"object": lie}})
    process_all()

    assert ProviderEvent.objects.get().state == ProviderEvent.State.DONE
    assert_nothing_booked()


def test_event_is_tried_again_with_growing_pauses_and_dies_after_twelve(
    sandbox: RunningSandbox,
) -> None:
    purchase = make_purchase()
    open_page(purchase).pay()
    (event,) = sandbox.events("payment_intent.succeeded")
    moment = now()
    receive(event, at=moment)
    sandbox.fault("rate_limit", "GET .*", times=3)

    process_all()
    counts = [
        inbox.retry_due(now=moment + timedelta(seconds=seconds))
        for seconds in (30, 41, 50, 81, 161)
    ]

    assert counts == [0, 1, 0, 1, 1]
    assert ProviderEvent.objects.get().state == ProviderEvent.State.DONE
    assert purchase.payment.captured_minor == TOTAL.minor


def test_event_that_cannot_be_read_does_not_stop_the_next(sandbox: RunningSandbox) -> None:
    purchase = make_purchase()
    open_page(purchase).pay()
    (event,) = sandbox.events("payment_intent.succeeded")
    moment = now()
    receive(event | {"id": "evt_bad", "data": {"object": {"id": "pi_none"}}}, at=moment)
    receive(event, at=moment)

    inbox.retry_due(now=moment + timedelta(seconds=21))

    assert list(ProviderEvent.objects.order_by("id").values_list("state", "attempts")) == [
        ("NEW", 1),
        ("DONE", 0),
    ]
    assert Payment.objects.get().captured_minor == TOTAL.minor

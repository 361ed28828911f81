"""R15 and R17: webhooks in every order, three times, forged, late; answers that never come."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import permutations
from threading import Thread
from typing import Any

import httpx
import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import transaction

from apps.payments.models import PaymentAttempt, ProviderEvent
from apps.payments.services import paying, refunds, settling
from apps.payments.tests.world import (
    FIRST,
    SECOND,
    TOTAL,
    Purchase,
    assert_consistent,
    books,
    later,
    make_purchase,
    now,
    open_page,
    paid_purchase,
    process_all,
    receive,
    refund,
    start,
)
from apps.sandbox.stripe.testing import Payer, RunningSandbox
from apps.sandbox.stripe.webhooks import body_of, sign

SECRET = "whsec_test_marketplace_0001"
SENDERS = 4


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        return


@pytest.fixture
def shop_url() -> Iterator[str]:
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


def storm(shop_url: str, events: list[dict[str, Any]], count: int, seed: int) -> dict[str, Any]:
    """Send each event three times and forgeries beside them, shuffled, from four senders."""
    chance = random.Random(seed)
    genuine = [(event, SECRET) for event in events for _ in range(3)]
    forged = [
        (chance.choice(events), chance.choice(["whsec_forged", SECRET[6:], ""]))
        for _ in range(count - len(genuine))
    ]
    letters = genuine + forged
    chance.shuffle(letters)
    durations: list[float] = []

    def send(part: list[tuple[dict[str, Any], str]]) -> list[tuple[bool, int]]:
        answers = []
        with httpx.Client(timeout=20) as client:
            for event, secret in part:
                body = body_of(event)
                headers = {"Stripe-Signature": sign(body, secret=secret, at=int(time.time()))}
                begun = time.monotonic()
                answer = client.post(f"{shop_url}/webhooks/stripe/", content=body, headers=headers)
                durations.append(time.monotonic() - begun)
                answers.append((secret == SECRET, answer.status_code))
        return answers

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = [
            answer
            for part in pool.map(send, [letters[i::SENDERS] for i in range(SENDERS)])
            for answer in part
        ]
    return {"answers": answers, "p99": sorted(durations)[int(len(durations) * 0.99)]}


def _run_storm(sandbox: RunningSandbox, shop_url: str, deliveries: int, payments: int) -> None:
    bought = [make_purchase() for _ in range(payments)]
    for purchase in bought:
        payer = open_page(purchase)
        payer.pay("4000000000000002")
        payer.pay()
    events = sandbox.events()[: deliveries // 4]
    # Of `deliveries`, three quarters are genuine: each event three times; a quarter is forged.
    assert len(events) == deliveries // 4, "more payments are needed for this many events"

    result = storm(shop_url, events, deliveries, seed=15)
    process_all()

    assert len(result["answers"]) == deliveries
    assert set(result["answers"]) == {(True, 200), (False, 400)}
    assert result["p99"] <= 1.0
    assert ProviderEvent.objects.count() == len(events)
    settling.settle_due_attempts(now=later(minutes=3))
    found = books()
    assert found["payments"] == [("CAPTURED", TOTAL.minor, 0)] * payments
    assert found["entries"] == ["CAPTURE"] * payments
    assert found["incidents"] == []
    assert sum(charge["amount"] for charge in sandbox.charged()) == TOTAL.minor * payments
    assert_consistent()


@pytest.mark.timeout(150)
@pytest.mark.usefixtures("committed_db")
def test_storm_of_webhooks_books_each_payment_once(sandbox: RunningSandbox, shop_url: str) -> None:
    _run_storm(sandbox, shop_url, deliveries=2000, payments=100)


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("committed_db")
def test_storm_of_webhooks_in_full_books_each_payment_once(
    sandbox: RunningSandbox, shop_url: str
) -> None:
    _run_storm(sandbox, shop_url, deliveries=10_000, payments=500)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo what comes inside. To lock ranks it is the test's own transaction, not a use case's."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


def refunded_purchase(sandbox: RunningSandbox) -> Purchase:
    """Captured; a part and then the rest refunded at the provider, whose answers never came."""
    purchase = paid_purchase()
    for key, amount, payee in (("part", FIRST, 0), ("rest", SECOND, 1)):
        made = refund(purchase, f"{purchase.reference_id}:{key}", amount.minor, payee)
        sandbox.fault("timeout_after", "POST /v1/refunds")
        refunds.call_refund(refund_id=made.id, now=now())
    return purchase


@pytest.mark.django_db
def test_every_order_of_five_late_webhooks_ends_in_the_same_books(
    sandbox: RunningSandbox,
) -> None:
    refunded_purchase(sandbox)
    authorised = sandbox.events("payment_intent.created")[0]
    five = [
        authorised,
        authorised | {"id": "evt_auth", "type": "payment_intent.amount_capturable_updated"},
        *sandbox.events("payment_intent.succeeded"),
        *sandbox.events("refund.created"),
    ]
    assert len(five) == 5
    outcomes = []
    for order in permutations(five):
        with rolled_back():
            for event in order:
                receive(event, at=later(hours=24))
                process_all(at=later(hours=24))
                receive(event, at=later(hours=24))
            outcomes.append(books())

    assert len(outcomes) == 120
    assert [outcome for outcome in outcomes if outcome != outcomes[0]] == []
    assert outcomes[0]["payments"] == [("CAPTURED", TOTAL.minor, TOTAL.minor)]
    assert outcomes[0]["refunds"] == [("SUCCEEDED", SECOND.minor), ("SUCCEEDED", FIRST.minor)]
    assert outcomes[0]["entries"] == ["CAPTURE", "REFUND", "REFUND"] + ["REFUND_REQUEST"] * 2
    assert outcomes[0]["incidents"] == []


@pytest.mark.django_db
def test_every_order_of_the_first_webhooks_captures_once(sandbox: RunningSandbox) -> None:
    payer = open_page(make_purchase())
    payer.pay("4000000000000002")
    payer.pay()
    outcomes = []
    for order in permutations(sandbox.events("payment_intent.") + sandbox.events("checkout.")):
        with rolled_back():
            for event in order:
                receive(event)
                process_all()
            outcomes.append(books())

    assert len(outcomes) == 24
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert outcomes[0]["payments"] == [("CAPTURED", TOTAL.minor, 0)]
    assert outcomes[0]["attempts"] == [("SUCCEEDED", "")]


def _run_unknown(sandbox: RunningSandbox, payments: int, seed: int) -> None:
    """Open and pay while three of ten answers are lost; payers click again and again."""
    chance = random.Random(seed)
    bought = [make_purchase() for _ in range(payments)]
    for purchase in bought:
        attempt = start(purchase)
        if chance.random() < 0.3:
            sandbox.fault(chance.choice(["timeout_after", "timeout_before"]), "POST /v1/checkout.*")
        for _click in range(2):
            assert start(purchase).id == attempt.id
            # The job is delivered at least once, so sometimes twice.
            paying.call_provider(attempt_id=attempt.id, now=now())
    settling.settle_due_attempts(now=later(minutes=1))
    for session in list(sandbox.store.sessions.values()):
        Payer(session["url"]).pay()
    while settling.settle_due_attempts(now=later(minutes=10)):
        if not PaymentAttempt.objects.filter(check_at__isnull=False).exists():
            break
        PaymentAttempt.objects.filter(check_at__isnull=False).update(check_at=now())

    assert len(sandbox.store.sessions) == payments
    assert [charge["amount"] for charge in sandbox.charged()] == [TOTAL.minor] * payments
    assert books()["payments"] == [("CAPTURED", TOTAL.minor, 0)] * payments
    assert books()["incidents"] == []
    assert_consistent()


@pytest.mark.django_db
def test_answers_that_are_lost_charge_nobody_twice(sandbox: RunningSandbox) -> None:
    _run_unknown(sandbox, payments=20, seed=17)


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.django_db
def test_answers_that_are_lost_in_full_charge_nobody_twice(sandbox: RunningSandbox) -> None:
    _run_unknown(sandbox, payments=300, seed=17)

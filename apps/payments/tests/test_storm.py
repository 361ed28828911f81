"""R15 and R17: webhooks in every order, three times, forged, late; answers that never come."""

import itertools
import json
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe
from django.conf import settings

from apps.core.tests.undoing import rolled_back
from apps.payments.models import PaymentAttempt, ProviderEvent
from apps.payments.providers.stripe_provider import StripeProvider, _payment_of_intent
from apps.payments.services import paying, refund_sending, settling
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
from marketplace.tests import figures
from marketplace.tests.web_processes import WebProcesses, running_web

SECRET = "whsec_test_marketplace_0001"
SENDERS, LEAST_PER_SECOND = 4, 150


@dataclass
class Storm:
    """What was sent: (is genuine, status) of each delivery, seconds of each answer, and in all."""

    answers: list[tuple[bool, int]]
    seconds: list[float]
    duration: float
    lost: int


def storm(web: WebProcesses, events: list[dict[str, Any]], count: int, kills: int = 0) -> Storm:
    """Send each event three times and forgeries beside them, shuffled, from four senders.

    Now and then a web process dies; a delivery whose connection was lost is sent again.
    """
    chance = random.Random(15)
    genuine = [(event, SECRET) for event in events for _ in range(3)]
    forged = [
        (chance.choice(events), chance.choice(["whsec_forged", SECRET[6:], ""]))
        for _ in range(count - len(genuine))
    ]
    letters = genuine + forged
    chance.shuffle(letters)
    deadly = {count * (n + 1) // (kills + 1) for n in range(kills)}
    result, numbers = Storm([], [], 0, 0), itertools.count()

    def send(client: httpx.Client, event: dict[str, Any], secret: str) -> int:
        body = body_of(event)
        headers = {"Stripe-Signature": sign(body, secret=secret, at=int(time.time()))}
        begun = time.monotonic()
        answer = client.post(f"{web.url}/webhooks/stripe/", content=body, headers=headers)
        result.seconds.append(time.monotonic() - begun)
        return answer.status_code

    def send_all(part: list[tuple[dict[str, Any], str]]) -> None:
        with httpx.Client(timeout=20) as client:
            for event, secret in part:
                if next(numbers) in deadly:
                    web.kill(web.worker_ids()[0])
                while True:
                    try:
                        status = send(client, event, secret)
                    except httpx.TransportError:
                        result.lost += 1
                        continue
                    result.answers.append((secret == SECRET, status))
                    break

    begun = time.monotonic()
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(send_all, [letters[i::SENDERS] for i in range(SENDERS)]))
    result.duration = time.monotonic() - begun
    return result


def run_storm(
    sandbox: RunningSandbox, web: WebProcesses, *, deliveries: int, kills: int = 0
) -> Storm:
    """Of the deliveries three quarters are genuine: each event three times; a quarter is forged."""
    payments = deliveries // 20
    for purchase in [make_purchase() for _ in range(payments)]:
        payer = open_page(purchase)
        payer.pay("4000000000000002")
        payer.pay()
    events = sandbox.events()
    assert len(events) == deliveries // 4

    result = storm(web, events, deliveries, kills)
    process_all()

    assert Counter(result.answers) == {
        (True, 200): deliveries * 3 // 4,
        (False, 400): deliveries // 4,
    }
    assert ProviderEvent.objects.count() == len(events)
    found = books()
    assert found["payments"] == [("CAPTURED", TOTAL.minor, 0)] * payments
    assert found["entries"] == ["CAPTURE"] * payments
    assert found["incidents"] == []
    assert [charge["amount"] for charge in sandbox.charged()] == [TOTAL.minor] * payments
    assert_consistent()
    return result


@pytest.mark.timeout(150)
@pytest.mark.usefixtures("committed_db")
def test_storm_of_webhooks_books_each_payment_once(sandbox: RunningSandbox, tmp_path: Path) -> None:
    with running_web(tmp_path) as web:
        run_storm(sandbox, web, deliveries=2_000)


def test_limiter_lets_a_storm_from_one_address_in() -> None:
    requests, seconds = settings.RATE_LIMITS["webhook"]

    assert requests / seconds >= 2 * LEAST_PER_SECOND


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("committed_db")
def test_storm_of_webhooks_in_full_survives_five_deaths(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    with running_web(tmp_path) as web:
        result = run_storm(sandbox, web, deliveries=10_000, kills=5)
    rate, p99 = len(result.answers) / result.duration, figures.percentile(result.seconds, 99)
    figures.note("R15", per_second=rate, p99=p99, lost_connections=result.lost)
    assert rate >= LEAST_PER_SECOND
    assert p99 <= 1.0


@pytest.mark.django_db
def test_without_one_row_per_event_a_repeat_is_processed_again(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the inbox: every delivery becomes a row; only the books' own guards are left."""
    rows = ProviderEvent.objects
    numbers = itertools.count()

    def always_new(*, defaults: dict[str, Any], event_id: str, **given: Any) -> Any:
        made = rows.create(event_id=f"{event_id}:{next(numbers)}", **given, **defaults)
        return made, True

    open_page(make_purchase()).pay()
    (event,) = sandbox.events("payment_intent.succeeded")
    monkeypatch.setattr(rows, "get_or_create", always_new)
    for _ in range(3):
        receive(event)
    process_all()

    assert ProviderEvent.objects.filter(state=ProviderEvent.State.DONE).count() == 3
    assert books()["entries"] == ["CAPTURE"]


def refunded_purchase(sandbox: RunningSandbox) -> Purchase:
    """Captured; a part and then the rest refunded at the provider, whose answers never came."""
    purchase = paid_purchase()
    for key, amount, payee in (("part", FIRST, 0), ("rest", SECOND, 1)):
        made = refund(purchase, f"{purchase.reference_id}:{key}", amount.minor, payee)
        sandbox.fault("timeout_after", "POST /v1/refunds")
        refund_sending.call_refund(refund_id=made.id, now=now())
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
            assert_consistent()

    assert len(outcomes) == 120
    assert [outcome for outcome in outcomes if outcome != outcomes[0]] == []
    assert outcomes[0]["payments"] == [("CAPTURED", TOTAL.minor, TOTAL.minor)]
    assert outcomes[0]["refunds"] == [("SUCCEEDED", SECOND.minor), ("SUCCEEDED", FIRST.minor)]
    assert outcomes[0]["entries"] == ["CAPTURE", "REFUND", "REFUND"] + ["REFUND_REQUEST"] * 2
    assert outcomes[0]["incidents"] == []


@pytest.mark.django_db
def test_believing_bodies_as_they_come_ends_in_different_books(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: states out of the bodies instead of the provider's own answer, and no ranks."""

    def believe(_self: StripeProvider, kind: str, object_id: str) -> Any:
        row = ProviderEvent.objects.get(kind=kind, object_id=object_id)
        body = json.loads(bytes(row.raw))["data"]["object"]
        return _payment_of_intent(stripe.PaymentIntent.construct_from(body, None))

    monkeypatch.setattr(StripeProvider, "read_notified", believe)
    monkeypatch.setattr(paying, "moves_forward", lambda _current, _reported: True)
    payer = open_page(make_purchase())
    payer.pay("4000000000000002")
    payer.pay()
    outcomes = []
    for order in permutations(sandbox.events("payment_intent.")):
        with rolled_back():
            for event in order:
                receive(event)
                process_all()
            outcomes.append(books())

    assert len(outcomes) == 6
    assert any(outcome != outcomes[0] for outcome in outcomes)


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

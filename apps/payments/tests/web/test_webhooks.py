"""R16: what is forged, replayed or of another amount has no effect, whatever way it comes in."""

import ast
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.payments import providers
from apps.payments.models import Incident, ProviderEvent
from apps.payments.providers import stripe_provider
from apps.payments.services import ledger
from apps.payments.tests.world import (
    SECRET,
    TOTAL,
    Purchase,
    assert_consistent,
    assert_nothing_booked,
    books,
    deliver,
    make_purchase,
    open_page,
    process_all,
)
from apps.payments.types import PaymentState
from apps.sandbox.stripe.testing import RunningSandbox
from apps.sandbox.stripe.webhooks import body_of, sign

pytestmark = pytest.mark.django_db

Event = dict[str, Any]
# A delivery: the body, its headers and what else the test client takes.
Delivery = tuple[bytes, dict[str, str], dict[str, Any]]


def signed(body: bytes, *, secret: str = SECRET, age: int = 0) -> str:
    return sign(body, secret=secret, at=int(time.time()) - age)


def with_header(make: Callable[[bytes], str]) -> Callable[[Event], Delivery]:
    """The true body under another signature."""
    return lambda event: (body_of(event), {"Stripe-Signature": make(body_of(event))}, {})


def with_body(change: Callable[[Event], bytes]) -> Callable[[Event], Delivery]:
    """Another body under the true signature of the true one."""
    return lambda event: (change(event), {"Stripe-Signature": signed(body_of(event))}, {})


def signed_body(change: Callable[[Event], bytes]) -> Callable[[Event], Delivery]:
    """Truly signed, but not a word that our account would have sent."""
    return lambda event: (change(event), {"Stripe-Signature": signed(change(event))}, {})


def changed(event: Event, **fields: Any) -> bytes:
    return body_of(event | {"data": {"object": event["data"]["object"] | fields}})


def stamp(body: bytes) -> str:
    return signed(body).partition(",")[0]


def mac(body: bytes) -> str:
    return signed(body).partition("v1=")[2]


FORGED: dict[str, Callable[[Event], Delivery]] = {
    "no signature": lambda event: (body_of(event), {}, {}),
    "empty signature": with_header(lambda _body: ""),
    "nonsense": with_header(lambda _body: "nonsense"),
    "secret of another shop": with_header(lambda body: signed(body, secret="whsec_other_shop")),
    "secret that was rotated out": with_header(lambda body: signed(body, secret="whsec_old_0000")),
    "secret without its prefix": with_header(lambda body: signed(body, secret=SECRET[6:])),
    "empty secret": with_header(lambda body: signed(body, secret="")),
    "only the old scheme": with_header(lambda body: signed(body).replace("v1=", "v0=")),
    "a scheme to come": with_header(lambda body: signed(body).replace("v1=", "v2=")),
    "cut short": with_header(lambda body: signed(body)[:-1]),
    "one letter longer": with_header(lambda body: signed(body) + "0"),
    "in capitals": with_header(lambda body: f"{stamp(body)},v1={mac(body).upper()}"),
    "zeros": with_header(lambda body: f"{stamp(body)},v1={'0' * 64}"),
    "not ASCII": with_header(lambda body: f"{stamp(body)},v1={'é' * 64}"),
    "of another body": with_header(lambda body: signed(body + b" ")),
    "no time": with_header(lambda body: f"v1={mac(body)}"),
    "empty time": with_header(lambda body: f"t=,v1={mac(body)}"),
    "two times": with_header(lambda body: f"{stamp(body)},{signed(body)}"),
    "another time": with_header(lambda body: f"t={int(time.time()) + 9},v1={mac(body)}"),
    "negative time": with_header(lambda body: signed(body).replace("t=", "t=-")),
    "time with a fraction": with_header(lambda body: signed(body).replace(",", ".0,")),
    "301 seconds old": with_header(lambda body: signed(body, age=301)),
    "302 seconds ahead": with_header(lambda body: signed(body, age=-302)),
    "one byte more": with_body(lambda event: body_of(event) + b"\n"),
    "one byte before": with_body(lambda event: b" " + body_of(event)),
    "written anew": with_body(lambda event: json.dumps(event).encode()),
    "keys in another order": with_body(lambda event: json.dumps(event, sort_keys=True).encode()),
    "less money": with_body(lambda event: changed(event, amount_received=1)),
    "more money": with_body(lambda event: changed(event, amount_received=10**12)),
    "another currency": with_body(lambda event: changed(event, currency="usd")),
    "another payment": with_body(lambda event: changed(event, id="pi_other")),
    "another order": with_body(lambda event: changed(event, metadata={"attempt_id": "x"})),
    "compressed": with_body(lambda event: gzip.compress(body_of(event))),
    "of live mode": signed_body(lambda event: body_of(event | {"livemode": True})),
    "a field twice": signed_body(
        lambda event: body_of(event).replace(b'"type":', b'"type": "x", "type":')
    ),
    "an id that is none": signed_body(lambda event: body_of(event | {"id": 7})),
    "an id with a control letter": signed_body(lambda event: body_of(event | {"id": "evt\0"})),
    "not an event": signed_body(lambda event: body_of(event["data"]["object"])),
    "a list": signed_body(lambda event: b"[" + body_of(event) + b"]"),
    "nothing": signed_body(lambda _event: b""),
    "an address of Stripe's, forwarded": lambda event: (
        body_of(event),
        {"X-Forwarded-For": "3.18.12.63", "User-Agent": "Stripe/1.0"},
        {"REMOTE_ADDR": "3.18.12.63"},
    ),
    "signature in the address": lambda event: (
        body_of(event),
        {},
        {"query_params": {"Stripe-Signature": signed(body_of(event))}},
    ),
}


def post(delivery: Delivery) -> int:
    body, headers, extra = delivery
    answer = Client().post(
        "/webhooks/stripe/", body, content_type="application/json", headers=headers, **extra
    )
    return int(answer.status_code)


@pytest.fixture
def event(sandbox: RunningSandbox) -> Event:
    """The provider's word of a payment that it has really captured and that we have not heard of."""
    open_page(make_purchase()).pay()
    (found,) = sandbox.events("payment_intent.succeeded")
    return found


def test_every_forgery_is_refused_and_the_true_event_is_not(event: Event) -> None:
    assert len(FORGED) >= 30
    statuses = {name: post(forge(event)) for name, forge in FORGED.items()}

    assert {name: status for name, status in statuses.items() if status != 400} == {}
    assert ProviderEvent.objects.count() == 0
    assert_nothing_booked()

    assert post((body_of(event), {"Stripe-Signature": signed(body_of(event))}, {})) == 200
    process_all()
    assert books()["payments"] == [("CAPTURED", TOTAL.minor, 0)]
    assert_consistent()


def test_without_the_check_of_signatures_forgeries_come_in(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same table, the one check switched off."""
    monkeypatch.setattr(stripe_provider, "_check_signature", lambda *_given: None)

    taken = [name for name, forge in FORGED.items() if post(forge(event)) == 200]

    assert len(taken) > 20
    assert {"no signature", "301 seconds old", "another payment"} <= set(taken)


def test_what_is_too_large_or_not_posted_is_refused(event: Event) -> None:
    large = body_of(event | {"padding": "x" * 300_000})
    assert post((large, {"Stripe-Signature": signed(large)}, {})) == 413
    assert Client().get("/webhooks/stripe/").status_code == 405
    assert ProviderEvent.objects.count() == 0


def less(sandbox: RunningSandbox, purchase: Purchase) -> None:
    sandbox.fault("wrong_amount", "pay", amount=-1)
    purchase.payer.pay()


def more(sandbox: RunningSandbox, purchase: Purchase) -> None:
    sandbox.fault("wrong_amount", "pay", amount=1)
    purchase.payer.pay()


def other_currency(sandbox: RunningSandbox, purchase: Purchase) -> None:
    purchase.payer.pay()
    for intent in sandbox.store.intents.values():
        intent["currency"] = "rub"


def other_order(sandbox: RunningSandbox, purchase: Purchase) -> None:
    purchase.payer.pay()
    for intent in sandbox.store.intents.values():
        intent["metadata"]["attempt_id"] = "01a21a8c-3a82-749f-9461-f83ae7b7f98f"


@pytest.mark.parametrize(
    ("pay", "kind", "suspense"),
    [
        (less, Incident.Kind.AMOUNT_MISMATCH, ("UZS", TOTAL.minor - 1)),
        (more, Incident.Kind.AMOUNT_MISMATCH, ("UZS", TOTAL.minor + 1)),
        (other_currency, Incident.Kind.AMOUNT_MISMATCH, ("RUB", TOTAL.minor)),
        (other_order, Incident.Kind.UNKNOWN_PAYMENT, ("UZS", 0)),
    ],
)
def test_true_word_of_other_money_pays_nothing_and_raises_an_incident(
    sandbox: RunningSandbox, pay: Any, kind: str, suspense: tuple[str, int]
) -> None:
    purchase = make_purchase()
    open_page(purchase)
    pay(sandbox, purchase)

    deliver(sandbox, "payment_intent.succeeded")

    assert purchase.payment.state != PaymentState.CAPTURED
    assert purchase.payment.captured_minor == 0
    assert [incident.kind for incident in Incident.objects.all()] == [kind]
    currency, held = suspense
    assert ledger.balance(ledger.suspense("stripe"), currency).minor == held
    assert_consistent()


SECRETS = ("signature", "expected", "digest", "mac")


def naive_compares(source: str) -> list[int]:
    """Return the lines where something secret is compared in a time that depends on it."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        and any(isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for op in node.ops)
        and any(
            isinstance(part, ast.Name) and part.id.rstrip("s") in SECRETS
            for part in [node.left, *node.comparators]
        )
    ]


def test_signatures_are_compared_in_constant_time_by_every_provider() -> None:
    sources = [path.read_text() for path in Path(providers.__file__).parent.glob("*_provider.py")]
    assert sources
    assert all("hmac.compare_digest(" in source for source in sources)
    assert [naive_compares(source) for source in sources] == [[]] * len(sources)
    assert naive_compares("if expected == given: pass\nif mac in signatures: pass") == [1, 2]

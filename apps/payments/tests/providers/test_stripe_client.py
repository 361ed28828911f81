"""The official SDK against the sandbox, and against Stripe's own mock where it is at hand."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import stripe

from apps.core.http_client import ProviderPermanent, ProviderRetryable, ProviderUnknown
from apps.core.money import Money
from apps.payments.providers import provider_of
from apps.payments.providers.base import RefundRequest, SessionRequest
from apps.payments.providers.stripe_provider import StripeProvider
from apps.payments.tests.world import now
from apps.payments.types import PaymentState, RefundState
from apps.sandbox.stripe.testing import Payer, RunningSandbox, forget_provider


def session_request(**changes: Any) -> SessionRequest:
    given: dict[str, Any] = {
        "attempt_id": uuid4(),
        "payment_id": uuid4(),
        "description": "Karvon order K-100001",
        "amount": Money(149_900_00, "UZS"),
        "payer_email": "buyer@people.example",
        "language": "uz",
        "success_url": "http://shop.test/back/",
        "cancel_url": "http://shop.test/back/",
        "expires_at": now() + timedelta(minutes=60),
    }
    return SessionRequest(**given | changes)


@pytest.fixture
def provider(sandbox: RunningSandbox) -> StripeProvider:
    found = provider_of("stripe")
    assert isinstance(found, StripeProvider)
    return found


def paid_intent(provider: StripeProvider, sandbox: RunningSandbox) -> str:
    session = provider.open_session(session_request())
    Payer(session.redirect_url).pay()
    return provider.read_session(session.session_id).intent_id


@pytest.mark.parametrize(
    ("amount", "unit_amount"),
    [
        (Money(149_900_00, "UZS"), 14_990_000),
        (Money(1500, "JPY"), 1500),
        (Money(1250, "KWD"), 1250),
    ],
)
def test_session_carries_exact_amount_and_our_ids(
    provider: StripeProvider, sandbox: RunningSandbox, amount: Money, unit_amount: int
) -> None:
    request = session_request(amount=amount)

    opened = provider.open_session(request)

    (session,) = sandbox.store.sessions.values()
    assert opened.session_id == session["id"]
    assert opened.redirect_url == session["url"]
    assert (session["amount_total"], session["currency"]) == (unit_amount, amount.currency.lower())
    assert session["client_reference_id"] == str(request.attempt_id)
    assert session["locale"] == "auto"
    report = provider.read_session(opened.session_id)
    assert (report.state, report.attempt_id) == (PaymentState.CREATED, request.attempt_id)
    assert report.amount == amount
    assert report.captured == Money.zero(amount.currency)


def test_paid_session_reads_as_captured(provider: StripeProvider, sandbox: RunningSandbox) -> None:
    request = session_request()
    opened = provider.open_session(request)

    Payer(opened.redirect_url).pay()

    report = provider.read_session(opened.session_id)
    assert report.state == PaymentState.CAPTURED
    assert report.captured == request.amount
    assert report.attempt_id == request.attempt_id
    assert provider.read_notified("payment_intent.succeeded", report.intent_id) is not None


def test_declined_session_reads_as_failed_with_its_code(
    provider: StripeProvider, sandbox: RunningSandbox
) -> None:
    opened = provider.open_session(session_request())

    Payer(opened.redirect_url).pay("4000000000009995")

    report = provider.read_session(opened.session_id)
    assert (report.state, report.failure_code) == (PaymentState.FAILED, "insufficient_funds")


def test_expiring_a_paid_session_reports_the_money(
    provider: StripeProvider, sandbox: RunningSandbox
) -> None:
    opened = provider.open_session(session_request())
    Payer(opened.redirect_url).pay()

    assert provider.expire_session(opened.session_id).state == PaymentState.CAPTURED


def test_expiring_an_open_session_cancels_it(
    provider: StripeProvider, sandbox: RunningSandbox
) -> None:
    opened = provider.open_session(session_request())

    assert provider.expire_session(opened.session_id).state == PaymentState.CANCELLED


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("error_before", ProviderUnknown),
        ("error_after", ProviderUnknown),
        ("timeout_before", ProviderUnknown),
        ("timeout_after", ProviderUnknown),
        ("html", ProviderUnknown),
        ("rate_limit", ProviderRetryable),
        ("conflict", ProviderRetryable),
    ],
)
def test_failures_are_sorted_into_three_kinds(
    provider: StripeProvider, sandbox: RunningSandbox, kind: str, failure: type[Exception]
) -> None:
    sandbox.fault(kind)

    with pytest.raises(failure):
        provider.open_session(session_request())


def test_answer_that_comes_too_late_is_unknown_and_repeats_to_one_session(
    sandbox: RunningSandbox, settings: Any
) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = 0.3
    forget_provider()
    provider = provider_of("stripe")
    sandbox.fault("timeout_after", seconds=1)
    request = session_request()

    with pytest.raises(ProviderUnknown):
        provider.open_session(request)
    opened = provider.open_session(request)

    assert list(sandbox.store.sessions) == [opened.session_id]


def test_wrong_key_is_retryable_because_nothing_happened(
    sandbox: RunningSandbox, settings: Any
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_live_wrong"
    forget_provider()

    with pytest.raises(ProviderRetryable):
        provider_of("stripe").open_session(session_request())
    assert sandbox.store.sessions == {}


def test_wrong_parameters_are_permanent(provider: StripeProvider, sandbox: RunningSandbox) -> None:
    with pytest.raises(ProviderPermanent):
        provider.open_session(session_request(expires_at=now()))


def test_refund_is_made_once_read_and_found(
    provider: StripeProvider, sandbox: RunningSandbox
) -> None:
    request = RefundRequest(uuid4(), paid_intent(provider, sandbox), Money(40_000_00, "UZS"))
    assert provider.find_refund(request) is None

    made = provider.refund(request)

    assert provider.refund(request) == made
    assert provider.read_refund(made.refund_id) == made
    assert provider.find_refund(request) == made
    assert (made.state, made.our_refund_id) == (RefundState.SUCCEEDED, request.refund_id)
    assert sandbox.refunded_minor() == 40_000_00


def test_refund_of_more_than_is_left_is_permanent(
    provider: StripeProvider, sandbox: RunningSandbox
) -> None:
    intent_id = paid_intent(provider, sandbox)
    provider.refund(RefundRequest(uuid4(), intent_id, Money(149_900_00, "UZS")))

    with pytest.raises(ProviderPermanent, match="charge_already_refunded"):
        provider.refund(RefundRequest(uuid4(), intent_id, Money(1_00, "UZS")))
    assert sandbox.refunded_minor() == 149_900_00


def test_breaker_opens_after_five_failures_and_sends_no_more(
    provider: StripeProvider, sandbox: RunningSandbox
) -> None:
    sandbox.fault("timeout_before", times=100)
    for _ in range(5):
        with pytest.raises(ProviderUnknown):
            provider.open_session(session_request())

    with pytest.raises(ProviderRetryable, match="breaker open"):
        provider.open_session(session_request())
    assert sandbox.faults.listed()[0]["times"] == 95


@pytest.fixture
def described(settings: Any) -> Iterator[StripeProvider]:
    """The client before Stripe's own mock, which checks each request against Stripe's OpenAPI."""
    if "STRIPE_MOCK_URL" not in os.environ:
        pytest.skip("STRIPE_MOCK_URL is not set: start Stripe's mock with bin/start-stripe-mock")
    settings.STRIPE_API_BASE = os.environ["STRIPE_MOCK_URL"]
    forget_provider()
    found = provider_of("stripe")
    assert isinstance(found, StripeProvider)
    yield found
    forget_provider()


def test_every_request_fits_stripe_s_own_description(described: StripeProvider) -> None:
    request = RefundRequest(uuid4(), "pi_1", Money(19_99, "USD"))

    assert described.open_session(session_request(amount=Money(19_99, "USD"))).session_id
    assert described.read_session("cs_1").session_id
    assert described.expire_session("cs_1").session_id
    assert described.refund(request).refund_id
    assert described.read_refund("re_1").refund_id
    assert described.find_refund(request) is None
    assert described.read_notified("payment_intent.succeeded", "pi_1") is not None


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/v1/refunds", {"payment_intent": "pi_1", "amount": "much"}),
        ("/v1/refunds", {"payment_intent": "pi_1", "sum": 1999}),
        ("/v1/checkout/sessions", {"mode": "gift"}),
    ],
)
def test_request_that_does_not_fit_is_refused_by_stripe_s_description(
    described: StripeProvider, path: str, given: dict[str, Any]
) -> None:
    """The control: the mock can say no."""
    with pytest.raises(stripe.InvalidRequestError):
        described._client.raw_request("post", path, **given)

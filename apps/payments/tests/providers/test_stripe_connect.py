"""Connect by the official SDK: against the sandbox, and against Stripe's own mock where it is at hand."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import stripe

from apps.core.http_client import ProviderPermanent, ProviderRetryable, ProviderUnknown
from apps.core.money import Money
from apps.payments.providers import provider_of
from apps.payments.providers.base import AccountCall, PayoutCall
from apps.payments.providers.stripe_provider import StripeProvider
from apps.payments.tests.providers.test_stripe_client import described  # noqa: F401  a fixture
from apps.payments.tests.world import now
from apps.payments.types_payouts import BankLabel, TransferOutcome
from apps.sandbox.stripe.testing import Payee, RunningSandbox

PAGE = "http://shop.test/en/account/"


@pytest.fixture
def provider(sandbox: RunningSandbox) -> Iterator[StripeProvider]:
    found = provider_of("stripe")
    assert isinstance(found, StripeProvider)
    yield found


def account_call(currency: str = "UZS") -> AccountCall:
    return AccountCall(our_id=uuid4(), payee_id=uuid4(), country="UZ", currency=currency)


def payout_call(account_id: str, **changes: Any) -> PayoutCall:
    given: dict[str, Any] = {
        "payout_id": uuid4(),
        "number": "PO-100001",
        "account_id": account_id,
        "amount": Money(400_000_00, "UZS"),
        "since": now(),
    }
    return PayoutCall(**given | changes)


def verified(provider: StripeProvider, currency: str = "UZS") -> str:
    account = provider.open_account(account_call(currency))
    Payee(provider.onboarding_link(account.account_id, PAGE).url).tell()
    return account.account_id


def sent(provider: StripeProvider, call: PayoutCall) -> PayoutCall:
    transfer = provider.transfer(call)
    return PayoutCall(
        call.payout_id,
        call.number,
        call.account_id,
        call.amount,
        call.since,
        transfer_id=transfer.transfer_id,
    )


def test_account_is_opened_once_and_read_with_its_bank(
    provider: StripeProvider, sandbox: RunningSandbox
) -> None:
    call = account_call()
    opened = provider.open_account(call)
    assert provider.open_account(call) == opened
    assert (opened.our_account_id, opened.can_pay_out, opened.bank) == (call.our_id, False, None)
    (at_stripe,) = sandbox.store.accounts.values()
    assert at_stripe["settings"] == {"payouts": {"schedule": {"interval": "manual"}}}

    Payee(provider.onboarding_link(opened.account_id, PAGE).url).tell()
    account = provider.read_account(opened.account_id)

    assert (account.can_pay_out, account.requirement) == (True, "")
    assert account.bank == BankLabel(
        reference=at_stripe["external_accounts"]["data"][0]["id"],
        holder="Test Holder",
        bank="STRIPE TEST BANK",
        last4="6789",
        currency="UZS",
    )


@pytest.mark.parametrize(
    ("amount", "minor"),
    [
        (Money(149_900_00, "UZS"), 14_990_000),
        (Money(1500, "JPY"), 1500),
        (Money(1250, "KWD"), 1250),
    ],
)
def test_exact_amount_goes_from_transfer_to_payout(
    provider: StripeProvider, sandbox: RunningSandbox, amount: Money, minor: int
) -> None:
    call = payout_call(verified(provider, amount.currency), amount=amount)
    assert (provider.find_transfer(call), provider.find_payout(call)) == (None, None)

    transfer, payout = provider.transfer(call), provider.pay_out(call)

    assert (transfer.amount, payout.amount) == (amount, amount)
    assert [row["amount"] for row in (*sandbox.transfers(), *sandbox.payouts())] == [minor, minor]
    assert transfer.our_payout_id == payout.our_payout_id == call.payout_id
    assert provider.find_transfer(call) == provider.transfer(call) == transfer
    assert provider.find_payout(call) == provider.pay_out(call) == payout
    assert provider.read_payout(payout.payout_id, call.account_id) == payout
    assert provider.read_transfer(transfer.transfer_id) == transfer


@pytest.mark.parametrize(
    ("status", "outcome", "code"),
    [
        ("pending", TransferOutcome.SENT, ""),
        ("in_transit", TransferOutcome.SENT, ""),
        ("paid", TransferOutcome.PAID, ""),
        ("failed", TransferOutcome.FAILED, "account_closed"),
        ("canceled", TransferOutcome.FAILED, "canceled"),
        ("of a later version", TransferOutcome.SENT, ""),
    ],
)
def test_status_of_a_payout_is_put_into_our_words(
    provider: StripeProvider,
    sandbox: RunningSandbox,
    status: str,
    outcome: TransferOutcome,
    code: str,
) -> None:
    call = sent(provider, payout_call(verified(provider)))
    made = provider.pay_out(call)
    sandbox.engine.connect.move_payout(sandbox.store.payouts[made.payout_id], status)

    report = provider.read_payout(made.payout_id, call.account_id)

    assert (report.outcome, report.failure_code) == (outcome, code)


@pytest.mark.parametrize(
    ("status", "requirement"),
    [
        ("new", ""),
        ("errored", "bank_refused"),
        ("verification_failed", "external_account.verification_failed"),
    ],
)
def test_bank_that_gets_nothing_more_makes_its_account_unusable(
    provider: StripeProvider,
    sandbox: RunningSandbox,
    status: str,
    requirement: str,
) -> None:
    account_id = verified(provider)
    at_stripe = sandbox.store.accounts[account_id]
    at_stripe["external_accounts"]["data"][0]["status"] = status

    report = provider.read_account(account_id)

    assert at_stripe["payouts_enabled"]
    assert (report.can_pay_out, report.requirement) == (not requirement, requirement)
    assert report.bank is not None


def test_reversal_takes_the_sum_back_once(
    provider: StripeProvider, sandbox: RunningSandbox
) -> None:
    call = sent(provider, payout_call(verified(provider)))
    assert provider.find_reversal(call) is None

    made = provider.reverse(call)

    assert made.amount == call.amount
    assert provider.reverse(call) == provider.find_reversal(call) == made
    assert provider.read_transfer(call.transfer_id).reversed == call.amount


def test_payout_is_found_beyond_the_first_page_and_on_its_account_alone(
    provider: StripeProvider, sandbox: RunningSandbox
) -> None:
    account_id, other_id = verified(provider), verified(provider)
    first = sent(provider, payout_call(account_id))
    made = provider.pay_out(first)
    (row,) = sandbox.payouts()
    for number in range(210):
        sandbox.store.payouts[f"po_{number}"] = row | {"id": f"po_{number}", "metadata": {}}

    assert provider.find_payout(first) == made
    assert provider.find_payout(payout_call(other_id, payout_id=first.payout_id)) is None
    with pytest.raises(ProviderPermanent):
        provider.read_payout(made.payout_id, other_id)


def test_payout_of_more_than_is_there_is_permanent(provider: StripeProvider) -> None:
    call = sent(provider, payout_call(verified(provider)))
    more = payout_call(call.account_id, amount=call.amount + Money(1, "UZS"))

    with pytest.raises(ProviderPermanent, match="balance_insufficient"):
        provider.pay_out(more)


def test_account_that_is_not_ours_is_retryable_because_nothing_happened(
    provider: StripeProvider,
) -> None:
    with pytest.raises(ProviderRetryable):
        provider.pay_out(payout_call("acct_foreign"))


@pytest.mark.parametrize("fault", ["timeout_after", "error_after", "timeout_before", "html"])
def test_lost_answers_are_unknown(
    provider: StripeProvider, sandbox: RunningSandbox, fault: str
) -> None:
    call = payout_call(verified(provider))
    sandbox.fault(fault, "POST /v1/transfers")

    with pytest.raises(ProviderUnknown):
        provider.transfer(call)


def test_fault_of_a_share_hits_about_that_share(sandbox: RunningSandbox) -> None:
    sandbox.fault("timeout_after", "x", times=10_000, percent=30)

    hit = sum(sandbox.faults.take(("timeout_after",), "x") is not None for _ in range(2_000))

    assert 520 <= hit <= 680


def test_every_request_fits_stripe_s_own_description(described: StripeProvider) -> None:  # noqa: F811  the fixture
    call = payout_call("acct_1", amount=Money(19_99, "USD"), transfer_id="tr_1")

    assert described.open_account(AccountCall(uuid4(), uuid4(), "US", "USD")).account_id
    assert described.onboarding_link("acct_1", PAGE).url
    assert described.read_account("acct_1").account_id
    assert described.transfer(call).transfer_id
    assert described.read_transfer("tr_1").transfer_id
    assert described.find_transfer(call) is None
    assert described.pay_out(call).payout_id
    assert described.read_payout("po_1", "acct_1").payout_id
    assert described.reverse(call).reversal_id
    assert described.find_reversal(call) is None
    assert described._payouts_since(call, 1_795_305_600, "").data
    assert described._payouts_since(call, 1_795_305_600, "po_1").data


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/v1/transfers", {"currency": "usd", "destination": "acct_1", "amount": "much"}),
        ("/v1/payouts", {"amount": 1, "currency": "usd", "sum": 1}),
        ("/v1/account_links", {"account": "acct_1", "type": "gift"}),
    ],
)
def test_request_that_does_not_fit_is_refused_by_stripe_s_description(
    described: StripeProvider,  # noqa: F811  the fixture
    path: str,
    given: dict[str, Any],
) -> None:
    """The control: the mock can say no."""
    with pytest.raises(stripe.InvalidRequestError):
        described._client.raw_request("post", path, **given)


def test_link_lives_a_quarter_of_an_hour(provider: StripeProvider, sandbox: RunningSandbox) -> None:
    link = provider.onboarding_link(provider.open_account(account_call()).account_id, PAGE)
    assert timedelta(minutes=14) < link.expires_at - now() < timedelta(minutes=16)
    sandbox.store.clock_shift = 16 * 60

    answer = Payee(link.url).open()

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?told=0")


def test_onboarding_page_is_shown_in_the_browser_s_language(
    provider: StripeProvider, sandbox: RunningSandbox
) -> None:
    import httpx

    link = provider.onboarding_link(provider.open_account(account_call()).account_id, PAGE)

    english = httpx.get(link.url)

    assert english.status_code == 200
    assert "Bank account for payouts" in english.text
    assert "000123456789" in english.text
    assert httpx.get(f"{sandbox.url}/connect/lnk_none").status_code == 404

"""Banks that refuse a payout for good: their account gets no other until its owner names another bank."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from apps.core.models import OutboxEvent
from apps.core.services.relay import deliver_all
from apps.payments.models import Payout, PayoutAccount
from apps.payments.services import payout_accounts
from apps.payments.services.payout_accounts import apply_account_report
from apps.payments.services.payouts import NoPayoutAccount
from apps.payments.tests.payouts import (
    DAY,
    NO_ACCOUNT,
    age,
    ask_payout,
    fresh,
    look_at,
    open_account,
    plain_account,
    ready_payee,
    rich_payee,
    send,
    settle,
    uzs,
)
from apps.payments.tests.world import assert_consistent
from apps.payments.types_payouts import (
    BANK_REFUSED,
    BankLabel,
    PayoutAccountState,
    PayoutState,
    ProviderAccount,
)
from apps.sandbox.stripe.testing import RunningSandbox

pytestmark = pytest.mark.django_db
S = PayoutAccountState


def refused_payout() -> Payout:
    """A payout that its bank sent back, and everybody has heard of it."""
    payee_id = ready_payee(bank=NO_ACCOUNT)
    return send(ask_payout(payee_id, uzs(400_000)))


def report_of(account: PayoutAccount, reference: str = "ba_1") -> ProviderAccount:
    """The provider finds nothing wrong with the account."""
    return ProviderAccount(
        account_id=account.provider_account_id,
        our_account_id=account.id,
        can_pay_out=True,
        bank=BankLabel(reference, "Test Holder", "TEST BANK", "4321", account.currency),
    )


def failed(account: PayoutAccount, code: str, sent_at: timedelta = timedelta(hours=1)) -> Payout:
    """A payout of the account that came back with a code, by the columns alone."""
    payout = ask_payout(account.payee_id, uzs(100_000))
    age(payout, failure_code=code, payout_called_at=DAY + sent_at)
    return fresh(payout)


def restricted_letters() -> int:
    return OutboxEvent.objects.filter(topic="payments.payout_account_restricted").count()


def test_bank_that_refuses_takes_its_account_out_of_use(sandbox: RunningSandbox) -> None:
    payout = settle(refused_payout(), sandbox)
    assert payout.state == PayoutState.FAILED

    deliver_all()
    deliver_all()

    account = payout.account
    account.refresh_from_db()
    assert (account.state, account.requirement) == (S.RESTRICTED, BANK_REFUSED)
    assert restricted_letters() == 1
    with pytest.raises(NoPayoutAccount):
        ask_payout(payout.payee_id, uzs(100_000))
    assert_consistent()


def test_provider_says_so_too_before_the_next_payout_leaves(sandbox: RunningSandbox) -> None:
    """The fact of the first has not arrived when the second is asked for."""
    payout = settle(refused_payout(), sandbox)
    later = DAY + timedelta(hours=1)

    second = send(ask_payout(payout.payee_id, uzs(100_000), now=later), now=later)

    assert (second.state, second.failure_code) == (PayoutState.FAILED, BANK_REFUSED)
    assert second.account.state == S.RESTRICTED
    assert len(sandbox.payouts()) == 1
    assert_consistent()


def test_another_account_takes_the_place_of_a_refused_one_and_waits(
    sandbox: RunningSandbox,
) -> None:
    payout = settle(refused_payout(), sandbox)
    deliver_all()

    new = open_account(payout.payee_id, now=DAY + timedelta(hours=2))

    old = PayoutAccount.objects.get(id=payout.account_id)
    assert (old.state, new.state) == (S.REPLACED, S.VERIFIED)
    assert new.usable_from == DAY + timedelta(hours=74)
    assert look_at(new).requirement == ""


def test_refused_bank_stays_refused_whatever_the_provider_says_of_it() -> None:
    account = plain_account(rich_payee(uzs(1_000_000)))
    payout = failed(account, "account_closed")
    payout_accounts.refuse_bank(payout_id=payout.id, now=DAY + timedelta(hours=2))

    at = DAY + timedelta(hours=3)
    apply_account_report(provider="stripe", report=report_of(account), now=at)
    account.refresh_from_db()
    assert (account.state, account.requirement) == (S.RESTRICTED, BANK_REFUSED)
    nothing_known = replace(report_of(account), bank=None)
    apply_account_report(provider="stripe", report=nothing_known, now=at)
    apply_account_report(provider="stripe", report=report_of(account), now=at)
    account.refresh_from_db()
    assert account.state == S.RESTRICTED

    apply_account_report(provider="stripe", report=report_of(account, "ba_2"), now=at)

    account.refresh_from_db()
    assert (account.state, account.requirement, account.last4) == (S.VERIFIED, "", "4321")
    assert account.usable_from == at + timedelta(hours=72)


@pytest.mark.parametrize("code", ["could_not_process", "insufficient_funds", "stopped", ""])
def test_failure_that_says_nothing_of_the_account_leaves_it_in_use(code: str) -> None:
    account = plain_account(rich_payee(uzs(1_000_000)))
    payout = failed(account, code)

    payout_accounts.refuse_bank(payout_id=payout.id, now=DAY)

    account.refresh_from_db()
    assert (account.state, account.requirement) == (S.VERIFIED, "")


def test_bank_that_was_changed_since_the_payout_left_is_not_blamed() -> None:
    account = plain_account(rich_payee(uzs(1_000_000)))
    payout = failed(account, "account_closed", sent_at=timedelta(hours=1))
    at = DAY + timedelta(hours=2)
    apply_account_report(provider="stripe", report=report_of(account, "ba_2"), now=at)

    payout_accounts.refuse_bank(payout_id=payout.id, now=at)

    account.refresh_from_db()
    assert account.state == S.VERIFIED


def test_account_that_was_replaced_since_is_left_alone(sandbox: RunningSandbox) -> None:
    payee_id = ready_payee()
    payout = failed(PayoutAccount.objects.get(payee_id=payee_id), "account_closed")
    open_account(payee_id, now=DAY + timedelta(hours=2))

    payout_accounts.refuse_bank(payout_id=payout.id, now=DAY + timedelta(hours=3))

    assert PayoutAccount.objects.get(id=payout.account_id).state == S.REPLACED
    assert restricted_letters() == 0


def test_refusal_of_no_payout_is_a_fault() -> None:
    with pytest.raises(Payout.DoesNotExist):
        payout_accounts.refuse_bank(payout_id=uuid4(), now=DAY)

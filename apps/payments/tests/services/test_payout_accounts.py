"""Accounts: opened on the provider's own page, one in use a currency, a new bank waits."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError

from apps.core.models import AuditEntry, OutboxEvent
from apps.core.viewer import SYSTEM
from apps.payments.models import PayoutAccount
from apps.payments.selectors_payouts import accounts_of_payee, current_account
from apps.payments.services import payout_accounts
from apps.payments.services.payout_accounts import AccountOrder
from apps.payments.tests.payouts import DAY, NO_ACCOUNT, PAGE, look_at, open_account
from apps.payments.types_payouts import PayoutAccountState
from apps.sandbox.stripe.testing import Payee, RunningSandbox

pytestmark = pytest.mark.django_db
S = PayoutAccountState


def begin(payee_id: object, currency: str = "UZS") -> PayoutAccount:
    order = AccountOrder(payee_id=payee_id, currency=currency, country="UZ", return_url=PAGE)
    return payout_accounts.open_account(order=order, actor=SYSTEM, now=DAY)


def call(account: PayoutAccount) -> PayoutAccount:
    payout_accounts.call_account(account_id=account.id, now=DAY)
    account.refresh_from_db()
    return account


def changes() -> int:
    return OutboxEvent.objects.filter(topic="payments.payout_account_changed").count()


def test_first_account_is_usable_as_soon_as_it_is_verified(sandbox: RunningSandbox) -> None:
    payee_id = uuid4()
    account = call(begin(payee_id))
    assert (account.state, account.last4) == (S.PENDING, "")
    assert account.link_url.startswith(f"{sandbox.url}/connect/")
    assert look_at(account).state == S.PENDING
    assert account.requirement == "requirements.past_due"

    answer = Payee(account.link_url).tell()
    account = look_at(account)

    assert answer.headers["Location"] == f"{PAGE}?told=1"
    assert (account.state, account.bank, account.last4) == (S.VERIFIED, "STRIPE TEST BANK", "6789")
    assert account.usable_from == account.verified_at == DAY
    assert (account.link_url, account.check_at, account.requirement) == ("", None, "")
    assert current_account(payee_id, "UZS") == account
    assert changes() == 1


def test_bank_s_number_reaches_nothing_of_ours(sandbox: RunningSandbox) -> None:
    account = open_account(uuid4())

    kept = [str(getattr(account, field.name)) for field in PayoutAccount._meta.concrete_fields]
    kept += [str(row) for row in OutboxEvent.objects.values_list("payload", flat=True)]
    kept += [str(row) for row in AuditEntry.objects.values_list("after", flat=True)]
    assert not [text for text in kept if "000123456789" in text]


def test_account_begun_twice_is_one_with_a_new_page(sandbox: RunningSandbox) -> None:
    payee_id = uuid4()
    first = call(begin(payee_id))
    page = first.link_url

    second = call(begin(payee_id))

    assert first == second
    assert second.link_url != page
    assert len(sandbox.store.accounts) == 1
    assert Payee(page).open().status_code == 200


def test_job_that_comes_twice_makes_one_account_and_one_page(sandbox: RunningSandbox) -> None:
    account = begin(uuid4())

    assert call(account).link_url == call(account).link_url
    assert len(sandbox.store.accounts) == len(sandbox.store.links) == 1


def test_lost_answer_makes_no_second_account(sandbox: RunningSandbox) -> None:
    account = begin(uuid4())
    sandbox.fault("timeout_after", "POST /v1/accounts")
    assert call(account).link_url == ""

    payout_accounts.check_due_accounts(now=DAY + timedelta(minutes=2))

    account.refresh_from_db()
    assert account.link_url
    assert len(sandbox.store.accounts) == 1


def test_account_that_the_provider_refuses_says_so(sandbox: RunningSandbox) -> None:
    account = begin(uuid4())
    PayoutAccount.objects.filter(id=account.id).update(country="x")

    account = call(account)

    assert account.requirement == "refused: country_unsupported"
    assert account.check_at is None


def test_change_takes_over_when_it_is_verified_and_waits_three_days(
    sandbox: RunningSandbox,
) -> None:
    payee_id = uuid4()
    old = open_account(payee_id)
    begun = call(begin(payee_id))
    old.refresh_from_db()
    assert old.is_usable(DAY)

    Payee(begun.link_url).tell(NO_ACCOUNT)
    new = look_at(begun, now=DAY + timedelta(hours=1))

    old.refresh_from_db()
    assert (old.state, old.replaced_at) == (S.REPLACED, DAY + timedelta(hours=1))
    assert new.usable_from == DAY + timedelta(hours=73)
    assert not new.is_usable(DAY + timedelta(hours=72))
    assert accounts_of_payee(payee_id) == [new]
    assert look_at(old).state == S.REPLACED
    assert changes() == 2


def test_second_currency_of_a_known_payee_waits_too(sandbox: RunningSandbox) -> None:
    payee_id = uuid4()
    open_account(payee_id)

    second = open_account(payee_id, currency="USD")

    assert second.usable_from == DAY + timedelta(hours=72)
    assert len(accounts_of_payee(payee_id)) == 2


def test_restricted_account_comes_back_without_a_wait_when_its_bank_is_the_same(
    sandbox: RunningSandbox,
) -> None:
    account = open_account(uuid4())
    at_stripe = sandbox.store.accounts[account.provider_account_id]
    sandbox.engine.connect.restrict(at_stripe)

    account = look_at(account, now=DAY + timedelta(hours=1))
    assert (account.state, account.is_usable(DAY)) == (S.RESTRICTED, False)
    assert account.restricted_at == DAY + timedelta(hours=1)
    sandbox.engine.connect._enable(at_stripe)
    account = look_at(account, now=DAY + timedelta(hours=2))

    assert (account.state, account.usable_from, account.restricted_at) == (S.VERIFIED, DAY, None)
    assert changes() == 1


def test_failed_checks_leave_the_account_pending(sandbox: RunningSandbox) -> None:
    account = call(begin(uuid4()))
    Payee(account.link_url).fail_the_checks()

    account = look_at(account)

    assert (account.state, account.requirement) == (
        S.PENDING,
        "requirements.pending_verification",
    )


def test_page_is_for_one_visit(sandbox: RunningSandbox) -> None:
    account = call(begin(uuid4()))
    Payee(account.link_url).tell()

    again = Payee(account.link_url).open()

    assert (again.status_code, again.headers["Location"]) == (303, f"{PAGE}?told=0")


def test_account_nobody_finishes_is_asked_about_less_often_and_then_no_more(
    sandbox: RunningSandbox,
) -> None:
    account = call(begin(uuid4()))
    account = look_at(account, now=DAY + timedelta(hours=10))
    assert account.check_at == DAY + timedelta(hours=11)

    assert look_at(account, now=DAY + timedelta(days=31)).check_at is None


@pytest.mark.parametrize(
    "values",
    [
        {"state": "VERIFIED"},
        {"state": "RESTRICTED"},
        {"state": "REPLACED"},
        {"replaced_at": DAY},
        {"provider_account_id": "acct_1", "payee_id": uuid4()},
    ],
)
def test_impossible_accounts_are_refused_by_the_database(
    sandbox: RunningSandbox, values: dict[str, object]
) -> None:
    from django.db.utils import ProgrammingError

    account = begin(uuid4())

    with pytest.raises((IntegrityError, ProgrammingError)):
        PayoutAccount.objects.filter(id=account.id).update(**values)


def test_replaced_account_stays_replaced(sandbox: RunningSandbox) -> None:
    payee_id = uuid4()
    old = open_account(payee_id)
    open_account(payee_id, bank=NO_ACCOUNT)

    with pytest.raises(IntegrityError):
        PayoutAccount.objects.filter(id=old.id).update(state="VERIFIED", replaced_at=None)

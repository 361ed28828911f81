"""Asking for a payout: what it takes, when it is refused, what staff may do with it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.core.errors import NotFound
from apps.core.models import AuditEntry
from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import JournalEntry, Payout
from apps.payments.selectors_payouts import on_their_way, payable_balance
from apps.payments.services import ledger, payouts
from apps.payments.tests.payouts import (
    DAY,
    NO_ACCOUNT,
    ask_payout,
    balances,
    fresh,
    open_account,
    order_of,
    ready_payee,
    rich_payee,
    send,
    uzs,
)
from apps.payments.tests.releases import postings_of
from apps.payments.tests.world import assert_consistent
from apps.payments.types_payouts import PayoutState
from apps.sandbox.stripe.testing import RunningSandbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sandbox")]


def test_request_takes_the_sum_off_the_balance_in_one_entry() -> None:
    payee_id = ready_payee()

    payout = ask_payout(payee_id, uzs(400_000))

    assert payout.number.startswith("PO-1")
    assert (payout.state, payout.amount) == (PayoutState.CREATED, uzs(400_000))
    assert balances(payee_id, payout) == (60_000_000, 40_000_000)
    assert postings_of("PAYOUT_REQUEST") == [
        ("SELLER_AVAILABLE", -40_000_000, "UZS"),
        ("PAYOUTS_IN_TRANSIT", 40_000_000, "UZS"),
    ]
    assert on_their_way(payee_id) == [uzs(400_000)]
    assert AuditEntry.objects.get(action="payments.payout_requested").target_id == str(payout.id)
    assert_consistent()


def test_request_without_a_sum_takes_all() -> None:
    payee_id = ready_payee(uzs(300_000), uzs(200_000))

    assert ask_payout(payee_id).amount == uzs(500_000)
    assert balances(payee_id)[0] == 0


def test_repeated_key_returns_the_first_payout_and_takes_nothing_more() -> None:
    payee_id = ready_payee()
    first = ask_payout(payee_id, uzs(400_000), "k")

    assert ask_payout(payee_id, uzs(400_000), "k") == first
    assert ask_payout(payee_id, None, "k") == first
    with pytest.raises(payouts.PayoutDiffers):
        ask_payout(payee_id, uzs(500_000), "k")
    with pytest.raises(payouts.PayoutDiffers):
        ask_payout(ready_payee(), uzs(400_000), "k")
    assert balances(payee_id, first) == (60_000_000, 40_000_000)


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        (uzs(1_000_001), payouts.PayoutExceedsBalance),
        (uzs(49_999), payouts.PayoutTooSmall),
        (Money(-100_000_00, "UZS"), payouts.PayoutTooSmall),
    ],
)
def test_sum_that_is_not_there_or_too_small_is_refused(
    amount: Money, refusal: type[Exception]
) -> None:
    payee_id = ready_payee()

    with pytest.raises(refusal):
        ask_payout(payee_id, amount)

    assert balances(payee_id)[0] == 100_000_000
    assert Payout.objects.count() == 0


def test_least_and_exact_sums_are_paid() -> None:
    payee_id = ready_payee()

    ask_payout(payee_id, uzs(50_000))
    ask_payout(payee_id, uzs(950_000))

    assert balances(payee_id)[0] == 0
    with pytest.raises(payouts.PayoutTooSmall):
        ask_payout(payee_id)


def test_nothing_is_paid_without_a_verified_account() -> None:
    payee_id = rich_payee(uzs(1_000_000))

    with pytest.raises(payouts.NoPayoutAccount):
        ask_payout(payee_id)


def test_changed_account_holds_payouts_for_three_days() -> None:
    payee_id = ready_payee()
    changed = open_account(payee_id, bank=NO_ACCOUNT, now=DAY)
    assert changed.usable_from == DAY + timedelta(hours=72)

    with pytest.raises(payouts.PayoutAccountOnHold):
        ask_payout(payee_id, now=DAY + timedelta(hours=72, seconds=-1))

    assert ask_payout(payee_id, now=DAY + timedelta(hours=72)).account == changed


def test_payee_who_owes_gets_nothing_until_it_is_covered() -> None:
    """The account of debts comes with refunds after a release; its sign is what counts here."""
    payee_id = ready_payee()
    debt = ledger.AccountRef("seller", str(payee_id), "SELLER_RECEIVABLE")
    other = ledger.own("FX")
    ledger.post(
        key="debt",
        kind="DEBT",
        reference_type="x",
        reference_id="x",
        postings=[(debt, -uzs(10)), (other, uzs(10))],
    )

    assert payable_balance(payee_id, "UZS") == uzs(0)
    with pytest.raises(payouts.PayeeOwes):
        ask_payout(payee_id)
    ledger.post(
        key="paid",
        kind="DEBT",
        reference_type="x",
        reference_id="x",
        postings=[(debt, uzs(10)), (other, -uzs(10))],
    )
    assert payable_balance(payee_id, "UZS") == uzs(1_000_000)


def test_large_payout_waits_for_staff(settings: Any) -> None:
    settings.PAYOUT_APPROVAL_OVER = {"UZS": 400_000_00}
    payee_id = ready_payee()

    assert ask_payout(payee_id, uzs(400_000)).state == PayoutState.CREATED
    held = ask_payout(payee_id, uzs(400_001))

    assert held.state == PayoutState.HELD
    assert held.check_at is None
    assert balances(payee_id, held) == (199_999_00, 400_001_00)
    assert_consistent()


def test_currency_that_no_setting_names_waits_for_staff(settings: Any) -> None:
    settings.PAYOUT_APPROVAL_OVER = {}

    assert ask_payout(ready_payee()).state == PayoutState.HELD


def test_stopped_payout_gives_the_sum_back(settings: Any) -> None:
    settings.PAYOUT_APPROVAL_OVER = {}
    payee_id = ready_payee()
    held = ask_payout(payee_id)

    payouts.stop_payout(payout_id=held.id, actor=SYSTEM, reason="Doubt", now=DAY)

    assert fresh(held).state == PayoutState.STOPPED
    assert balances(payee_id, held) == (100_000_000, 0)
    assert AuditEntry.objects.get(action="payments.payout_stopped").reason == "Doubt"
    with pytest.raises(payouts.PayoutNotHeld):
        payouts.approve_payout(payout_id=held.id, actor=SYSTEM, reason="", now=DAY)
    with pytest.raises(payouts.PayoutAlreadySent):
        payouts.stop_payout(payout_id=held.id, actor=SYSTEM, reason="", now=DAY)
    assert JournalEntry.objects.filter(kind="PAYOUT_RETURNED").count() == 1
    assert_consistent()


def test_payout_that_the_provider_was_asked_for_cannot_be_stopped(
    sandbox: RunningSandbox,
) -> None:
    payout = ask_payout(ready_payee())
    sandbox.fault("rate_limit", "POST /v1/transfers")
    payout = send(payout)
    assert payout.state == PayoutState.CREATED

    with pytest.raises(payouts.PayoutAlreadySent):
        payouts.stop_payout(payout_id=payout.id, actor=SYSTEM, reason="", now=DAY)


def test_unknown_payout_is_not_found() -> None:
    for use_case in (payouts.stop_payout, payouts.approve_payout):
        with pytest.raises(NotFound):
            use_case(payout_id=uuid4(), actor=SYSTEM, reason="", now=DAY)


def test_currencies_have_balances_of_their_own() -> None:
    payee_id = ready_payee()

    with pytest.raises(payouts.NoPayoutAccount):
        payouts.request_payout(order=order_of(payee_id, Money(10_00, "USD")), actor=SYSTEM, now=DAY)

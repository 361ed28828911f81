"""While a bank decides about a chargeback, what a seller may have to give back is not paid out."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from apps.core.money import Money
from apps.payments.models import Payout, PayoutSchedule
from apps.payments.rules_chargebacks import at_stake
from apps.payments.selectors import seller_balances
from apps.payments.selectors_chargebacks import contested_of
from apps.payments.selectors_payouts import payable_balance
from apps.payments.services import ledger, payouts
from apps.payments.services.payout_schedules import run_schedules
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.chargebacks import FRAUD, S, bear, given_back, lost, opened, told, won
from apps.payments.tests.chargebacks import apply as report
from apps.payments.tests.payouts import DAY, ask_payout, pay_in, plain_account, uzs
from apps.payments.tests.releases import HALF, NOW, paid_share, release, release_of, take_back
from apps.payments.tests.world import assert_consistent
from apps.payments.types import Share, Split
from apps.payments.types_payouts import PayoutOrigin

pytestmark = pytest.mark.django_db

# Of an order of 125,000 the seller has 90,000 (release_of); 200,000 of other orders lie beside it.
OWN, BESIDE = uzs(90_000), uzs(200_000)


@pytest.fixture
def share() -> Share:
    """An order of 125,000 whose 90,000 have become available, of a seller with another 200,000."""
    share = paid_share()
    release(release_of(share, available_at=NOW))
    pay_in(share.payee_id, BESIDE)
    plain_account(share.payee_id, now=NOW - timedelta(days=30))
    assert payable_balance(share.payee_id, "UZS") == OWN + BESIDE
    return share


def held(payee_id: UUID) -> Money:
    (balance,) = seller_balances(payee_id)
    return balance.on_hold


def test_sellers_part_of_an_open_chargeback_stays_and_the_rest_is_paid_out(share: Share) -> None:
    opened(share)

    assert (held(share.payee_id), payable_balance(share.payee_id, "UZS")) == (OWN, BESIDE)
    with pytest.raises(payouts.PayoutUnderChargeback) as refusal:
        ask_payout(share.payee_id, BESIDE + uzs(1))
    assert "200" in str(refusal.value)
    assert ask_payout(share.payee_id).amount == BESIDE
    with pytest.raises(payouts.PayoutUnderChargeback):
        ask_payout(share.payee_id)
    with pytest.raises(payouts.PayoutExceedsBalance):
        ask_payout(share.payee_id, OWN + uzs(1))
    assert_consistent()


def test_what_was_kept_pays_the_lost_chargeback_and_nothing_is_owed(share: Share) -> None:
    row = opened(share)
    ask_payout(share.payee_id)

    report(told(share, state=S.LOST))
    assert held(share.payee_id) == OWN  # until the order has borne it
    bear(row, {share.reference_id: release_of(share).split})

    (balance,) = seller_balances(share.payee_id)
    nothing = uzs(0)
    assert (balance.available, balance.owed, balance.on_hold) == (nothing, nothing, nothing)
    assert_consistent()


def test_without_the_hold_the_same_loss_is_owed(share: Share) -> None:
    """The control: the payout went out before the bank spoke."""
    ask_payout(share.payee_id)
    row = lost(share)

    bear(row, {share.reference_id: release_of(share).split})

    (balance,) = seller_balances(share.payee_id)
    assert (balance.available, balance.owed) == (uzs(0), OWN)


def test_won_chargeback_frees_the_sum_with_its_money(share: Share) -> None:
    opened(share)
    report(replace(told(share), state=S.WON))
    assert held(share.payee_id) == OWN  # the bank has not given it back yet

    report(given_back(told(share)))

    assert held(share.payee_id) == uzs(0)
    assert ask_payout(share.payee_id).amount == OWN + BESIDE


def test_what_the_marketplace_bears_and_what_takes_no_money_hold_nothing(share: Share) -> None:
    opened(share, reason=FRAUD)
    other = paid_share(payee_id=share.payee_id)
    release(release_of(other, available_at=NOW))
    make_due_available(now=NOW)
    opened(other, withdrawn=None)

    assert held(share.payee_id) == uzs(0)


def test_money_that_is_not_available_yet_is_held_when_it_comes(share: Share) -> None:
    other = paid_share(payee_id=share.payee_id)
    release(release_of(other))
    opened(other)
    assert held(share.payee_id) == uzs(0)

    make_due_available(now=NOW + timedelta(days=7))

    assert (held(share.payee_id), payable_balance(share.payee_id, "UZS")) == (OWN, OWN + BESIDE)


def test_part_of_an_order_holds_the_part_and_never_more_than_the_seller_has(share: Share) -> None:
    opened(share, uzs(60_000))
    assert held(share.payee_id) == uzs(60_000)

    won(share, uzs(60_000))
    take_back(share, uzs(50_000), taken_back=HALF)
    opened(share, uzs(75_000), chargeback_id="du_second")

    assert held(share.payee_id) == uzs(45_000)


@pytest.mark.parametrize(
    ("part", "seller", "payout", "stake"),
    [
        (Money(60_00, "USD"), Money(90_00, "USD"), Money(1_080_000_00, "UZS"), 720_000_00),
        (Money(1, "USD"), Money(3, "USD"), Money(10, "UZS"), 4),
        (Money(90_00, "USD"), Money(60_00, "USD"), Money(7, "UZS"), 7),
        (Money(90_00, "USD"), Money(0, "USD"), Money(0, "UZS"), 0),
    ],
)
def test_stake_is_in_the_payouts_currency_rounded_up(
    part: Money, seller: Money, payout: Money, stake: int
) -> None:
    none = Money.zero("USD")
    left = Split(none, none, none, none, seller, payout)

    assert at_stake(part, left) == Money(stake, "UZS")


def test_others_are_not_touched(share: Share) -> None:
    other = paid_share()
    release(release_of(other, available_at=NOW))
    make_due_available(now=NOW)
    opened(other)

    assert contested_of(share.payee_id) == {}
    assert contested_of(other.payee_id) == {"UZS": OWN}


def test_schedule_pays_what_may_be_paid(share: Share) -> None:
    PayoutSchedule.objects.create(
        payee_id=share.payee_id, currency="UZS", rhythm="DAILY", weekday=1, changed_at=NOW
    )
    opened(share)

    assert run_schedules(now=DAY + timedelta(days=1)) == 1

    (payout,) = Payout.objects.all()
    assert (payout.origin, payout.amount) == (PayoutOrigin.SCHEDULED, BESIDE)
    assert ledger.balance(ledger.seller_available(share.payee_id), "UZS") == OWN

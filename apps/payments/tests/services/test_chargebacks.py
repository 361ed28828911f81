"""Chargebacks by reports: each sum is booked once, whatever came in whatever order."""

from dataclasses import replace

import pytest

from apps.core.models import OutboxEvent
from apps.core.money import Money
from apps.payments.models import Chargeback, ChargebackPart, Refund
from apps.payments.services import ledger
from apps.payments.services.chargeback_losses import bear_chargeback
from apps.payments.services.deciding import decide_escrow
from apps.payments.services.refund_sending import settle_refund
from apps.payments.services.refunds import RefundOrder, RefundUnderChargeback, issue_refund
from apps.payments.services.releasing import EscrowChargedBack, make_due_available
from apps.payments.tests.chargebacks import (
    FEE,
    FRAUD,
    HUNDRED,
    S,
    apply,
    bear,
    claims,
    clearing,
    entries,
    lost,
    marketplace_losses,
    opened,
    payment_of,
    told,
    told_of,
    told_topics,
    won,
)
from apps.payments.tests.releases import (
    DUE,
    HALF,
    NOW,
    STAFF,
    TOTAL,
    all_to_seller,
    balances_of,
    escrow_of,
    paid_on_top,
    paid_share,
    paid_shares,
    postings_of,
    release,
    release_of,
    take_back,
)
from apps.payments.tests.world import assert_consistent
from apps.payments.types import RefundState

pytestmark = pytest.mark.django_db


def test_opened_chargeback_is_a_claim_and_its_fee_a_cost() -> None:
    share = paid_share()

    row = opened(share)

    assert postings_of("CHARGEBACK") == [
        ("PROVIDER_CLEARING", (TOTAL + FEE).minor, "UZS"),
        ("CHARGEBACKS_OPEN", -TOTAL.minor, "UZS"),
        ("CHARGEBACK_FEES", -FEE.minor, "UZS"),
    ]
    assert (row.state, row.bearer, row.is_frozen) == (S.NEEDS_RESPONSE, "SELLER", True)
    assert (claims(), escrow_of(share)) == (TOTAL.minor, TOTAL.minor)
    assert told_topics() == ["opened"]
    assert_consistent()


def test_escrow_of_an_open_chargeback_is_neither_released_nor_decided_nor_refunded() -> None:
    share = paid_share()
    opened(share)
    refund = RefundOrder("half", share.reference_id, HALF.total)

    with pytest.raises(EscrowChargedBack):
        release(release_of(share))
    with pytest.raises(EscrowChargedBack):
        decide_escrow(refund=refund, release=None, reason="X", actor=STAFF, now=NOW)
    with pytest.raises(RefundUnderChargeback):
        take_back(share, HALF.total)

    assert (escrow_of(share), Refund.objects.count()) == (TOTAL.minor, 0)


def test_every_order_of_the_payment_is_frozen_and_no_other() -> None:
    first, second = paid_shares(HUNDRED, HUNDRED)
    apart = paid_share()
    opened(first, Money(1_00, "UZS"))

    for share in (first, second):
        with pytest.raises(EscrowChargedBack):
            release(all_to_seller(share))
    release(release_of(apart))

    assert escrow_of(apart) == 0


def test_what_was_booked_before_is_returned_again_while_it_is_open() -> None:
    share, other = paid_shares(HUNDRED, HUNDRED)
    settlement = release(all_to_seller(share))
    refund = take_back(other, Money(1_00, "UZS"), key="once")
    opened(share)

    assert release(all_to_seller(share)) == settlement
    assert take_back(other, Money(1_00, "UZS"), key="once") == refund


def test_won_chargeback_brings_the_sum_back_but_not_the_fee() -> None:
    share = paid_share()
    opened(share)

    row = won(share)
    release(release_of(share))

    assert postings_of("CHARGEBACK_WON") == [
        ("PROVIDER_CLEARING", -TOTAL.minor, "UZS"),
        ("CHARGEBACKS_OPEN", TOTAL.minor, "UZS"),
    ]
    assert (row.state, row.is_frozen, row.settled_at) == (S.WON, False, NOW)
    assert (claims(), clearing(), marketplace_losses()) == (0, (TOTAL - FEE).minor, (FEE.minor, 0))
    assert told_topics() == ["opened", "settled"]
    assert_consistent()


def test_won_chargeback_whose_fee_comes_back_costs_nothing() -> None:
    share = paid_share()
    report = told(share, state=S.WON)
    assert report.withdrawn is not None
    row = apply(replace(report, reinstated=replace(report.withdrawn, fee=-FEE)))

    assert (row.fee_minor, marketplace_losses(), clearing()) == (0, (0, 0), TOTAL.minor)
    assert_consistent()


def test_won_chargeback_stays_frozen_until_the_money_is_back() -> None:
    share = paid_share()

    row = opened(share, state=S.WON)

    assert (row.state, row.is_frozen) == (S.WON, True)
    assert row.check_at is not None
    with pytest.raises(EscrowChargedBack):
        release(release_of(share))
    assert won(share).is_frozen is False


def test_lost_for_fraud_is_the_marketplace_s_and_the_seller_is_paid() -> None:
    share = paid_share()
    opened(share, reason=FRAUD)

    row = lost(share, reason=FRAUD)
    release(release_of(share))

    assert (row.bearer, row.settled_at) == ("MARKETPLACE", NOW)
    assert postings_of("CHARGEBACK_LOSS") == [
        ("CHARGEBACKS_OPEN", TOTAL.minor, "UZS"),
        ("CHARGEBACK_LOSS", -TOTAL.minor, "UZS"),
    ]
    assert (claims(), marketplace_losses()) == (0, (FEE.minor, TOTAL.minor))
    assert balances_of(share.payee_id) == (90_000_00, 0)
    assert Refund.objects.count() == 0
    assert_consistent()


def test_lost_for_the_seller_waits_frozen_for_who_knows_the_orders() -> None:
    share = paid_share()

    row = lost(share)

    assert (row.state, row.is_frozen, told_topics()) == (S.LOST, True, ["opened", "lost"])
    with pytest.raises(EscrowChargedBack):
        release(release_of(share))
    assert_consistent()


def test_lost_for_the_seller_is_taken_from_escrow() -> None:
    share = paid_share()

    row = bear(lost(share))

    assert postings_of("CHARGEBACK_LOST") == [
        ("ESCROW", -TOTAL.minor, "UZS"),
        ("CHARGEBACKS_OPEN", TOTAL.minor, "UZS"),
    ]
    refund = Refund.objects.get()
    assert (refund.state, refund.chargeback, refund.amount) == ("SUCCEEDED", row, TOTAL)
    assert (escrow_of(share), claims(), marketplace_losses()) == (0, 0, (FEE.minor, 0))
    assert told_topics() == ["opened", "lost", "settled"]
    assert not OutboxEvent.objects.filter(topic="payments.refund_requested").exists()
    assert_consistent()


@pytest.mark.parametrize(
    ("when", "paid_out", "balances", "owed"),
    [
        ("pending", 0, (45_000_00, 0), 0),
        ("available", 0, (0, 45_000_00), 0),
        ("available", 70_000_00, (0, 0), 25_000_00),
        ("available", 90_000_00, (0, 0), 45_000_00),
    ],
)
def test_lost_after_the_release_is_taken_from_where_the_money_is(
    when: str, paid_out: int, balances: tuple[int, int], owed: int
) -> None:
    share = paid_share()
    release(release_of(share))
    if when == "available":
        make_due_available(now=DUE)
    if paid_out:
        ledger.post(
            key="spent",
            kind="TEST",
            reference_type="test",
            reference_id=share.payee_id,
            postings=[
                (ledger.seller_available(share.payee_id), Money(-paid_out, "UZS")),
                (ledger.clearing("stripe"), Money(paid_out, "UZS")),
            ],
        )
    row = lost(share, HALF.total)

    bear(row, {share.reference_id: HALF})

    assert balances_of(share.payee_id) == balances
    receivable = ledger.balance(ledger.seller_receivable(share.payee_id), "UZS").minor
    assert (receivable, claims()) == (-owed, 0)
    assert Chargeback.objects.get().settled_at is not None


def test_borne_twice_is_borne_once() -> None:
    share = paid_share()
    row = lost(share)

    first, again = bear(row), bear(row)

    assert first.settled_at == again.settled_at
    assert (entries(), Refund.objects.count()) == (["CHARGEBACK", "CHARGEBACK_LOST"], 1)
    assert_consistent()


def test_order_that_cannot_bear_its_part_leaves_the_rest_to_the_marketplace() -> None:
    row = lost(paid_share())

    bear_chargeback(chargeback_id=row.id, borne=[], now=NOW)

    assert (claims(), marketplace_losses()) == (0, (FEE.minor, TOTAL.minor))
    assert_consistent()


def test_what_is_not_lost_or_not_the_sellers_is_not_borne() -> None:
    first, second = paid_share(), paid_share()

    for row in (opened(first), opened(second, reason=FRAUD)):
        with pytest.raises(ValueError, match="not the sellers' loss"):
            bear(row)

    assert entries() == ["CHARGEBACK"] * 2


def test_chargeback_of_two_orders_is_shared_by_what_is_left_of_each() -> None:
    first, second = paid_shares(HUNDRED, Money(50_000_00, "UZS"))
    take_back(first, Money(75_000_00, "UZS"))

    row = lost(first, Money(30_000_00, "UZS"))
    bear(row)

    assert list(
        ChargebackPart.objects.order_by("allocation").values_list("amount_minor", flat=True)
    ) == [
        10_000_00,
        20_000_00,
    ]
    assert (escrow_of(first), escrow_of(second)) == (15_000_00, 30_000_00)
    assert_consistent()


def test_what_was_refunded_before_and_is_taken_again_is_the_marketplace_s() -> None:
    """The payer has 40,000 twice: no seller is to blame."""
    share = paid_share()
    take_back(share, Money(40_000_00, "UZS"))

    bear(lost(share))

    assert escrow_of(share) == 0
    assert (claims(), marketplace_losses()) == (0, (FEE.minor, 40_000_00))
    assert_consistent()


def test_order_that_was_refunded_whole_leaves_all_of_it_to_the_marketplace_at_once() -> None:
    share = paid_share()
    take_back(share, TOTAL)

    row = lost(share)

    assert row.settled_at == NOW
    assert (claims(), marketplace_losses()) == (0, (FEE.minor, TOTAL.minor))
    assert told_topics() == ["opened", "settled"]
    assert_consistent()


# Refunds beside a chargeback


def test_refund_after_a_loss_of_the_marketplace_makes_that_good_and_asks_no_provider() -> None:
    share = paid_share()
    lost(share, reason=FRAUD)

    refund = take_back(share, TOTAL)

    assert postings_of("REFUND_REQUEST") == [
        ("ESCROW", -TOTAL.minor, "UZS"),
        ("CHARGEBACK_LOSS", TOTAL.minor, "UZS"),
    ]
    assert (refund.state, marketplace_losses()) == ("SUCCEEDED", (FEE.minor, 0))
    assert not OutboxEvent.objects.filter(topic="payments.refund_requested").exists()
    assert take_back(share, TOTAL) == refund
    assert_consistent()


def test_refund_beyond_what_the_bank_gave_goes_to_the_card() -> None:
    share = paid_share()
    lost(share, Money(25_000_00, "UZS"), reason=FRAUD)

    take_back(share, Money(60_000_00, "UZS"))

    found = {row.key: (row.amount_minor, row.state) for row in Refund.objects.all()}
    key = f"order:{share.reference_id}:refund"
    assert found == {key: (35_000_00, "CREATED"), f"{key}:part2": (25_000_00, "SUCCEEDED")}
    assert marketplace_losses() == (FEE.minor, 0)
    assert OutboxEvent.objects.filter(topic="payments.refund_requested").count() == 1
    assert_consistent()


def test_decision_after_a_loss_of_the_marketplace_gives_the_buyer_nothing_twice() -> None:
    share = paid_share()
    lost(share, reason=FRAUD)
    order = RefundOrder("decided", share.reference_id, HALF.total)
    given = release_of(share)
    rest = replace(given, split=given.split - HALF)

    decide_escrow(refund=order, release=rest, reason="X", actor=STAFF, now=NOW)

    assert marketplace_losses() == (FEE.minor, (TOTAL - HALF.total).minor)
    assert balances_of(share.payee_id) == (45_000_00, 0)
    assert Refund.objects.get().state == "SUCCEEDED"
    assert_consistent()


def test_refund_that_comes_back_after_the_bank_gave_all_is_not_given_again() -> None:
    share = paid_share()
    first = take_back(share, Money(40_000_00, "UZS"))
    bear(lost(share))

    settle_refund(refund_id=first.id, state=RefundState.FAILED, failure_code="x", now=NOW)
    again = take_back(share, Money(40_000_00, "UZS"), key="again")

    assert again.state == "SUCCEEDED"
    assert (escrow_of(share), marketplace_losses()) == (0, (FEE.minor, 0))
    assert_consistent()


def test_surcharge_may_go_back_while_the_order_s_first_payment_is_taken_back() -> None:
    share = paid_share()
    main = payment_of(share)
    on_top = paid_on_top(share, Money(15_000_00, "UZS"))
    apply(told_of(main))

    with pytest.raises(RefundUnderChargeback):
        take_back(share, on_top.amount)
    refund = issue_refund(
        key="surcharge",
        reference_id=share.reference_id,
        amount=on_top.amount,
        reason="TEST",
        actor=STAFF,
        now=NOW,
        payment_id=on_top.id,
    )

    assert refund.payment == on_top
    assert_consistent()

"""An order that two payments paid for: what goes back, is released, held and decided is one sum."""

import pytest

from apps.core.money import Money
from apps.payments.models import JournalEntry, Payment, Refund
from apps.payments.services import deciding, holds, ledger, refund_sending, refunds
from apps.payments.services.releasing import EscrowFrozen
from apps.payments.tests.releases import (
    NOW,
    STAFF,
    TOTAL,
    escrow_of,
    paid_on_top,
    paid_share,
    release,
    release_of,
    take_back,
)
from apps.payments.tests.world import assert_consistent
from apps.payments.types import RefundState, Share, Split

pytestmark = pytest.mark.django_db

TOP = Money(15_000_00, "UZS")


def uzs(major: int) -> Money:
    return Money(major * 100, "UZS")


@pytest.fixture
def share() -> Share:
    return paid_share()


@pytest.fixture
def top(share: Share) -> Payment:
    return paid_on_top(share, TOP)


def parts() -> list[tuple[str, int]]:
    rows = Refund.objects.order_by("key")
    return [(row.key.rpartition(":")[2], row.amount_minor // 100) for row in rows]


def waiting(payment: Payment) -> int:
    return ledger.balance(ledger.refunds_in_transit(payment.id), "UZS").minor // 100


def test_refund_takes_from_the_newest_payment_first_and_is_one_entry(
    share: Share, top: Payment
) -> None:
    first = take_back(share, uzs(40_000))
    again = take_back(share, uzs(40_000))

    base = Payment.objects.exclude(id=top.id).get()
    assert again == first
    assert parts() == [("refund", 15_000), ("part2", 25_000)]
    assert (waiting(top), waiting(base)) == (15_000, 25_000)
    assert escrow_of(share) == TOTAL.minor - 25_000_00
    assert JournalEntry.objects.filter(kind="REFUND_REQUEST").count() == 1
    with pytest.raises(refunds.RefundDiffers):
        take_back(share, uzs(15_000))
    assert_consistent()


def test_no_more_than_both_payments_goes_back(share: Share, top: Payment) -> None:
    with pytest.raises(refunds.RefundExceedsPayment):
        take_back(share, TOTAL + TOP + Money(1, "UZS"))
    take_back(share, TOTAL + TOP)

    assert escrow_of(share) == 0
    assert_consistent()


def test_named_payment_gives_back_before_newer_ones(share: Share, top: Payment) -> None:
    base = Payment.objects.exclude(id=top.id).get()
    refunds.issue_refund(
        key="r",
        reference_id=share.reference_id,
        amount=TOP,
        reason="TEST",
        actor=STAFF,
        now=NOW,
        payment_id=base.id,
    )

    assert (waiting(top), waiting(base)) == (0, 15_000)


def test_part_that_fails_comes_back_to_escrow_alone(share: Share, top: Payment) -> None:
    take_back(share, uzs(40_000))
    failed = Refund.objects.get(payment=top)

    refund_sending.settle_refund(
        refund_id=failed.id, state=RefundState.FAILED, failure_code="x", now=NOW
    )

    assert (waiting(top), escrow_of(share)) == (0, (TOTAL + TOP).minor - 25_000_00)
    assert_consistent()


def test_released_money_of_both_payments_is_taken_back_by_one_entry(
    share: Share, top: Payment
) -> None:
    whole = release_of(share, delivery=Money(35_714_28, "UZS"), delivery_vat=Money(4_285_72, "UZS"))
    release(whole)
    delivery = Split(
        uzs(0), uzs(0), Money(35_714_28, "UZS"), Money(4_285_72, "UZS"), uzs(0), uzs(0)
    )

    take_back(share, delivery.total, taken_back=delivery)

    assert parts() == [("refund", 15_000), ("part2", 25_000)]
    assert escrow_of(share) == 0
    assert_consistent()


def test_decision_splits_what_both_payments_brought(share: Share, top: Payment) -> None:
    order = refunds.RefundOrder(
        f"order:{share.reference_id}:refund", share.reference_id, uzs(40_000)
    )
    rest = release_of(share, seller=uzs(65_000), payout=uzs(65_000))

    deciding.decide_escrow(refund=order, release=rest, reason="TEST", actor=STAFF, now=NOW)

    assert parts() == [("refund", 15_000), ("part2", 25_000)]
    assert escrow_of(share) == 0
    assert_consistent()


def test_hold_stops_the_release_of_both(share: Share, top: Payment) -> None:
    holds.hold_escrow(reference_id=share.reference_id, actor=STAFF, reason="Doubt", now=NOW)

    with pytest.raises(EscrowFrozen):
        release(release_of(share))

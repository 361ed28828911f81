"""Refunds of released money: pending first, then available, then owed; what is owed is paid back first."""

from datetime import timedelta

import pytest

from apps.core.money import Money
from apps.payments.models import Refund, Reversal, Settlement
from apps.payments.selectors import entries_of_settlement, seller_balances
from apps.payments.services import ledger, refund_sending, refunds
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.releases import (
    DUE,
    HALF,
    NOW,
    STAFF,
    TOTAL,
    balances_of,
    escrow_of,
    paid_share,
    postings_of,
    release,
    release_of,
)
from apps.payments.tests.world import assert_consistent
from apps.payments.types import RefundState, Share, Split

pytestmark = pytest.mark.django_db


def uzs(major: str) -> Money:
    return Money.from_major(major, "UZS")


ALL = Split(
    uzs("8928.57"), uzs("1071.43"), uzs("22321.43"), uzs("2678.57"), uzs("90000"), uzs("90000")
)


def refund(
    share: Share, taken: Split | None, *, amount: Money | None = None, key: str = "r"
) -> Refund:
    return refunds.issue_refund(
        key=f"order:{share.reference_id}:{key}",
        reference_id=share.reference_id,
        amount=amount or (taken.total if taken else TOTAL),
        reason="TEST",
        actor=STAFF,
        now=NOW,
        taken_back=taken,
    )


def spend(share: Share, amount: Money) -> None:
    """Let the available money leave the seller's balance, as a payout does."""
    ledger.post(
        key=f"spent:{share.reference_id}",
        kind="TEST",
        reference_type="test",
        reference_id=share.payee_id,
        postings=[
            (ledger.seller_available(share.payee_id), -amount),
            (ledger.clearing("stripe"), amount),
        ],
    )


def owed(share: Share) -> int:
    return ledger.balance(ledger.seller_receivable(share.payee_id), "UZS").minor


def test_refund_of_pending_money_comes_off_the_pending_balance() -> None:
    share = paid_share()
    settlement = release(release_of(share))

    refund(share, HALF)

    assert postings_of("REFUND_REQUEST") == [
        ("COMMISSION", -446_428, "UZS"),
        ("VAT_PAYABLE", -53_572, "UZS"),
        ("SELLER_PENDING", -4_500_000, "UZS"),
        ("REFUNDS_IN_TRANSIT", 5_000_000, "UZS"),
    ]
    assert balances_of(share.payee_id) == (4_500_000, 0)
    assert Settlement.objects.get().left == settlement.split - HALF
    assert_consistent()


def test_what_was_taken_back_of_pending_money_never_becomes_available() -> None:
    share = paid_share()
    settlement = release(release_of(share))
    refund(share, HALF)

    make_due_available(now=DUE)

    assert balances_of(share.payee_id) == (0, 4_500_000)
    kinds = [entry.kind for entry in entries_of_settlement(settlement)]
    assert kinds == ["RELEASE", "REFUND_REQUEST", "AVAILABLE"]
    assert_consistent()


def test_money_taken_back_whole_while_pending_needs_no_entry_on_its_day() -> None:
    share = paid_share()
    release(release_of(share))
    refund(share, ALL)

    make_due_available(now=DUE)

    assert balances_of(share.payee_id) == (0, 0)
    assert postings_of("AVAILABLE") == []
    assert Settlement.objects.get().state == "AVAILABLE"
    assert_consistent()


def test_refund_of_available_money_comes_off_the_available_balance() -> None:
    share = paid_share()
    release(release_of(share))
    make_due_available(now=DUE)

    refund(share, ALL)

    assert balances_of(share.payee_id) == (0, 0)
    assert owed(share) == 0
    assert Reversal.objects.get().split == ALL
    assert_consistent()


def test_refund_of_money_that_is_gone_is_owed_by_the_seller() -> None:
    share = paid_share()
    release(release_of(share))
    make_due_available(now=DUE)
    spend(share, uzs("70000"))

    refund(share, HALF)

    assert balances_of(share.payee_id) == (0, 0)
    assert owed(share) == -2_500_000
    assert Reversal.objects.get().owed == uzs("25000")
    (balance,) = seller_balances(share.payee_id)
    assert (balance.available, balance.owed) == (uzs("0"), uzs("25000"))


def test_what_is_owed_is_kept_back_of_what_becomes_available_next() -> None:
    share = paid_share()
    release(release_of(share))
    make_due_available(now=DUE)
    spend(share, uzs("90000"))
    refund(share, ALL)
    assert owed(share) == -9_000_000
    small = paid_share(uzs("50000"), payee_id=share.payee_id)
    nothing = uzs("0")
    release(
        release_of(
            small,
            commission=nothing,
            commission_vat=nothing,
            delivery=nothing,
            delivery_vat=nothing,
            seller=uzs("50000"),
            payout=uzs("50000"),
        )
    )
    release(release_of(paid_share(payee_id=share.payee_id), available_at=DUE + timedelta(days=1)))

    make_due_available(now=DUE)
    assert (balances_of(share.payee_id), owed(share)) == ((9_000_000, 0), -4_000_000)

    make_due_available(now=DUE + timedelta(days=1))
    assert (balances_of(share.payee_id), owed(share)) == ((0, 5_000_000), 0)


def test_seller_in_another_currency_gives_back_its_own() -> None:
    share = paid_share()
    release(release_of(share, payout=Money(600_00, "RUB")))

    refund(
        share,
        Split(*HALF.amounts[:5], Money(300_00, "RUB")),
    )

    assert postings_of("REFUND_REQUEST") == [
        ("COMMISSION", -446_428, "UZS"),
        ("VAT_PAYABLE", -53_572, "UZS"),
        ("FX", 30_000, "RUB"),
        ("FX", -4_500_000, "UZS"),
        ("SELLER_PENDING", -30_000, "RUB"),
        ("REFUNDS_IN_TRANSIT", 5_000_000, "UZS"),
    ]
    assert balances_of(share.payee_id, "RUB") == (30_000, 0)
    assert_consistent()


def test_repeated_key_takes_back_once() -> None:
    share = paid_share()
    release(release_of(share))

    first, again = refund(share, HALF), refund(share, HALF)

    assert first == again
    assert Reversal.objects.count() == 1
    assert_consistent()


@pytest.mark.parametrize(
    ("taken", "amount", "refusal"),
    [
        (None, uzs("1"), refunds.RefundExceedsEscrow),
        (HALF, uzs("50001"), refunds.RefundExceedsEscrow),
        (HALF, uzs("49999"), refunds.RefundExceedsEscrow),
        (
            Split(uzs("0"), uzs("0"), uzs("0"), uzs("0"), uzs("90001"), uzs("90001")),
            uzs("90001"),
            refunds.ReversalExceedsSettlement,
        ),
    ],
)
def test_refund_that_its_parts_do_not_make_up_for_is_refused(
    taken: Split | None, amount: Money, refusal: type[Exception]
) -> None:
    share = paid_share()
    release(release_of(share))

    with pytest.raises(refusal):
        refund(share, taken, amount=amount)

    assert balances_of(share.payee_id) == (9_000_000, 0)
    assert not Reversal.objects.exists()
    assert_consistent()


def test_taking_back_what_was_not_released_is_refused() -> None:
    share = paid_share()

    with pytest.raises(refunds.ReversalExceedsSettlement):
        refund(share, HALF)

    assert escrow_of(share) == TOTAL.minor


def test_refund_that_fails_comes_back_to_escrow_and_goes_out_of_it_first() -> None:
    share = paid_share()
    release(release_of(share))
    failed = refund(share, HALF)
    refund_sending.settle_refund(
        refund_id=failed.id, state=RefundState.FAILED, failure_code="expired", now=NOW
    )
    assert escrow_of(share) == 5_000_000
    assert_consistent()

    refund(share, None, amount=uzs("50000"), key="again")

    assert escrow_of(share) == 0
    assert balances_of(share.payee_id) == (4_500_000, 0)
    assert_consistent()

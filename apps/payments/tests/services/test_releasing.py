"""Releasing escrow: once, whole, balanced; refused when frozen or when the parts are not the escrow."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from apps.core.models import AuditEntry, OutboxEvent
from apps.core.money import Money
from apps.payments import tasks
from apps.payments.models import EscrowHold, JournalEntry, Settlement
from apps.payments.services import ledger, refund_sending, refunds, releasing
from apps.payments.services.holds import hold_escrow, lift_hold
from apps.payments.tests.releases import (
    DUE,
    NOW,
    STAFF,
    TOTAL,
    all_to_seller,
    balances_of,
    escrow_of,
    paid_share,
    paid_shares,
    postings_of,
    release,
    release_of,
    take_back,
)
from apps.payments.tests.world import assert_consistent
from apps.payments.types import RefundState, Share

pytestmark = pytest.mark.django_db
SPLIT = [
    ("ESCROW", -12_500_000, "UZS"),
    ("COMMISSION", 892_857, "UZS"),
    ("DELIVERY", 2_232_143, "UZS"),
    ("VAT_PAYABLE", 375_000, "UZS"),
    ("SELLER_PENDING", 9_000_000, "UZS"),
]


def uzs(minor: int) -> Money:
    return Money(minor, "UZS")


def assert_not_released(share: Share) -> None:
    assert escrow_of(share) == share.amount.minor
    assert balances_of(share.payee_id) == (0, 0)
    assert not Settlement.objects.exists()
    assert postings_of("RELEASE") == []


def test_release_splits_the_whole_escrow_in_one_entry() -> None:
    share = paid_share()

    settlement = release(release_of(share))

    assert postings_of("RELEASE") == SPLIT
    assert escrow_of(share) == 0
    assert balances_of(share.payee_id) == (9_000_000, 0)
    settlement.refresh_from_db()
    assert (settlement.state, settlement.total, settlement.payout) == (
        "PENDING",
        TOTAL,
        uzs(9_000_000),
    )
    assert (settlement.released_at, settlement.available_at) == (NOW, DUE)
    assert_consistent()


def test_release_leaves_an_audit_entry_and_tells_the_house() -> None:
    share = paid_share()

    settlement = release(release_of(share))

    entry = AuditEntry.objects.get(action="payments.escrow_released")
    assert (entry.actor_id, entry.target_id) == (STAFF.user_id, str(settlement.id))
    assert entry.after["total_minor"] == TOTAL.minor
    event = OutboxEvent.objects.get(topic="payments.escrow_released")
    assert event.payload == {
        "reference_id": str(share.reference_id),
        "payee_id": str(share.payee_id),
        "payout": {"minor": 9_000_000, "currency": "UZS"},
    }


def test_release_repeated_is_the_first_one() -> None:
    share = paid_share()
    first = release(release_of(share))

    again = release(release_of(share, available_at=DUE + timedelta(days=1)))

    assert again.id == first.id
    assert again.available_at == DUE
    assert postings_of("RELEASE") == SPLIT
    assert OutboxEvent.objects.filter(topic="payments.escrow_released").count() == 1


def test_release_repeated_in_other_parts_is_refused() -> None:
    share = paid_share()
    release(release_of(share))

    with pytest.raises(releasing.ReleaseDiffers):
        release(all_to_seller(share))

    assert postings_of("RELEASE") == SPLIT


@pytest.mark.parametrize("difference", [-1, 1])
def test_release_of_other_than_the_escrow_is_refused(difference: int) -> None:
    share = paid_share()
    seller = uzs(90_000_00 + difference)

    with pytest.raises(releasing.EscrowDiffers):
        release(release_of(share, seller=seller, payout=seller))

    assert_not_released(share)


def test_release_in_another_currency_is_refused() -> None:
    share = paid_share()
    other = Share(share.reference_id, share.payee_id, Money(TOTAL.minor, "RUB"))

    with pytest.raises(releasing.EscrowDiffers):
        release(all_to_seller(other))

    assert_not_released(share)


def test_release_of_an_empty_escrow_is_refused() -> None:
    share = paid_share()
    take_back(share, TOTAL)
    empty = Share(share.reference_id, share.payee_id, uzs(0))

    with pytest.raises(releasing.EscrowDiffers):
        release(all_to_seller(empty))

    assert not Settlement.objects.exists()
    assert_consistent()


def test_release_to_another_payee_finds_nothing() -> None:
    first, second = paid_shares(TOTAL, TOTAL)
    stranger = Share(first.reference_id, second.payee_id, first.amount)

    with pytest.raises(LookupError):
        release(all_to_seller(stranger))

    assert_not_released(first)


def test_release_of_one_order_leaves_the_other_of_the_payment_in_escrow() -> None:
    first, second = paid_shares(TOTAL, uzs(49_900_00))

    release(release_of(first))

    assert (escrow_of(first), escrow_of(second)) == (0, 4_990_000)
    assert balances_of(second.payee_id) == (0, 0)
    assert_consistent()


def test_release_on_hold_is_refused_until_the_hold_is_lifted() -> None:
    share = paid_share()
    hold = hold_escrow(reference_id=share.reference_id, actor=STAFF, reason="Doubt", now=NOW)

    with pytest.raises(releasing.EscrowFrozen):
        release(release_of(share))
    assert_not_released(share)
    lift_hold(hold_id=hold.id, actor=STAFF, reason="Clear", now=NOW)
    release(release_of(share))

    assert escrow_of(share) == 0
    assert EscrowHold.objects.get().lifted_at == NOW


def test_release_whose_day_is_past_is_available_from_now() -> None:
    share = paid_share()

    settlement = release(release_of(share, available_at=NOW - timedelta(days=1)))

    assert settlement.available_at == NOW


def test_refund_after_release_is_refused_in_its_own_words() -> None:
    share = paid_share()
    release(release_of(share))

    with pytest.raises(refunds.RefundExceedsEscrow, match="was divided") as refused:
        take_back(share, uzs(1))

    assert isinstance(refused.value, refunds.RefundExceedsPayment)
    assert postings_of("REFUND_REQUEST") == []
    assert_consistent()


def test_refund_that_fails_after_release_comes_back_to_escrow_and_can_be_asked_again() -> None:
    share = paid_share()
    made = take_back(share, uzs(25_000_00))
    seller = uzs(100_000_00)
    rest = Share(share.reference_id, share.payee_id, seller)
    release(all_to_seller(rest))

    refund_sending.settle_refund(
        refund_id=made.id, state=RefundState.FAILED, failure_code="x", now=NOW
    )
    assert escrow_of(share) == 25_000_00
    assert_consistent()
    with pytest.raises(refunds.RefundExceedsEscrow):
        take_back(share, uzs(25_000_01), key="more")
    take_back(share, uzs(25_000_00), key="again")

    assert escrow_of(share) == 0
    assert balances_of(share.payee_id) == (seller.minor, 0)
    assert_consistent()


def test_payout_becomes_available_on_its_day_and_not_before() -> None:
    payee = uuid4()
    early, late = (paid_share(payee_id=payee) for _ in range(2))
    release(release_of(early))
    release(release_of(late, available_at=DUE + timedelta(days=1)))

    assert releasing.make_due_available(now=DUE - timedelta(microseconds=1)) == 0
    assert balances_of(payee) == (18_000_000, 0)
    assert releasing.make_due_available(now=DUE) == 1
    assert releasing.make_due_available(now=DUE) == 0

    assert balances_of(payee) == (9_000_000, 9_000_000)
    settlement = Settlement.objects.get(reference_id=early.reference_id)
    assert (settlement.state, settlement.made_available_at) == ("AVAILABLE", DUE)
    entry = JournalEntry.objects.get(key=f"settlement:{settlement.id}:available")
    assert (entry.kind, entry.reference_id) == ("AVAILABLE", str(early.reference_id))
    assert postings_of("AVAILABLE") == [
        ("SELLER_PENDING", -9_000_000, "UZS"),
        ("SELLER_AVAILABLE", 9_000_000, "UZS"),
    ]
    assert AuditEntry.objects.get(action="payments.payout_available").actor_label == "system"
    assert_consistent()


def test_settlement_of_fees_alone_becomes_available_without_an_entry() -> None:
    share = paid_share(uzs(25_000_00))
    nothing = uzs(0)
    fees = release_of(
        share, commission=nothing, commission_vat=nothing, seller=nothing, payout=nothing
    )
    release(fees)

    assert releasing.make_due_available(now=DUE) == 1

    assert Settlement.objects.get().state == "AVAILABLE"
    assert postings_of("AVAILABLE") == []
    assert_consistent()


def test_one_settlement_that_cannot_be_moved_does_not_stop_the_others() -> None:
    first, second = paid_shares(TOTAL, TOTAL)
    bad = release(release_of(first))
    release(release_of(second, available_at=DUE + timedelta(hours=1)))
    ledger.post(
        key="taken",
        kind="TEST",
        reference_type="test",
        reference_id="taken",
        postings=[
            (ledger.seller_pending(first.payee_id), uzs(-1)),
            (ledger.suspense("stripe"), uzs(1)),
        ],
    )

    assert releasing.make_due_available(now=DUE + timedelta(hours=1)) == 1

    assert balances_of(first.payee_id) == (8_999_999, 0)
    assert balances_of(second.payee_id) == (0, 9_000_000)
    bad.refresh_from_db()
    assert (bad.state, bad.made_available_at) == ("PENDING", None)


def test_timer_moves_what_is_due() -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    release(release_of(paid_share(), available_at=long_ago), now=long_ago)

    tasks.make_due_available()

    assert Settlement.objects.get().state == "AVAILABLE"

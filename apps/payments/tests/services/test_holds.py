"""Holds: placed once, lifted once, and only on money that is here."""

from uuid import uuid4

import pytest

from apps.core.errors import NotFound
from apps.core.models import AuditEntry
from apps.payments.models import EscrowHold
from apps.payments.services import holds
from apps.payments.tests.releases import NOW, STAFF, TOTAL, escrow_of, paid_share, take_back
from apps.payments.tests.world import assert_consistent, make_purchase, start
from apps.payments.types import Share

pytestmark = pytest.mark.django_db


def hold(share: Share, reason: str = "Doubt") -> EscrowHold:
    return holds.hold_escrow(reference_id=share.reference_id, actor=STAFF, reason=reason, now=NOW)


def lift(hold_id: int) -> EscrowHold:
    return holds.lift_hold(hold_id=hold_id, actor=STAFF, reason="Clear", now=NOW)


def test_hold_placed_again_is_the_one_that_is_on() -> None:
    share = paid_share()

    first, again = hold(share), hold(share, reason="Another")

    assert first.id == again.id
    assert (first.reason, EscrowHold.objects.count()) == ("Doubt", 1)
    assert AuditEntry.objects.filter(action="payments.escrow_held").count() == 1


def test_hold_after_a_lifted_one_is_a_new_one() -> None:
    share = paid_share()
    lift(hold(share).id)

    second = hold(share)

    assert EscrowHold.objects.count() == 2
    assert second.lifted_at is None


def test_hold_lifted_twice_is_refused() -> None:
    placed = hold(paid_share())
    lift(placed.id)

    with pytest.raises(holds.HoldLifted):
        lift(placed.id)

    assert AuditEntry.objects.filter(action="payments.hold_lifted").count() == 1


def test_hold_on_what_nobody_paid_finds_nothing() -> None:
    purchase = make_purchase()
    start(purchase)

    for reference_id in (uuid4(), purchase.payees[0]):
        with pytest.raises(NotFound):
            holds.hold_escrow(reference_id=reference_id, actor=STAFF, reason="x", now=NOW)
    with pytest.raises(NotFound):
        lift(12345)

    assert purchase.payment.captured_at is None
    assert not EscrowHold.objects.exists()


def test_refund_out_of_held_escrow_stays_possible() -> None:
    share = paid_share()
    hold(share)

    take_back(share, TOTAL)

    assert escrow_of(share) == 0
    assert_consistent()

"""Disputes: who may say what, the frozen escrow, the decision as one posting."""

import pytest

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import ANONYMOUS, SYSTEM, Viewer, viewer_of
from apps.orders.models import Dispute, DisputeMessage
from apps.orders.selectors_cases import CaseOpen
from apps.orders.services import arbitrating, disputing, settling
from apps.orders.services.disputing import (
    AmountNotPossible,
    DisputeMoveNotAllowed,
    DisputeNotPossible,
)
from apps.orders.services.mediating import ArbiterIsASide
from apps.orders.services.refunding import refund_goodwill
from apps.orders.services.returning import ReasonMissing
from apps.orders.tests.cases.world import accept, after, arrived, ask, dispute, receive, refunds
from apps.orders.tests.services.fulfilling import delivered_order, fresh, member, owner
from apps.orders.tests.services.world import now
from apps.orders.types_returns import DisputeReason, DisputeState, Side, Words
from apps.payments.models import Incident, JournalEntry, Refund, Settlement
from apps.payments.selectors import escrow_balance, is_held
from apps.payments.services.holds import hold_escrow
from apps.payments.services.refund_sending import settle_refund
from apps.payments.services.releasing import EscrowFrozen
from apps.payments.types import RefundState
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def arbiter() -> Viewer:
    from apps.backoffice.tests.world import staff

    return viewer_of(staff("arbiter@staff.example", "orders.decide_dispute"))


def decide(
    case: Dispute, minor: int, actor: Viewer | None = None, text: str = "Half each."
) -> Dispute:
    found = arbitrating.decide_dispute(
        dispute_id=case.id,
        refund=Money(minor, case.currency),
        text=text,
        actor=actor or arbiter(),
        now=now(),
    )
    deliver_all()
    return found


def test_opening_freezes_the_escrow(world: World) -> None:
    order = delivered_order(world)
    case = dispute(world, order)

    assert case.state == DisputeState.OPEN
    assert is_held(order.id)
    with pytest.raises(CaseOpen):
        receive(world, order)
    assert settling.release_due(now=after(order.release_due_at)) == 0
    assert violations() == []


def test_withdrawal_lifts_the_hold(world: World) -> None:
    order = delivered_order(world)
    case = dispute(world, order)

    disputing.withdraw_dispute(dispute_id=case.id, actor=world.viewer(), now=now())

    assert not is_held(order.id)
    receive(world, order)
    assert fresh(order).released_at is not None
    assert violations() == []


def test_decision_is_one_posting_for_both_sides(world: World) -> None:
    """125,000 held, 50,000 to the buyer: docs/returns.md, case 5."""
    order = delivered_order(world)
    case = decide(dispute(world, order), 50_000_00)

    assert (case.state, case.refund) == (DisputeState.DECIDED, Money(50_000_00, "UZS"))
    entry = JournalEntry.objects.get(kind="DECISION")
    booked = {
        row.account.kind: row.amount_minor for row in entry.postings.select_related("account")
    }
    assert booked == {
        "ESCROW": -125_000_00,
        "REFUNDS_IN_TRANSIT": 50_000_00,
        "COMMISSION": 4_464_29,
        "VAT_PAYABLE": 535_71 + 2_678_57,
        "DELIVERY": 22_321_43,
        "SELLER_PENDING": 45_000_00,
    }
    assert Settlement.objects.get().payout == Money(45_000_00, "UZS")
    found = fresh(order)
    assert found.released_at is not None
    assert found.release_due_at is None
    assert not is_held(order.id)
    assert violations() == []


@pytest.mark.parametrize(("minor", "settlements"), [(0, 1), (125_000_00, 0)])
def test_decision_for_one_side_books_one_part(world: World, minor: int, settlements: int) -> None:
    order = delivered_order(world)
    decide(dispute(world, order), minor)

    assert refunds(order) == ([minor] if minor else [])
    assert Settlement.objects.count() == settlements
    assert not escrow_balance(order.id, "UZS")
    assert violations() == []


def test_decision_where_staff_have_given_all_back_meanwhile_ends_the_dispute(world: World) -> None:
    order = delivered_order(world)
    case = dispute(world, order)
    refund_goodwill(
        order_id=order.id,
        amount=Money(125_000_00, "UZS"),
        key="all",
        actor=SYSTEM,
        now=now(),
        why="Scratched",
    )

    found = decide(case, 0)

    assert (found.state, found.refund) == (DisputeState.DECIDED, Money(0, "UZS"))
    assert refunds(order) == [125_000_00]
    assert Settlement.objects.count() == 0
    assert not is_held(order.id)
    assert violations() == []


def test_decision_whose_refund_fails_leaves_the_money_in_escrow_for_a_person(world: World) -> None:
    order = delivered_order(world)
    decide(dispute(world, order), 125_000_00)

    settle_refund(
        refund_id=Refund.objects.get().id, state=RefundState.FAILED, failure_code="x", now=now()
    )
    deliver_all()

    assert escrow_balance(order.id, "UZS") == Money(125_000_00, "UZS")
    assert Incident.objects.get().kind == "REFUND_FAILED"
    assert violations() == []


def test_decision_of_a_seller_in_roubles_pays_in_roubles(world: World) -> None:
    from apps.orders.services import fulfilment
    from apps.orders.tests.services.fulfilling import arrive, paid_orders, ship

    order = paid_orders(world, offers=(2,))[0]
    fulfilment.confirm_order(order_id=order.id, actor=owner(2), now=now())
    arrive(ship(order, actor=owner(2)))

    decide(dispute(world, fresh(order), 1_000_00), order.items_minor // 2)

    settlement = Settlement.objects.get()
    assert settlement.payout == Money(445_50, "RUB")
    assert violations() == []


def test_decision_pressed_twice_books_once_and_another_is_refused(world: World) -> None:
    order = delivered_order(world)
    case = dispute(world, order)
    judge = arbiter()
    decide(case, 50_000_00, judge)

    assert decide(case, 50_000_00, judge).state == DisputeState.DECIDED
    with pytest.raises(DisputeMoveNotAllowed):
        decide(case, 60_000_00, judge)
    assert refunds(order) == [50_000_00]


@pytest.mark.parametrize("minor", [-1, 125_000_01])
def test_decision_beyond_what_is_held_is_refused(world: World, minor: int) -> None:
    case = dispute(world, delivered_order(world))

    with pytest.raises(AmountNotPossible):
        decide(case, minor)
    case.refresh_from_db()
    assert case.state == DisputeState.OPEN
    assert JournalEntry.objects.filter(kind="DECISION").count() == 0


def test_only_arbiters_decide_and_say_why(world: World) -> None:
    from apps.backoffice.tests.world import staff

    case = dispute(world, delivered_order(world))
    helper = viewer_of(staff("helper@staff.example", "orders.view_dispute", "orders.change_order"))
    for stranger in (world.viewer(), owner(), ANONYMOUS, helper):
        with pytest.raises(NotFound):
            decide(case, 0, stranger)
    with pytest.raises(ReasonMissing):
        decide(case, 0, text=" ")


def test_nobody_decides_in_a_matter_of_their_own(world: World) -> None:
    from apps.accounts.models import User

    case = dispute(world, delivered_order(world))
    for user_id in (world.viewer().user_id, owner().user_id):
        User.objects.filter(id=user_id).update(is_staff=True, is_superuser=True)
        with pytest.raises(ArbiterIsASide):
            decide(case, 0, viewer_of(User.objects.get(id=user_id)))


def test_staff_s_own_hold_is_not_passed_over(world: World) -> None:
    order = delivered_order(world)
    hold_escrow(reference_id=order.id, actor=SYSTEM, reason="Fraud.", now=now())
    case = dispute(world, order)

    assert case.hold is None
    with pytest.raises(EscrowFrozen):
        decide(case, 50_000_00)


def test_both_sides_speak_and_nobody_else(world: World) -> None:
    order = delivered_order(world)
    case = dispute(world, order)
    stranger = world.viewer(make_user("other@people.example"))
    for other in (stranger, ANONYMOUS, owner(2), member(world, "FINANCE")):
        with pytest.raises(NotFound):
            disputing.say(dispute_id=case.id, words=Words("x", "k"), actor=other, now=now())

    for _ in range(2):
        disputing.say(dispute_id=case.id, words=Words("Not so.", "k1"), actor=owner(), now=now())
    disputing.say(dispute_id=case.id, words=Words("Look.", "k2"), actor=world.viewer(), now=now())

    case.refresh_from_db()
    assert case.state == DisputeState.SELLER_ANSWERED
    sides = list(DisputeMessage.objects.order_by("id").values_list("side", flat=True))
    assert sides == [Side.BUYER, Side.SELLER, Side.BUYER]


def test_silence_brings_it_before_the_arbiter(world: World) -> None:
    case = dispute(world, delivered_order(world))

    assert disputing.move_due_disputes(now=after(case.due_at, seconds=-1)) == 0
    assert disputing.move_due_disputes(now=after(case.due_at)) == 1

    case.refresh_from_db()
    assert (case.state, case.due_at) == (DisputeState.IN_ARBITRATION, None)


def test_dispute_is_opened_in_time_only(world: World) -> None:
    order = delivered_order(world)

    with pytest.raises(DisputeNotPossible):
        dispute(world, order, at=after(order.delivered_at, days=30))
    with pytest.raises(AmountNotPossible):
        dispute(world, order, 125_000_01)
    assert dispute(world, order, at=after(order.delivered_at, days=29)).state == DisputeState.OPEN


def test_refused_return_is_disputed_within_its_days(world: World) -> None:
    order = delivered_order(world)
    case = accept(arrived(world, order), 0, why="Empty box.")
    reason = DisputeReason.RETURN_REJECTED

    with pytest.raises(DisputeNotPossible):
        dispute(world, order, reason=reason, case=case, at=after(case.due_at))
    with pytest.raises(DisputeNotPossible):
        dispute(world, order, reason=DisputeReason.REFUND_TOO_SMALL, case=case)
    found = dispute(world, order, reason=reason, case=case)

    assert found.return_case == case
    decide(found, 125_000_00)
    assert violations() == []


def test_open_return_and_open_dispute_exclude_each_other(world: World) -> None:
    from apps.orders.services.returning import ReturnNotPossible

    first, second = delivered_order(world), delivered_order(world)
    ask(world, first)
    with pytest.raises(CaseOpen):
        dispute(world, first)
    dispute(world, second)
    with pytest.raises(ReturnNotPossible):
        ask(world, second)
    with pytest.raises(CaseOpen):
        dispute(world, second)

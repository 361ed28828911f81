"""Returns: who may, until when, what each step and each silence brings."""

from datetime import timedelta

import pytest

from apps.catalog.models import StockMovement
from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.viewer import ANONYMOUS
from apps.notifications.models import Delivery
from apps.orders.models import OrderLine, Return
from apps.orders.selectors import order_grant
from apps.orders.selectors_cases import CaseOpen
from apps.orders.services import inspecting, returning, settling
from apps.orders.services.access import UnitsUnavailable
from apps.orders.services.returning import (
    ReasonMissing,
    ReturnMoveNotAllowed,
    ReturnNotPossible,
    ReturnTooLate,
)
from apps.orders.tests.cases.world import (
    accept,
    after,
    approve,
    arrived,
    ask,
    line_of,
    receive,
    refunds,
)
from apps.orders.tests.services.fulfilling import (
    confirmed_order,
    delivered_order,
    fresh,
    member,
    owner,
    ship,
)
from apps.orders.tests.services.world import now, units
from apps.orders.types import CancelReason, OrderStatus
from apps.orders.types_returns import Condition, ReturnReason, ReturnState
from apps.payments.models import Settlement
from apps.payments.selectors import escrow_balance
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_one_of_two_units_is_refunded_and_back_in_stock(world: World) -> None:
    order = delivered_order(world, quantity=2)
    before = units(world)[0]
    case = accept(arrived(world, order))

    assert (case.state, case.refund) == (ReturnState.REFUNDED, Money(100_000_00, "UZS"))
    assert refunds(order) == [100_000_00]
    line = line_of(order)
    assert (line.sent_back_quantity, line.kept_quantity) == (1, 1)
    assert units(world)[0] == before + 1
    assert fresh(order).status == OrderStatus.DELIVERED
    receive(world, order)
    assert Settlement.objects.get().payout == Money(90_000_00, "UZS")
    assert violations() == []


def test_all_that_is_faulty_comes_back_with_the_delivery(world: World) -> None:
    order = delivered_order(world)

    case = accept(arrived(world, order))

    assert case.refund == Money(125_000_00, "UZS")
    found = fresh(order)
    assert (found.status, found.cancel_reason) == (OrderStatus.RETURNED, CancelReason.SENT_BACK)
    assert not escrow_balance(order.id, "UZS")
    assert Settlement.objects.count() == 0
    assert violations() == []


def test_change_of_mind_keeps_the_delivery_with_the_marketplace(world: World) -> None:
    order = delivered_order(world)

    case = accept(arrived(world, order, reason=ReturnReason.CHANGED_MIND))

    assert case.refund == Money(100_000_00, "UZS")
    assert fresh(order).status == OrderStatus.RETURNED
    settlement = Settlement.objects.get()
    assert settlement.delivery + settlement.delivery_vat == Money(25_000_00, "UZS")
    assert settlement.payout == Money(0, "UZS")
    assert violations() == []


def test_faulty_rest_after_a_change_of_mind_brings_no_delivery(world: World) -> None:
    order = delivered_order(world, quantity=2)
    accept(arrived(world, order, reason=ReturnReason.CHANGED_MIND))

    case = accept(arrived(world, order))

    assert case.refund == Money(100_000_00, "UZS")
    assert violations() == []


def test_what_cannot_be_sold_is_written_off(world: World) -> None:
    order = delivered_order(world, quantity=2)
    before = units(world)[0]

    accept(arrived(world, order, 2), condition=Condition.WRITE_OFF)

    assert units(world)[0] == before
    kinds = StockMovement.objects.order_by("-id").values_list("kind", "quantity")[:2]
    assert list(kinds) == [("WRITE_OFF", -2), ("RETURN", 2)]
    assert violations() == []


def test_fewer_units_are_accepted_with_a_word_why(world: World) -> None:
    order = delivered_order(world, quantity=2)
    case = arrived(world, order, 2)

    with pytest.raises(ReasonMissing):
        accept(case, 1)
    with pytest.raises(UnitsUnavailable):
        accept(case, 3)
    found = accept(case, 1, why="One is broken by a fall.")

    assert found.refund == Money(100_000_00, "UZS")
    assert accept(case).refund == Money(100_000_00, "UZS")
    assert refunds(order) == [100_000_00]
    assert violations() == []


def test_nothing_accepted_is_a_refusal(world: World) -> None:
    order = delivered_order(world)

    found = accept(arrived(world, order), 0, why="An empty box came.")

    assert (found.state, found.answer) == (ReturnState.REJECTED, "An empty box came.")
    assert refunds(order) == []
    assert violations() == []


def test_unit_is_in_one_return_only(world: World) -> None:
    order = delivered_order(world, quantity=2)
    ask(world, order, 2)

    with pytest.raises(UnitsUnavailable):
        ask(world, order, 1)
    assert Return.objects.count() == 1


def test_same_form_sent_twice_asks_once(world: World) -> None:
    order = delivered_order(world, quantity=2)

    first, second = (ask(world, order, key="form-1") for _ in range(2))

    assert first == second
    assert Return.objects.count() == 1


@pytest.mark.parametrize(
    ("return_days", "reason", "days", "outcome"),
    [
        (14, ReturnReason.CHANGED_MIND, 13.9, "asked"),
        (14, ReturnReason.CHANGED_MIND, 14, "late"),
        (0, ReturnReason.CHANGED_MIND, 0, "late"),
        (0, ReturnReason.FAULTY, 13.9, "asked"),
        (30, ReturnReason.OTHER, 29.9, "asked"),
        (7, ReturnReason.OTHER, 7, "late"),
    ],
)
def test_window_is_that_of_the_line_and_of_the_reason(
    world: World, return_days: int, reason: ReturnReason, days: float, outcome: str
) -> None:
    order = delivered_order(world)
    OrderLine.objects.filter(order=order).update(return_days=return_days)
    at = after(order.delivered_at, days=days)

    if outcome == "asked":
        assert ask(world, order, reason=reason, at=at).state == ReturnState.REQUESTED
    else:
        with pytest.raises(ReturnTooLate):
            ask(world, order, reason=reason, at=at)


def test_what_is_on_its_way_is_not_sent_back(world: World) -> None:
    order = confirmed_order(world)
    ship(order)

    with pytest.raises(ReturnNotPossible):
        ask(world, order)


def test_guest_asks_by_the_link_and_strangers_do_not(world: World) -> None:
    order = delivered_order(world)
    for stranger in (ANONYMOUS, owner(), world.viewer(make_user("other@people.example"))):
        with pytest.raises(NotFound):
            ask(world, order, actor=stranger)

    case = ask(world, order, actor=ANONYMOUS.with_grant(order_grant(order.group)))

    assert case.state == ReturnState.REQUESTED


def test_only_the_shop_s_deciders_answer(world: World) -> None:
    case = ask(world, delivered_order(world))

    for stranger in (world.viewer(), owner(2), member(world, "STOCK"), ANONYMOUS):
        with pytest.raises(NotFound):
            returning.approve_return(return_id=case.id, actor=stranger, now=now())
        with pytest.raises(NotFound):
            returning.reject_return(return_id=case.id, why="No", actor=stranger, now=now())
    assert approve(case).ship_to == {
        "name": world.sellers[0].name,
        "country": "UZ",
        "city": "Toshkent",
        "address": approve(case).ship_to["address"],
    }


def test_stock_keeper_takes_in_and_does_not_decide(world: World) -> None:
    case = ask(world, delivered_order(world))
    approve(case)
    keeper = member(world, "STOCK")

    found = inspecting.mark_received(return_id=case.id, actor=keeper, now=now())

    assert found.state == ReturnState.RECEIVED
    with pytest.raises(NotFound):
        accept(case, actor=keeper)


def test_refusal_needs_words(world: World) -> None:
    case = ask(world, delivered_order(world))

    with pytest.raises(ReasonMissing):
        returning.reject_return(return_id=case.id, why="  ", actor=owner(), now=now())


def test_buyer_withdraws_until_it_is_sent(world: World) -> None:
    order = delivered_order(world)
    case = ask(world, order)

    returning.cancel_return(return_id=case.id, actor=world.viewer(), now=now())
    with pytest.raises(ReturnMoveNotAllowed):
        approve(case)
    second = arrived(world, order)
    with pytest.raises(ReturnMoveNotAllowed):
        returning.cancel_return(return_id=second.id, actor=world.viewer(), now=now())


def test_silence_approves_and_silence_refunds(world: World) -> None:
    order = delivered_order(world)
    case = ask(world, order)

    assert inspecting.move_due_returns(now=after(case.due_at, seconds=-1)) == 0
    assert inspecting.move_due_returns(now=after(case.due_at)) == 1
    case.refresh_from_db()
    assert (case.state, case.is_by_clock) == (ReturnState.APPROVED, True)
    returning.mark_sent(
        return_id=case.id, carrier="", tracking_number="", actor=world.viewer(), now=now()
    )
    for expected in (ReturnState.RECEIVED, ReturnState.REFUNDED):
        case.refresh_from_db()
        assert inspecting.move_due_returns(now=after(case.due_at)) == 1
        case.refresh_from_db()
        assert case.state == expected
    assert refunds(order) == [125_000_00]
    assert violations() == []


def test_goods_not_sent_back_in_time_close_the_return(world: World) -> None:
    order = delivered_order(world)
    case = approve(ask(world, order))

    assert inspecting.move_due_returns(now=after(case.due_at)) == 1

    case.refresh_from_db()
    assert case.state == ReturnState.EXPIRED
    assert settling.release_due(now=after(order.release_due_at)) == 1


def test_money_waits_while_a_return_is_open(world: World) -> None:
    order = delivered_order(world)
    case = ask(world, order)
    due = after(order.release_due_at)

    with pytest.raises(CaseOpen):
        receive(world, order)
    assert settling.release_due(now=due) == 0
    returning.reject_return(return_id=case.id, why="Worn.", actor=owner(), now=due)
    assert settling.release_due(now=due) == 0

    assert settling.release_due(now=due + timedelta(days=7)) == 1
    assert violations() == []


def test_both_sides_are_told_each_step_once(world: World) -> None:
    order = delivered_order(world)
    accept(arrived(world, order))

    buyer = Delivery.objects.filter(kind="case_news")
    number = Return.objects.get().number
    assert sorted(row.context["heading"] for row in buyer) == [
        f"Return {number} has arrived",
        f"Return {number}: 125,000\u00a0UZS goes back to you",
        f"Return {number}: send it back",
        f"Return {number}: we have told the seller",
    ]
    assert Delivery.objects.filter(kind="seller_case_news").count() == 4

"""A seller's orders: strangers find nothing, roles without money see none, queues and query counts."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.core import clock
from apps.core.errors import NotFound
from apps.core.money import Money
from apps.core.viewer import ANONYMOUS, Viewer
from apps.orders.models import Order
from apps.orders.selectors_sellers import seller_order, seller_orders, seller_work
from apps.orders.services import cancelling, settling
from apps.orders.tests.services.fulfilling import (
    arrive,
    confirmed_order,
    delivered_order,
    member,
    owner,
    paid_order,
    ship,
)
from apps.orders.tests.services.world import now, place
from apps.orders.types import CancelReason, SellerTab
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def ids(viewer: Viewer, seller_id: UUID, tab: str = "") -> list[UUID]:
    return [row.order.id for row in seller_orders(viewer, seller_id, tab=tab).orders]


def test_strangers_find_no_order_of_a_seller(world: World) -> None:
    order = paid_order(world)
    strangers = [ANONYMOUS, world.viewer(), owner(2), member(world, "MANAGER", seller=1)]

    for stranger in strangers:
        with pytest.raises(NotFound):
            seller_orders(stranger, order.seller_id)
        with pytest.raises(NotFound):
            seller_order(stranger, order.id)
        with pytest.raises(NotFound):
            seller_work(stranger, order.seller_id)
    with pytest.raises(NotFound):
        seller_order(owner(), uuid4())


def test_seller_hears_of_paid_orders_alone(world: World) -> None:
    unpaid = place(world).orders.get()

    assert ids(owner(), unpaid.seller_id) == []
    with pytest.raises(NotFound):
        seller_order(owner(), unpaid.id)
    assert seller_work(owner(), unpaid.seller_id).to_confirm == 0


def test_each_order_stands_in_its_queue(world: World) -> None:
    seller_id = world.sellers[0].id
    to_confirm = paid_order(world)
    to_ship = confirmed_order(world)
    sent = confirmed_order(world)
    ship(sent)
    delivered = delivered_order(world)
    cancelled = paid_order(world)
    cancelling.cancel_order(
        order_id=cancelled.id, reason=CancelReason.BY_BUYER, actor=world.viewer(), now=now()
    )
    expected = {
        SellerTab.TO_CONFIRM: [to_confirm],
        SellerTab.TO_SHIP: [to_ship],
        SellerTab.LATE: [],
        SellerTab.ON_THE_WAY: [sent],
        SellerTab.DELIVERED: [delivered],
        SellerTab.CANCELLED: [cancelled],
    }

    for tab, orders in expected.items():
        assert ids(owner(), seller_id, tab) == [order.id for order in orders], tab
    assert len(ids(owner(), seller_id)) == 5
    with pytest.raises(NotFound):
        seller_orders(owner(), seller_id, tab="nonsense")
    work = seller_work(owner(), seller_id)
    assert (work.to_confirm, work.to_ship, work.late, work.on_the_way) == (1, 1, 0, 1)
    # Four orders of one unit at 100,000 soʻm, commission 10 %; the cancelled one brings nothing.
    assert work.coming == (Money(360_000_00, "UZS"),)
    assert work.count_of("to_confirm") == 1


def test_order_is_late_from_the_moment_its_clock_ran_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid_order(world)
    due = order.confirm_by
    assert due is not None

    monkeypatch.setattr(clock, "now", lambda: due - timedelta(seconds=1))
    assert not seller_order(owner(), order.id).is_late
    monkeypatch.setattr(clock, "now", lambda: due)
    found = seller_order(owner(), order.id)
    assert ids(owner(), order.seller_id, SellerTab.LATE) == [order.id]
    assert seller_work(owner(), order.seller_id).late == 1

    assert found.is_late
    assert found.due_at == order.confirm_by
    assert found.cancels_at == order.confirm_by + timedelta(hours=24)


def test_role_decides_what_is_seen_and_done(world: World) -> None:
    order = paid_order(world)
    expected = {
        "OWNER": (True, True, True),
        "MANAGER": (True, True, True),
        "STOCK": (False, True, False),
        "FINANCE": (True, False, False),
    }

    for role, (sees_money, may_confirm, may_cancel) in expected.items():
        viewer = owner() if role == "OWNER" else member(world, role)
        found = seller_order(viewer, order.id)
        assert (found.economics is not None) == sees_money, role
        assert (found.can_confirm, found.can_ship, found.can_cancel) == (
            may_confirm,
            False,
            may_cancel,
        ), role
        assert (seller_work(viewer, order.seller_id).coming is not None) == sees_money, role


def test_seller_never_sees_the_handover_code(world: World) -> None:
    order = confirmed_order(world)
    shipment = ship(order)

    (shown,) = seller_order(owner(), order.id).shipments

    assert (shown.number, shown.handover_code) == (shipment.number, "")


def test_economics_are_those_that_will_be_settled_and_then_those_that_were(world: World) -> None:
    order = confirmed_order(world, quantity=3)
    line = order.lines.get()
    before = seller_order(owner(), order.id).economics
    cancelling.cancel_units(
        order_id=order.id,
        items={line.id: 1},
        reason=CancelReason.OUT_OF_STOCK,
        actor=owner(),
        now=now(),
    )
    smaller = seller_order(owner(), order.id).economics
    arrive(ship(order))
    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    settled = seller_order(owner(), order.id).economics

    assert before is not None
    assert smaller is not None
    assert (before.payout, smaller.payout) == (
        Money(270_000_00, "UZS"),
        Money(180_000_00, "UZS"),
    )
    assert settled == smaller
    assert seller_work(owner(), order.seller_id).coming == ()


def test_cancelled_order_brings_nothing(world: World) -> None:
    order = paid_order(world)
    cancelling.cancel_order(
        order_id=order.id, reason=CancelReason.BY_BUYER, actor=world.viewer(), now=now()
    )

    economics = seller_order(owner(), order.id).economics

    assert economics is not None
    assert not any((economics.payout, economics.delivery, economics.commission))


def _sent(world: World) -> Order:
    order = confirmed_order(world)
    ship(order)
    return order


def test_list_costs_the_same_for_one_order_and_three(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewer, seller_id = owner(), world.sellers[0].id

    def count() -> int:
        with django_assert_num_queries(11):
            return len(seller_orders(viewer, seller_id).orders)

    _sent(world)
    assert count() == 1
    _sent(world)
    _sent(world)
    assert count() == 3


def test_older_orders_are_on_the_next_page(world: World) -> None:
    orders = [paid_order(world) for _ in range(3)]
    seller_id = world.sellers[0].id

    first = seller_orders(owner(), seller_id, limit=2)
    second = seller_orders(owner(), seller_id, limit=2, before=first.next_before)

    assert [row.order.id for row in first.orders] == [orders[2].id, orders[1].id]
    assert [row.order.id for row in second.orders] == [orders[0].id]
    assert second.next_before is None

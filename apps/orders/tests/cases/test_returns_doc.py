"""The worked cases of docs/returns.md, played and compared to the minor unit."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from apps.core.invariants import violations
from apps.core.money import Money
from apps.orders.models import Order
from apps.orders.tests.cases.test_disputing import decide
from apps.orders.tests.cases.world import accept, arrived, dispute, receive
from apps.orders.tests.services.fulfilling import delivered_order, fresh
from apps.orders.types_returns import ReturnReason
from apps.payments.models import PaymentAllocation
from apps.payments.selectors import settlements_for
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
Play = Callable[[World, Order], Any]


def give_back(units: int, reason: ReturnReason = ReturnReason.FAULTY) -> Play:
    return lambda world, order: accept(arrived(world, order, units, reason=reason))


def accept_one_of_two(world: World, order: Order) -> None:
    accept(arrived(world, order, 2), 1, why="One is used.")


def decided(minor: int) -> Play:
    return lambda world, order: decide(dispute(world, order, 50_000_00), minor)


PLAYS: dict[str, tuple[Play, ...]] = {
    "1": (give_back(1), receive),
    "2": (give_back(1),),
    "3": (give_back(1, ReturnReason.CHANGED_MIND),),
    "4": (accept_one_of_two, receive),
    "5": (decided(50_000_00),),
    "6": (decided(0),),
    "7": (receive, give_back(1)),
    "8": (receive, give_back(1)),
    "9": (receive, decided(50_000_00)),
}


def rows() -> list[list[str]]:
    text = (settings.BASE_DIR / "docs" / "returns.md").read_text()
    table = text.partition("| # | Units |")[2].partition("\n\n")[0]
    lines = [line for line in table.splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def minor(text: str) -> int:
    return int(text.replace(",", "")) * 100


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_worked_case_is_what_happens(row: list[str]) -> None:
    number, units, _what, buyer, seller, marketplace, status = row
    world = make_world()
    order = delivered_order(world, quantity=int(units))

    for play in PLAYS[number]:
        play(world, order)

    assert PaymentAllocation.objects.get(reference_id=order.id).refunded_minor == minor(buyer)
    settlement = settlements_for([order.id]).get(order.id)
    nothing = Money.zero("UZS")
    left = settlement.left if settlement else None
    assert (left.payout if left else nothing) == Money(minor(seller), "UZS")
    assert (left.total - left.seller if left else nothing) == Money(minor(marketplace), "UZS")
    assert fresh(order).status == status
    assert violations() == []


def test_every_case_is_played() -> None:
    assert [row[0] for row in rows()] == sorted(PLAYS)

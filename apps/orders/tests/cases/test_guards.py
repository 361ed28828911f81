"""What the database refuses by itself, and that its machines are those of the rules."""

import re
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from apps.orders.migrations import __path__ as migrations_path
from apps.orders.models import CasePhoto, Dispute, DisputeMessage, OrderLine, Return
from apps.orders.rules_returns import DISPUTE_MOVES, RETURN_MOVES
from apps.orders.tests.cases.world import accept, arrived, ask, dispute
from apps.orders.tests.services.fulfilling import delivered_order
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_machines_are_those_of_the_rules() -> None:
    text = (Path(next(iter(migrations_path))) / "0009_case_guards.py").read_text()
    returns, disputes = text.split("orders_check_dispute_move() RETURNS")
    for part, rules in ((returns, RETURN_MOVES), (disputes, DISPUTE_MOVES)):
        found = set(re.findall(r"\('([A-Z_]+)', '([A-Z_]+)'\)", part))
        assert found == {(str(a), str(b)) for a, targets in rules.items() for b in targets}


@pytest.mark.parametrize("state", ["RECEIVED", "IN_TRANSIT", "EXPIRED"])
def test_return_does_not_jump(world: World, state: str) -> None:
    case = ask(world, delivered_order(world))

    with pytest.raises(DatabaseError, match="does not go from"), transaction.atomic():
        Return.objects.filter(id=case.id).update(state=state)


def test_withdrawn_dispute_stays_so(world: World) -> None:
    case = dispute(world, delivered_order(world))
    Dispute.objects.filter(id=case.id).update(state="WITHDRAWN")

    with pytest.raises(DatabaseError, match="does not go from"), transaction.atomic():
        Dispute.objects.filter(id=case.id).update(state="OPEN")


def test_what_was_said_is_never_changed(world: World) -> None:
    case = dispute(world, delivered_order(world))

    for rows in (DisputeMessage.objects.filter(dispute=case),):
        with (
            pytest.raises(DatabaseError, match=r"append-only|permission denied"),
            transaction.atomic(),
        ):
            rows.update(text="Other words.")
        with (
            pytest.raises(DatabaseError, match=r"append-only|permission denied"),
            transaction.atomic(),
        ):
            rows.delete()
    assert CasePhoto.objects.count() == 0


def test_line_is_looked_at_once(world: World) -> None:
    case = accept(arrived(world, delivered_order(world)))

    with pytest.raises(DatabaseError, match="looked at once"), transaction.atomic():
        case.lines.update(accepted_quantity=0)


def test_more_is_not_sent_back_than_was_delivered(world: World) -> None:
    order = delivered_order(world)

    with pytest.raises(DatabaseError, match="order_line_sent_back"), transaction.atomic():
        OrderLine.objects.filter(order=order).update(sent_back_quantity=2)


def test_order_has_one_open_dispute(world: World) -> None:
    case = dispute(world, delivered_order(world))
    case.pk, case.number, case.key = None, "D-1", "other"

    with pytest.raises(DatabaseError, match="dispute_one_open"), transaction.atomic():
        case.save(force_insert=True)

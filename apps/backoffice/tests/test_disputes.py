"""The arbiter's desk: who opens it, what is shown before the click, and that it decides once."""

import pytest
from django.urls import reverse

from apps.accounts.services.roles import give_role
from apps.backoffice.tests.world import client_of, staff, superuser_client
from apps.core.invariants import violations
from apps.core.models import AuditEntry
from apps.orders.models import Dispute
from apps.orders.services import disputing
from apps.orders.tests.cases.world import dispute
from apps.orders.tests.services.fulfilling import delivered_order, owner
from apps.orders.tests.services.world import now
from apps.orders.types_returns import DisputeState, Words
from apps.payments.models import Settlement
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def desk(case: Dispute) -> str:
    return reverse("admin:orders_dispute_desk", args=[case.pk])


def test_consequence_is_shown_to_the_minor_unit_before_the_click(world: World) -> None:
    case = dispute(world, delivered_order(world))
    client = superuser_client()
    given = {"refund": "50000", "text": "Half each."}

    page = client.post(desk(case), given | {"decide": "1"}).content.decode()

    case.refresh_from_db()
    assert case.state == DisputeState.OPEN, "nothing is decided unseen"
    for shown in ("4,464.29", "535.71", "22,321.43", "2,678.57", "45,000"):
        assert shown in page
    client.post(desk(case), given | {"decide": "1", "previewed": "5000000"})
    case.refresh_from_db()
    assert (case.state, case.refund_minor) == (DisputeState.DECIDED, 50_000_00)
    assert Settlement.objects.get().payout_minor == 45_000_00
    assert violations() == []


@pytest.mark.parametrize("refund", ["125000.01", "", "much"])
def test_sum_that_cannot_be_is_refused_in_words(world: World, refund: str) -> None:
    case = dispute(world, delivered_order(world))

    page = superuser_client().post(desk(case), {"refund": refund, "text": "So."})

    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    case.refresh_from_db()
    assert case.state == DisputeState.OPEN


def test_desk_is_for_those_who_see_disputes_and_decisions_for_arbiters(world: World) -> None:
    case = dispute(world, delivered_order(world))
    reader = client_of(staff("reader@staff.example", "orders.view_dispute"))
    blind = client_of(staff("blind@staff.example", "orders.view_order"))
    given = {"refund": "0", "text": "So.", "decide": "1", "previewed": "0"}

    assert reader.get(desk(case)).status_code == 200
    assert "Show who gets what" not in reader.get(desk(case)).content.decode()
    assert reader.post(desk(case), given).status_code == 403
    assert blind.get(desk(case)).status_code == 403
    assert AuditEntry.objects.filter(action="orders.dispute_viewed").count() == 2


def test_arbiter_asks_both_sides_and_decides_when_they_answered(world: World) -> None:
    case = dispute(world, delivered_order(world))
    user = staff("someone@staff.example")
    give_role(user=user, role="arbiter")
    client = client_of(user)
    given = {"refund": "0", "text": "So.", "decide": "1", "previewed": "0"}

    empty = client.post(desk(case), {"say": "1", "key": "k", "hours": "24"})
    asked = client.post(
        desk(case),
        {"say": "1", "key": "k", "words": "A photo?", "asked_of": "SELLER", "hours": "24"},
        follow=True,
    ).content.decode()
    early = client.post(desk(case), given).content.decode()
    disputing.say(dispute_id=case.id, words=Words("Here.", "s"), actor=owner(), now=now())
    client.post(desk(case), given)

    assert "errorlist" in empty.content.decode()
    assert "Asked: The seller. Answer by" in asked
    assert "An answer is awaited until" in early
    case.refresh_from_db()
    assert (case.state, case.decided_by) == (DisputeState.DECIDED, "someone@staff.example")
    assert client.get(reverse("admin:orders_order_money", args=[case.order_id])).status_code == 200


def test_disputes_to_decide_are_a_queue_of_the_first_page(world: World) -> None:
    case = dispute(world, delivered_order(world))
    client = superuser_client()
    assert _queue(client) == 0

    assert case.due_at is not None
    disputing.move_due_disputes(now=max(case.due_at, now()))

    assert _queue(client) == 1


def _queue(client: object) -> int:
    page = client.get(reverse("admin:index"))  # type: ignore[attr-defined]  # a test client
    rows = [row for row in page.context["queues"] if str(row.title) == "Disputes to decide"]
    return int(rows[0].queue.count)

"""Chargebacks at the desk: what waits until when, evidence sent or given in, by the right people."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.accounts.services.roles import give_role
from apps.backoffice.tests.test_actions import REASON, confirm, do, entry_of
from apps.backoffice.tests.world import client_of, staff, superuser_client
from apps.core import clock
from apps.core.invariants import violations
from apps.orders.models import Order
from apps.orders.tests.charged_back import give_up, take
from apps.orders.tests.services.fulfilling import delivered_order
from apps.payments.models import Chargeback
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
NAME = "payments_chargeback"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def order(world: World) -> Order:
    return delivered_order(world)


@pytest.fixture
def row(order: Order) -> Chargeback:
    return take(order, evidence_due_at=clock.now() + timedelta(days=7, hours=1))


def page(client: Client, row: Chargeback) -> str:
    answer = client.get(reverse(f"admin:{NAME}_change", args=[row.pk]))
    return str(answer.content.decode())


def test_overview_counts_chargebacks_to_answer(row: Chargeback) -> None:
    client = superuser_client()

    queues = {str(one.title): one for one in client.get("/backoffice/").context["queues"]}

    found = queues["Chargebacks to answer"]
    assert (found.queue.count, found.queue.oldest_at) == (1, row.opened_at)
    rows = client.get(reverse(f"admin:{NAME}_changelist"), found.query).context["cl"]
    assert [one.pk for one in rows.result_list] == [row.pk]


def test_page_says_why_who_bears_it_and_until_when_it_is_answered(
    row: Chargeback, order: Order
) -> None:
    html = page(superuser_client(), row)

    for words in (
        "The goods did not arrive",
        "Waits for our answer",
        "in 1\u00a0week",
        order.number,
    ):
        assert words in html
    listed = superuser_client().get(reverse(f"admin:{NAME}_changelist")).content.decode()
    assert "125,000\u00a0UZS" in listed


def test_evidence_is_asked_for_with_the_parcels_of_the_order(row: Chargeback, order: Order) -> None:
    client = superuser_client()
    asked = do(client, NAME, "send_evidence", row).content.decode()
    parcel = order.parcels.get()
    assert parcel.number in asked
    assert "delivered:" in asked

    confirm(client, NAME, "send_evidence", row, text="Handed over.", parcels=str(parcel.id))

    row.refresh_from_db()
    assert (row.answer, row.answer_text) == ("EVIDENCE", "Handed over.")
    assert row.answer_facts["tracking_number"] == parcel.number
    assert entry_of("payments.chargeback_evidence").reason == REASON


def test_evidence_without_words_is_asked_for_again(row: Chargeback) -> None:
    answer = confirm(superuser_client(), NAME, "send_evidence", row)

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    row.refresh_from_db()
    assert row.answer == ""


def test_accepted_with_a_reason_is_to_be_told_to_the_provider(row: Chargeback) -> None:
    confirm(superuser_client(), NAME, "accept", row)

    row.refresh_from_db()
    assert (row.answer, row.answer_sent_at) == ("ACCEPTED", None)
    entry = entry_of("payments.chargeback_accepted")
    assert (entry.target_type, entry.target_id, entry.reason) == (
        "chargeback",
        str(row.id),
        REASON,
    )


def test_second_answer_is_refused_in_words(row: Chargeback) -> None:
    client = superuser_client()
    confirm(client, NAME, "accept", row)

    answer = confirm(client, NAME, "send_evidence", row, text="And yet.")

    html = client.get(answer.headers["Location"]).content.decode()
    assert "the bank takes one answer" in html
    row.refresh_from_db()
    assert row.answer == "ACCEPTED"


def test_buttons_stand_while_it_waits(row: Chargeback, order: Order) -> None:
    client = superuser_client()

    def buttons() -> list[str]:
        url = reverse(f"admin:{NAME}_change", args=[row.pk])
        return [act.name for act in client.get(url).context["reasoned_actions"]]

    assert buttons() == ["send_evidence", "accept"]
    give_up(order)
    assert buttons() == []


def test_arbiters_answer_analysts_look_and_support_does_not(row: Chargeback) -> None:
    seen = {}
    for role in ("arbiter", "analyst", "support"):
        user = staff(f"{role}@staff.example")
        give_role(user=user, role=role)
        client = client_of(user)
        answer = client.get(reverse(f"admin:{NAME}_change", args=[row.pk]))
        actions = answer.context["reasoned_actions"] if answer.status_code == 200 else None
        seen[role] = None if actions is None else len(actions)
        confirm(client, NAME, "accept", row)
        row.refresh_from_db()
        assert row.answer == ("ACCEPTED" if role == "arbiter" else "")
        Chargeback.objects.update(answer="", answered_at=None)

    assert seen == {"arbiter": 2, "analyst": 0, "support": None}


def test_money_page_and_page_of_the_order_show_it(row: Chargeback, order: Order) -> None:
    client = superuser_client()
    url = reverse(f"admin:{NAME}_change", args=[row.pk])

    for address in (
        reverse("admin:orders_order_money", args=[order.pk]),
        reverse("admin:orders_order_change", args=[order.pk]),
    ):
        html = client.get(address).content.decode()
        assert f'href="{url}"' in html
    assert violations() == []


def test_page_costs_what_it_costs(
    row: Chargeback, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = superuser_client()
    page(client, row)

    with django_assert_num_queries(6):
        page(client, row)

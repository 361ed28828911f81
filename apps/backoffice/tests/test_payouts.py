"""Payouts that wait for staff: seen in their queue, approved or stopped with a reason, by the right people."""

from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from apps.backoffice.tests.test_actions import REASON, confirm, entry_of
from apps.backoffice.tests.world import client_of, staff, superuser_client
from apps.payments.models import Payout, PayoutAccount
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.chargebacks import opened
from apps.payments.tests.payouts import (
    ask_payout,
    balances,
    pay_in,
    plain_account,
    rich_payee,
    uzs,
)
from apps.payments.tests.releases import NOW, all_to_seller, paid_share, release
from apps.sellers.models import Seller
from marketplace.tests.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(settings: Any) -> Payout:
    settings.PAYOUT_APPROVAL_OVER = {"UZS": 0}
    payee_id = rich_payee(uzs(1_000_000))
    plain_account(payee_id)
    return ask_payout(payee_id, uzs(400_000))


def test_overview_counts_payouts_to_approve(held: Payout) -> None:
    client = superuser_client()

    queues = {str(row.title): row for row in client.get("/backoffice/").context["queues"]}

    row = queues["Payouts to approve"]
    assert (row.queue.count, row.queue.oldest_at) == (1, held.requested_at)
    rows = client.get(reverse("admin:payments_payout_changelist"), row.query).context["cl"]
    assert [one.pk for one in rows.result_list] == [held.pk]


def test_payout_approved_with_a_reason_is_to_be_sent(held: Payout) -> None:
    confirm(superuser_client(), "payments_payout", "approve", held)

    held.refresh_from_db()
    assert held.state == "CREATED"
    assert held.approved_at is not None
    entry = entry_of("payments.payout_approved")
    assert (entry.target_type, entry.target_id, entry.reason) == ("payout", str(held.id), REASON)


def test_payout_stopped_with_a_reason_gives_the_money_back(held: Payout) -> None:
    confirm(superuser_client(), "payments_payout", "stop", held)

    held.refresh_from_db()
    assert held.state == "STOPPED"
    assert balances(held.payee_id, held) == (100_000_000, 0)
    assert entry_of("payments.payout_stopped").reason == REASON


def test_second_decision_is_refused_in_words(held: Payout) -> None:
    client = superuser_client()
    confirm(client, "payments_payout", "stop", held)

    answer = confirm(client, "payments_payout", "approve", held)

    html = client.get(answer.headers["Location"]).content.decode()
    assert "This payout does not wait for approval any more." in html
    held.refresh_from_db()
    assert held.state == "STOPPED"


def test_who_approves_sees_what_banks_decide_about(held: Payout) -> None:
    client = superuser_client()
    page = reverse("admin:payments_payout_change", args=[held.pk])
    assert "125,000 UZS" not in client.get(page).content.decode()

    share = paid_share(payee_id=held.payee_id)
    release(replace(all_to_seller(share), available_at=NOW))
    make_due_available(now=NOW)
    opened(share)

    html = client.get(page).content.decode()
    assert "money that banks decide about" in html
    assert "125,000 UZS" in html.replace("\xa0", " ")


def test_buttons_stand_where_they_fit(held: Payout) -> None:
    client = superuser_client()

    def buttons() -> list[str]:
        url = reverse("admin:payments_payout_change", args=[held.pk])
        return [act.name for act in client.get(url).context["reasoned_actions"]]

    assert buttons() == ["approve", "stop"]
    confirm(client, "payments_payout", "approve", held)
    assert buttons() == ["stop"]
    Payout.objects.filter(id=held.id).update(transfer_called_at=held.requested_at)
    assert buttons() == []


@pytest.mark.parametrize("name", ["approve", "stop"])
def test_each_deed_has_a_right_of_its_own(held: Payout, name: str) -> None:
    other = "stop" if name == "approve" else "approve"
    without = client_of(
        staff("a@staff.example", "payments.view_payout", f"payments.{other}_payout")
    )
    confirm(without, "payments_payout", name, held)
    held.refresh_from_db()
    assert held.state == "HELD"

    right = client_of(staff("b@staff.example", "payments.view_payout", f"payments.{name}_payout"))
    confirm(right, "payments_payout", name, held)

    held.refresh_from_db()
    assert held.state == ("CREATED" if name == "approve" else "STOPPED")


def test_page_of_the_provider_is_not_shown_to_staff(held: Payout) -> None:
    link = "https://connect.stripe.example/one-visit"
    PayoutAccount.objects.update(link_url=link)
    account = PayoutAccount.objects.get()

    url = reverse("admin:payments_payoutaccount_change", args=[account.pk])
    html = superuser_client().get(url).content.decode()

    assert "6789" in html
    assert link not in html


def test_payouts_name_their_sellers_and_say_who_is_suspended(held: Payout) -> None:
    first, second = make_world(offers_each=1).sellers
    for seller in (first, second):
        pay_in(seller.id, uzs(1_000_000))
        plain_account(seller.id)
        ask_payout(seller.id, uzs(100_000))
    Seller.objects.filter(id=second.id).update(status="SUSPENDED")

    html = superuser_client().get(reverse("admin:payments_payout_changelist")).content.decode()

    assert first.name in html
    assert f"{second.name} (suspended: payouts wait)" in html
    assert str(held.payee_id) in html
    assert str(first.id) not in html

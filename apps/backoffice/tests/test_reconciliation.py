"""Differences with a provider in the back office: the queue, the page, the resolution with a reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from apps.backoffice.tests.test_actions import REASON, confirm, entry_of
from apps.backoffice.tests.world import client_of, staff, superuser_client
from apps.payments.models import ReconciliationItem, ReconciliationRun
from apps.payments.selectors_reconciling import has_open_differences
from marketplace.tests.world import NOW

pytestmark = pytest.mark.django_db

TITLE = "Differences with the provider"


def make_run() -> ReconciliationRun:
    return ReconciliationRun.objects.create(
        provider="stripe",
        period_from=NOW - timedelta(days=1),
        period_to=NOW,
        statement_count=4,
        book_count=4,
        difference_count=2,
        new_count=2,
        state="DIFFERS",
        at=NOW,
    )


def make_item(run: ReconciliationRun, number: int, **given: Any) -> ReconciliationItem:
    return run.items.create(
        provider="stripe",
        key=f"k{number}",
        movement="CHARGE",
        our_reference=f"pi_{number}",
        their_reference=f"txn_{number}",
        our_amount_minor=149_900_00,
        our_currency="UZS",
        their_currency="UZS",
        our_at=NOW,
        their_at=NOW,
        found_at=NOW,
        **given,
    )


def test_open_differences_are_a_queue_of_the_first_page_and_lead_to_their_list() -> None:
    run = make_run()
    make_item(run, 1, kind="AMOUNT", their_amount_minor=149_900_01)
    make_item(
        run,
        2,
        kind="FEE",
        their_amount_minor=149_900_00,
        resolved_at=NOW,
        resolution="A foreign card",
    )
    client = superuser_client()

    queue = {str(row.title): row for row in client.get("/backoffice/").context["queues"]}[TITLE]
    listed = client.get(reverse(queue.url_name), queue.query)

    assert (queue.queue.count, queue.queue.oldest_at, queue.is_fault) == (1, NOW, True)
    assert [row.kind for row in listed.context["cl"].result_list] == ["AMOUNT"]
    assert "149,900.01" in listed.content.decode()


def test_difference_resolved_with_a_reason_leaves_the_queue_and_an_entry() -> None:
    item = make_item(make_run(), 1, kind="AMOUNT", their_amount_minor=1)
    client = superuser_client()

    empty = confirm(client, "payments_reconciliationitem", "resolve", item, reason=" ")
    assert empty.context["form"].errors == {"reason": ["This field is required."]}
    assert has_open_differences("stripe")
    confirm(client, "payments_reconciliationitem", "resolve", item)
    confirm(client, "payments_reconciliationitem", "resolve", item)

    item.refresh_from_db()
    assert item.resolution == REASON
    assert not has_open_differences("stripe")
    assert entry_of("payments.difference_resolved").target_id == str(item.pk)


def test_who_may_only_look_cannot_resolve() -> None:
    item = make_item(make_run(), 1, kind="AMOUNT", their_amount_minor=1)
    client = client_of(staff("viewer@staff.example", "payments.view_reconciliationitem"))

    confirm(client, "payments_reconciliationitem", "resolve", item)

    item.refresh_from_db()
    assert item.resolved_at is None
    page = client.get(reverse("admin:payments_reconciliationitem_change", args=[item.pk]))
    assert (page.status_code, page.context["reasoned_actions"]) == (200, [])


def test_amount_of_an_unknown_currency_is_written_with_its_code() -> None:
    run = make_run()
    other = run.items.create(
        provider="stripe",
        key="k9",
        kind="EXTRA",
        movement="CHARGE",
        their_reference="txn_9",
        their_amount_minor=1234,
        their_currency="GBP",
        their_at=NOW,
        found_at=NOW,
    )

    client = superuser_client()
    page = client.get(reverse("admin:payments_reconciliationitem_change", args=[other.pk]))
    runs = client.get(reverse("admin:payments_reconciliationrun_change", args=[run.pk]))

    assert "1234 GBP" in page.content.decode()
    assert "txn_9" in runs.content.decode()

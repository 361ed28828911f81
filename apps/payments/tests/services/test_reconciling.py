"""Reconciliation over the sandbox's HTTP: what is noted, what is not, who closes it, nothing booked."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connections, transaction

from apps.core.errors import NotFound
from apps.core.http_client import ProviderUnknown
from apps.core.models import AuditEntry
from apps.core.viewer import Viewer
from apps.payments.models import (
    Incident,
    JournalEntry,
    Posting,
    ReconciliationItem,
    ReconciliationRun,
)
from apps.payments.providers import provider_of
from apps.payments.selectors_reconciling import has_open_differences, open_differences
from apps.payments.services import reconciling, refund_sending
from apps.payments.services.reconciling import reconcile, reconcile_due, resolve_difference
from apps.payments.tests.world import (
    TOTAL,
    Purchase,
    ask,
    assert_consistent,
    later,
    make_purchase,
    now,
    open_page,
    paid_purchase,
    refund,
)
from apps.payments.types import RefundState
from apps.sandbox.stripe.testing import RunningSandbox

STAFF = Viewer(user_id=UUID(int=7), label="Finance", is_staff=True)


def run(**given: Any) -> ReconciliationRun:
    return reconcile(
        provider="stripe",
        start=given.get("start", later(days=-5)),
        end=given.get("end", later(seconds=5)),
        now=later(minutes=1),
    )


def spoil(sandbox: RunningSandbox, fault: str, source: str = "") -> None:
    answer = httpx.post(
        f"{sandbox.url}/_sandbox/statement", json={"fault": fault, "source": source}
    )
    assert answer.status_code == 200, answer.text


def intent(purchase: Purchase) -> str:
    return str(purchase.payment.attempts.get(state="SUCCEEDED").intent_id)


def paid_back(purchase: Purchase, key: str) -> Any:
    made = refund(purchase, key, 1_000_00)
    refund_sending.call_refund(refund_id=made.id, now=now())
    made.refresh_from_db()
    return made


def kinds() -> list[tuple[str, str]]:
    return sorted(ReconciliationItem.objects.values_list("kind", "movement"))


@pytest.mark.django_db
def test_days_whose_statement_agrees_leave_a_run_and_nothing_else(sandbox: RunningSandbox) -> None:
    for _ in range(3):
        paid_back(paid_purchase(), str(uuid4()))

    made = run()

    assert (made.state, made.statement_count, made.book_count) == ("AGREED", 6, 6)
    assert (made.difference_count, made.new_count) == (0, 0)
    assert not has_open_differences("stripe")
    assert Incident.objects.count() == 0


@pytest.mark.django_db
def test_each_fault_of_a_statement_is_noted_once_and_nothing_is_booked(
    sandbox: RunningSandbox,
) -> None:
    bought = [paid_purchase() for _ in range(7)]
    back = paid_back(bought[6], "back")
    paid_back(bought[0], "other")
    faults = ("missing", "amount", "currency", "fee", "duplicate", "date")
    for fault, purchase in zip(faults, bought, strict=False):
        spoil(sandbox, fault, intent(purchase))
    spoil(sandbox, "extra")
    spoil(sandbox, "missing", back.provider_refund_id)
    before = list(Posting.objects.order_by("id").values_list("id", "amount_minor"))

    made = run()

    assert kinds() == sorted(
        [
            ("MISSING", "CHARGE"),
            ("MISSING", "REFUND"),
            *((kind, "CHARGE") for kind in ("AMOUNT", "CURRENCY", "FEE", "DUPLICATE", "DATE")),
            ("EXTRA", "CHARGE"),
        ]
    )
    assert (made.state, made.difference_count, made.new_count) == ("DIFFERS", 8, 8)
    assert list(Posting.objects.order_by("id").values_list("id", "amount_minor")) == before
    fee = ReconciliationItem.objects.get(kind="FEE")
    assert (fee.our_reference, fee.their_amount_minor) == (intent(bought[3]), TOTAL.minor)
    assert fee.expected_fee_minor == round(TOTAL.minor * 290 / 10_000) + 1_000_00
    assert fee.their_fee_minor == fee.expected_fee_minor + 500
    lost = ReconciliationItem.objects.get(kind="MISSING", movement="REFUND")
    assert (lost.our_reference, lost.their_reference) == (str(back.id), "")
    assert (lost.our_amount_minor, lost.their_amount_minor) == (-1_000_00, None)
    incident = Incident.objects.get()
    assert incident.kind == Incident.Kind.RECONCILIATION
    assert incident.details["differences"] == {
        "MISSING": 2, "EXTRA": 1, "AMOUNT": 1, "CURRENCY": 1, "FEE": 1, "DUPLICATE": 1, "DATE": 1,
    }  # fmt: skip
    assert_consistent()


@pytest.mark.django_db
def test_second_run_of_a_period_notes_nothing_again_and_calls_nobody(
    sandbox: RunningSandbox,
) -> None:
    spoil(sandbox, "missing", intent(paid_purchase()))
    run()
    item = ReconciliationItem.objects.get()
    resolve_difference(item_id=item.id, actor=STAFF, reason="Told by phone", now=later(minutes=2))

    again = run()

    assert (again.difference_count, again.new_count) == (1, 0)
    assert ReconciliationItem.objects.get().resolved_at is not None
    assert Incident.objects.count() == 1
    assert not has_open_differences("stripe")


@pytest.mark.django_db
def test_open_difference_stops_payouts_until_a_person_gives_a_reason(
    sandbox: RunningSandbox,
) -> None:
    spoil(sandbox, "fee", intent(paid_purchase()))
    run()
    item = ReconciliationItem.objects.get()
    assert has_open_differences("stripe")
    assert not has_open_differences("other")
    assert open_differences().count == 1

    moment = later(minutes=2)
    resolve_difference(item_id=item.id, actor=STAFF, reason="A foreign card", now=moment)

    item.refresh_from_db()
    assert (item.resolved_at, item.resolved_by, item.resolution) == (
        moment, STAFF.user_id, "A foreign card",
    )  # fmt: skip
    assert not has_open_differences("stripe")
    entry = AuditEntry.objects.get(action="payments.difference_resolved")
    assert (entry.target_id, entry.reason) == (str(item.id), "A foreign card")
    with pytest.raises(reconciling.DifferenceResolved):
        resolve_difference(item_id=item.id, actor=STAFF, reason="Again", now=moment)
    with pytest.raises(NotFound):
        resolve_difference(item_id=uuid4(), actor=STAFF, reason="No", now=moment)


@pytest.mark.django_db
def test_refunds_under_way_and_failed_refunds_are_no_false_alarms(sandbox: RunningSandbox) -> None:
    pending, failing, later_failing, unanswered = (paid_purchase() for _ in range(4))
    sandbox.fault("refund_pending", "refund")
    assert paid_back(pending, "pending").state == RefundState.PENDING
    sandbox.fault("refund_fails", "refund")
    assert paid_back(failing, "failing").state == RefundState.FAILED
    late = paid_back(later_failing, "late")
    httpx.post(
        f"{sandbox.url}/_sandbox/refund", json={"id": late.provider_refund_id, "status": "failed"}
    )
    report = provider_of("stripe").read_refund(late.provider_refund_id)
    refund_sending.apply_refund_report(report=report, now=now())
    sandbox.fault("timeout_after", "POST /v1/refunds")
    assert paid_back(unanswered, "unanswered").state == RefundState.UNKNOWN

    assert run().state == "AGREED"


@pytest.mark.django_db
def test_money_in_suspense_and_wrong_amounts_stand_in_both(sandbox: RunningSandbox) -> None:
    sandbox.faults.add({"kind": "wrong_amount", "on": "pay", "amount": 100})
    purchase = make_purchase()
    open_page(purchase).pay()
    ask(purchase)
    assert JournalEntry.objects.get().kind == "SUSPENSE"

    assert run().state == "AGREED"


@pytest.mark.django_db
def test_statement_of_several_pages_is_read_whole(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.payments.providers.stripe_statement.PAGE_LIMIT", 3)
    bought = [paid_purchase() for _ in range(8)]

    lines = provider_of("stripe").read_statement(start=later(minutes=-5), end=later(minutes=5))

    assert sorted(line.reference for line in lines) == sorted(map(intent, bought))
    assert run().state == "AGREED"


@pytest.mark.django_db
def test_statement_that_cannot_be_read_leaves_no_run(sandbox: RunningSandbox) -> None:
    sandbox.fault("timeout_before", "GET /v1/balance_transactions")

    with pytest.raises(ProviderUnknown):
        run()

    assert ReconciliationRun.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "end"), [(0, 0), (60, 0), (0, 3600)])
def test_period_that_is_empty_or_not_over_is_refused(
    sandbox: RunningSandbox, start: int, end: int
) -> None:
    moment = now()
    with pytest.raises(reconciling.PeriodNotOver):
        run(start=moment + timedelta(seconds=start), end=moment + timedelta(seconds=end))


@pytest.mark.django_db
def test_booking_of_last_night_is_compared_with_its_line_of_the_day_before(
    sandbox: RunningSandbox,
) -> None:
    """Our entry is in the period, the provider's line just before it: each day finds its partner."""
    paid_purchase()
    for row in sandbox.store.transactions.values():
        row["created"] -= 4 * 3600

    middle = later(hours=-2)
    assert run(start=later(hours=-9), end=middle).state == "AGREED"
    assert run(start=middle).state == "AGREED"


@pytest.mark.django_db
def test_timer_catches_up_the_days_that_it_missed_and_no_day_twice(
    sandbox: RunningSandbox,
) -> None:
    moment = datetime(2026, 11, 24, 3, 10, tzinfo=UTC)

    first = reconcile_due(provider="stripe", now=moment)
    assert reconcile_due(provider="stripe", now=moment + timedelta(hours=5)) is None
    third = reconcile_due(provider="stripe", now=moment + timedelta(days=3))

    assert first is not None
    assert third is not None
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    assert (first.period_from, first.period_to) == (midnight - timedelta(days=1), midnight)
    assert (third.period_from, third.period_to) == (midnight, midnight + timedelta(days=3))


@pytest.mark.usefixtures("committed_db")
def test_two_timers_at_once_leave_one_run_and_one_incident(sandbox: RunningSandbox) -> None:
    spoil(sandbox, "missing", intent(paid_purchase()))
    moment = later(days=1)

    def due(_number: int) -> Any:
        try:
            return reconcile_due(provider="stripe", now=moment)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(due, range(3)))

    assert ReconciliationRun.objects.count() == 1
    assert {one.id for one in made if one} == {ReconciliationRun.objects.get().id}
    assert (Incident.objects.count(), ReconciliationItem.objects.count()) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["kind", "key", "our_amount_minor", "found_at"])
def test_item_cannot_be_rewritten_nor_run_changed(sandbox: RunningSandbox, change: str) -> None:
    spoil(sandbox, "missing", intent(paid_purchase()))
    made = run()
    value = {"kind": "EXTRA", "key": "x", "our_amount_minor": 1, "found_at": now()}[change]

    for rows, given in (
        (ReconciliationItem.objects.all(), {change: value}),
        (ReconciliationRun.objects.filter(id=made.id), {"difference_count": 5}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**given)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


@dataclass
class Told:
    text: str
    error: str


def command(*arguments: str) -> Told:
    out = StringIO()
    try:
        call_command("reconcile", "--provider", "stripe", *arguments, stdout=out)
    except CommandError as error:
        return Told(out.getvalue(), str(error))
    return Told(out.getvalue(), "")


@pytest.mark.django_db
def test_command_tells_what_differs_and_fails(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    period = ("--from", later(hours=-1).isoformat(), "--to", now().isoformat())
    for row in sandbox.store.transactions.values():
        row["created"] -= 60
    sound = command(*period)
    spoil(sandbox, "amount", intent(purchase))
    broken = command(*period)

    assert "1 lines on the statement" in sound.text
    assert "0 differences, 0 of them new" in sound.text
    assert sound.error == ""
    assert f"AMOUNT     CHARGE          {intent(purchase)} txn_" in broken.text
    assert broken.error == "1 differences"
    assert command("--from", "yesterday", "--to", "2026-11-24").error == (
        "'yesterday' is neither a day nor a moment"
    )
    assert command("--from", "2026-11-24", "--to", "2026-11-24").error != ""

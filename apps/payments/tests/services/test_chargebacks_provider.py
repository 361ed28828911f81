"""Chargebacks over the sandbox's HTTP: webhooks in every order, refunds beside them, statements, answers."""

import random
from typing import Any

import pytest

from apps.core.errors import NotFound
from apps.core.models import AuditEntry, OutboxEvent
from apps.core.money import Money
from apps.core.tests.undoing import rolled_back
from apps.core.viewer import Viewer
from apps.payments.models import Chargeback, Incident, JournalEntry, ProviderEvent
from apps.payments.services import refund_sending
from apps.payments.services.chargeback_answers import (
    AnswerTooLate,
    ChargebackAlreadyAnswered,
    ChargebackNotOpen,
    EvidenceMissing,
    accept_chargeback,
    check_due_chargebacks,
    send_answer,
    send_evidence,
)
from apps.payments.services.reconciling import reconcile
from apps.payments.tests.chargebacks import (
    FRAUD,
    NOT_RECEIVED,
    S,
    answering_staff,
    bear,
    claims,
    marketplace_losses,
)
from apps.payments.tests.world import (
    TOTAL,
    Purchase,
    assert_consistent,
    books,
    deliver,
    later,
    make_purchase,
    now,
    open_page,
    paid_purchase,
    process_all,
    receive,
    refund,
)
from apps.payments.types import RefundState
from apps.payments.types_chargebacks import Evidence
from apps.sandbox.stripe.testing import RunningSandbox

pytestmark = pytest.mark.django_db

FEE = Money(190_000_00, "UZS")
PROOF = Evidence(
    "It was handed over.", tracking_number="K-1", carrier="Karvon", shipped_on="2026-11-20"
)


def intent(purchase: Purchase) -> str:
    return str(purchase.attempt.intent_id)


def disputed(
    sandbox: RunningSandbox, purchase: Purchase, reason: str = NOT_RECEIVED, **more: Any
) -> dict[str, Any]:
    """The bank disputes the payment, and its events arrive."""
    made = sandbox.dispute(intent(purchase), reason=reason, **more)
    deliver(sandbox, "charge.dispute.")
    return made


def decided(sandbox: RunningSandbox, made: dict[str, Any], outcome: str) -> Chargeback:
    sandbox.decide(made, outcome)
    deliver(sandbox, "charge.dispute.")
    return Chargeback.objects.get(provider_chargeback_id=made["id"])


def test_webhooks_open_and_win_it(sandbox: RunningSandbox) -> None:
    made = disputed(sandbox, paid_purchase())
    row = Chargeback.objects.get()
    assert (row.provider_chargeback_id, row.amount, row.fee_minor) == (made["id"], TOTAL, FEE.minor)
    assert row.evidence_due_at is not None
    assert int(row.evidence_due_at.timestamp()) == made["evidence_details"]["due_by"]

    row = decided(sandbox, made, "won")

    assert (row.state, row.settled_at is not None) == (S.WON, True)
    assert (claims(), marketplace_losses()) == (0, (FEE.minor, 0))
    assert_consistent()


def test_webhooks_three_times_and_shuffled_leave_the_same_books(sandbox: RunningSandbox) -> None:
    """Every event comes three times in a random order, at the end and while things happen."""
    won_one, lost_one = paid_purchase(), paid_purchase()
    found = []
    for seed in range(12):
        with rolled_back():
            found.append(_shuffled(sandbox, won_one, lost_one, seed))
    assert all(one == found[0] for one in found)


def _shuffled(
    sandbox: RunningSandbox, won_one: Purchase, lost_one: Purchase, seed: int
) -> dict[str, object]:
    chance = random.Random(seed)
    events = sandbox.store.events
    begun = len(events)
    for purchase, outcome in ((won_one, "won"), (lost_one, "lost")):
        made = sandbox.dispute(intent(purchase), reason=FRAUD)
        if seed % 2:
            # Half the news is of a moment that is over when the provider is asked.
            _thrice(list(events.values())[begun:], chance)
        sandbox.decide(made, outcome)
    _thrice(list(events.values())[begun:], chance)
    assert not ProviderEvent.objects.exclude(state="DONE").exists()
    assert_consistent()
    assert sorted(Chargeback.objects.values_list("state", flat=True)) == ["LOST", "WON"]
    return books()


def _thrice(events: list[dict[str, Any]], chance: random.Random) -> None:
    letters = [event for event in events if event["type"].startswith("charge.dispute.")] * 3
    chance.shuffle(letters)
    for event in letters:
        receive(event)
    process_all()


def test_lost_webhooks_are_made_up_for_by_asking(sandbox: RunningSandbox) -> None:
    made = disputed(sandbox, paid_purchase(), FRAUD)
    sandbox.decide(made, "lost")

    assert check_due_chargebacks(now=later(hours=7)) == 1

    row = Chargeback.objects.get()
    assert (row.state, row.check_at) == (S.LOST, None)
    assert check_due_chargebacks(now=later(days=7)) == 0


def test_capture_and_chargeback_told_in_the_wrong_order_both_arrive(
    sandbox: RunningSandbox,
) -> None:
    purchase = make_purchase()
    open_page(purchase).pay()
    (paid,) = sandbox.charged()
    sandbox.dispute(paid["payment_intent"], reason=FRAUD)
    deliver(sandbox, "charge.dispute.")
    assert Chargeback.objects.count() == 0

    deliver(sandbox, "payment_intent.succeeded")
    process_all()

    assert Chargeback.objects.get().is_frozen
    assert_consistent()


# Refunds beside it


def test_refund_asked_for_before_waits_while_the_bank_decides_and_is_paid_when_it_is_won(
    sandbox: RunningSandbox,
) -> None:
    purchase = paid_purchase()
    made = refund(purchase, "before", 40_000_00)
    bank = disputed(sandbox, purchase)

    refund_sending.call_refund(refund_id=made.id, now=now())
    made.refresh_from_db()
    assert (made.state, sandbox.refunded_minor()) == (RefundState.CREATED, 0)

    decided(sandbox, bank, "won")
    refund_sending.call_refund(refund_id=made.id, now=now())
    made.refresh_from_db()
    assert (made.state, sandbox.refunded_minor()) == (RefundState.SUCCEEDED, 40_000_00)
    assert_consistent()


def test_refund_asked_for_before_fails_when_the_bank_keeps_it_all(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    made = refund(purchase, "before", 40_000_00)
    bank = disputed(sandbox, purchase)
    bear(decided(sandbox, bank, "lost"))

    refund_sending.call_refund(refund_id=made.id, now=now())

    made.refresh_from_db()
    assert (made.state, made.failure_code) == (RefundState.FAILED, "charged_back")
    assert sandbox.refunded_minor() == 0
    assert Incident.objects.get().kind == "REFUND_FAILED"
    # Given back again it makes the marketplace's part of the loss good.
    assert marketplace_losses()[1] == 40_000_00
    again = refund(purchase, "again", 40_000_00)
    assert (again.state, marketplace_losses()[1]) == (RefundState.SUCCEEDED, 0)
    assert_consistent()


def test_refund_that_fits_beside_what_the_bank_kept_is_paid(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    made = refund(purchase, "before", 40_000_00)
    bank = disputed(sandbox, purchase, amount=50_000_00)
    bear(decided(sandbox, bank, "lost"))

    refund_sending.call_refund(refund_id=made.id, now=now())

    made.refresh_from_db()
    assert (made.state, sandbox.refunded_minor()) == (RefundState.SUCCEEDED, 40_000_00)
    assert_consistent()


# Statements


def test_statement_with_chargebacks_agrees_with_the_books(sandbox: RunningSandbox) -> None:
    won_one = disputed(sandbox, paid_purchase())
    lost_one = disputed(sandbox, paid_purchase(), FRAUD, amount=30_000_00)
    disputed(sandbox, paid_purchase())
    decided(sandbox, won_one, "won")
    decided(sandbox, lost_one, "lost")

    run = reconcile(
        provider="stripe", start=later(days=-1), end=later(seconds=2), now=later(minutes=1)
    )

    assert (run.state, run.statement_count, run.book_count) == ("AGREED", 7, 7)


def test_fee_that_is_another_than_was_booked_differs(sandbox: RunningSandbox) -> None:
    made = disputed(sandbox, paid_purchase(), FRAUD)
    with sandbox.store.lock:
        (row,) = (row for row in sandbox.store.transactions.values() if row["source"] == made["id"])
        row["fee"] += 1
        row["net"] -= 1

    run = reconcile(
        provider="stripe", start=later(days=-1), end=later(seconds=2), now=later(minutes=1)
    )

    assert list(run.items.values_list("kind", "movement")) == [("AMOUNT", "CHARGEBACK")]


def test_chargeback_that_was_never_told_is_extra_on_the_statement(sandbox: RunningSandbox) -> None:
    purchase = paid_purchase()
    sandbox.dispute(intent(purchase))

    run = reconcile(
        provider="stripe", start=later(days=-1), end=later(seconds=2), now=later(minutes=1)
    )

    assert list(run.items.values_list("kind", "movement")) == [("EXTRA", "CHARGEBACK")]
    assert JournalEntry.objects.filter(kind="CHARGEBACK").count() == 0


# Answers


def answered(row: Chargeback, **changes: Any) -> Chargeback:
    given = {"evidence": PROOF, "actor": answering_staff(), "reason": "Clear", "now": now()}
    return send_evidence(chargeback_id=row.id, **(given | changes))


def test_evidence_is_kept_then_sent_by_a_worker(sandbox: RunningSandbox) -> None:
    made = disputed(sandbox, paid_purchase())

    row = answered(Chargeback.objects.get())
    assert (row.answer, row.answer_sent_at) == ("EVIDENCE", None)
    assert sandbox.store.disputes[made["id"]]["status"] == "needs_response"
    assert OutboxEvent.objects.filter(topic="payments.chargeback_answered").count() == 1
    for _time in range(2):
        send_answer(chargeback_id=row.id, now=now())

    row.refresh_from_db()
    assert (row.state, row.answer_sent_at is not None) == (S.UNDER_REVIEW, True)
    theirs = sandbox.store.disputes[made["id"]]
    assert theirs["evidence_details"]["submission_count"] == 1
    assert theirs["evidence"]["uncategorized_text"] == PROOF.text
    assert theirs["evidence"]["shipping_tracking_number"] == "K-1"
    entry = AuditEntry.objects.get(action="payments.chargeback_evidence")
    assert (entry.reason, entry.target_id) == ("Clear", str(row.id))


def test_accepted_chargeback_is_lost(sandbox: RunningSandbox) -> None:
    disputed(sandbox, paid_purchase(), FRAUD)
    row = Chargeback.objects.get()

    accept_chargeback(chargeback_id=row.id, actor=answering_staff(), reason="True", now=now())
    send_answer(chargeback_id=row.id, now=now())

    row.refresh_from_db()
    assert (row.state, row.answer) == (S.LOST, "ACCEPTED")
    assert row.settled_at is not None
    assert AuditEntry.objects.filter(action="payments.chargeback_accepted").count() == 1
    assert_consistent()


@pytest.mark.parametrize("fault", ["timeout_after", "error_after", "rate_limit", "html"])
def test_answer_whose_outcome_is_not_known_is_sent_again_and_given_once(
    sandbox: RunningSandbox, fault: str
) -> None:
    made = disputed(sandbox, paid_purchase())
    row = answered(Chargeback.objects.get())
    sandbox.fault(fault, f"POST /v1/disputes/{made['id']}")

    send_answer(chargeback_id=row.id, now=now())
    row.refresh_from_db()
    assert row.answer_sent_at is None
    check_due_chargebacks(now=later(minutes=5))

    row.refresh_from_db()
    assert (row.state, row.answer_sent_at is not None) == (S.UNDER_REVIEW, True)
    assert sandbox.store.disputes[made["id"]]["evidence_details"]["submission_count"] == 1


def test_answer_that_the_provider_refuses_is_an_incident_and_may_be_given_anew(
    sandbox: RunningSandbox,
) -> None:
    made = disputed(sandbox, paid_purchase())
    row = answered(Chargeback.objects.get(), evidence=Evidence("x" * 20_001))

    send_answer(chargeback_id=row.id, now=now())

    row.refresh_from_db()
    assert (row.answer, row.state) == ("", S.NEEDS_RESPONSE)
    incident = Incident.objects.get()
    assert (incident.kind, incident.details["chargeback_id"]) == ("CHARGEBACK", made["id"])
    answered(row)
    send_answer(chargeback_id=row.id, now=now())
    row.refresh_from_db()
    assert (row.state, row.answer_text) == (S.UNDER_REVIEW, PROOF.text)
    assert sandbox.store.disputes[made["id"]]["evidence_details"]["submission_count"] == 1


def test_evidence_that_was_refused_is_no_part_of_giving_in(sandbox: RunningSandbox) -> None:
    disputed(sandbox, paid_purchase())
    row = answered(Chargeback.objects.get(), evidence=Evidence("x" * 20_001, carrier="Own"))
    send_answer(chargeback_id=row.id, now=now())

    accept_chargeback(chargeback_id=row.id, actor=answering_staff(), reason="X", now=now())

    row.refresh_from_db()
    assert (row.answer, row.answer_text, row.answer_facts) == ("ACCEPTED", "", {})
    entry = AuditEntry.objects.get(action="payments.chargeback_accepted")
    assert entry.after == {"answer": "ACCEPTED"}
    send_answer(chargeback_id=row.id, now=now())
    row.refresh_from_db()
    assert row.state == S.LOST


def test_answer_is_given_once_in_time_with_words_by_those_who_may(sandbox: RunningSandbox) -> None:
    made = disputed(sandbox, paid_purchase(), FRAUD)
    row = Chargeback.objects.get()

    with pytest.raises(NotFound):
        answered(row, actor=Viewer(is_staff=True))
    with pytest.raises(EvidenceMissing):
        answered(row, evidence=Evidence(" "))
    with pytest.raises(AnswerTooLate):
        answered(row, now=later(days=8))
    answered(row)
    with pytest.raises(ChargebackAlreadyAnswered):
        answered(row)
    with pytest.raises(ChargebackAlreadyAnswered):
        accept_chargeback(chargeback_id=row.id, actor=answering_staff(), reason="X", now=now())

    other = disputed(sandbox, paid_purchase(), FRAUD)
    over = decided(sandbox, other, "won")
    with pytest.raises(ChargebackNotOpen):
        answered(over)
    assert made["id"] != other["id"]
    assert AuditEntry.objects.filter(action="payments.chargeback_evidence").count() == 1


def test_bank_that_decided_first_needs_no_answer(sandbox: RunningSandbox) -> None:
    made = disputed(sandbox, paid_purchase(), FRAUD)
    row = answered(Chargeback.objects.get())
    sandbox.decide(made, "lost")

    send_answer(chargeback_id=row.id, now=now())

    row.refresh_from_db()
    assert row.state == S.LOST
    assert sandbox.store.disputes[made["id"]]["evidence_details"]["submission_count"] == 0


def test_one_that_cannot_be_read_does_not_stop_the_others(
    sandbox: RunningSandbox,
) -> None:
    first = disputed(sandbox, paid_purchase(), FRAUD)
    second = disputed(sandbox, paid_purchase(), FRAUD)
    for made in (first, second):
        sandbox.decide(made, "lost")
    sandbox.fault("rate_limit", f"GET /v1/disputes/{first['id']}")

    assert check_due_chargebacks(now=later(hours=7)) == 2

    states = dict(Chargeback.objects.values_list("provider_chargeback_id", "state"))
    assert states == {first["id"]: S.NEEDS_RESPONSE, second["id"]: S.LOST}

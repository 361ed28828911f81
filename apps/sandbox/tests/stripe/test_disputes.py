"""Disputes of the sandbox over HTTP: opened by the control, answered by the API, decided by the bank."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apps.sandbox.stripe.testing import RunningSandbox, running_sandbox
from apps.sandbox.tests.stripe.test_balance import LIST, charge
from apps.sandbox.tests.stripe.test_sandbox import get, post

FEE = 190_000_00


@pytest.fixture
def sandbox(settings: Any) -> Iterator[RunningSandbox]:
    with running_sandbox(settings) as running:
        yield running


def control(sandbox: RunningSandbox, name: str, **given: Any) -> httpx.Response:
    return httpx.post(f"{sandbox.url}/_sandbox/{name}", json=given)


def dispute(sandbox: RunningSandbox, **given: Any) -> dict[str, Any]:
    paid = charge(sandbox)
    answer = control(sandbox, "dispute", charge=paid["payment_intent"], **given)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def kinds(sandbox: RunningSandbox) -> list[str]:
    found = sandbox.events("charge.dispute.")
    return [event["type"].removeprefix("charge.dispute.") for event in found]


def moved(sandbox: RunningSandbox) -> list[tuple[str, int, int]]:
    rows = get(sandbox, f"{LIST}?type=adjustment")["data"]
    return sorted((row["reporting_category"], row["amount"], row["fee"]) for row in rows)


def test_dispute_withdraws_the_sum_and_a_fee_and_says_so(sandbox: RunningSandbox) -> None:
    made = dispute(sandbox, amount=5_000_00, reason="product_not_received", evidence_due_by=123)

    found = get(sandbox, f"/v1/disputes/{made['id']}?expand[]=payment_intent")

    assert (found["status"], found["reason"], found["amount"]) == (
        "needs_response",
        "product_not_received",
        5_000_00,
    )
    assert found["evidence_details"]["due_by"] == 123
    assert found["payment_intent"]["object"] == "payment_intent"
    (row,) = found["balance_transactions"]
    assert (row["amount"], row["fee"], row["source"]) == (-5_000_00, FEE, made["id"])
    assert moved(sandbox) == [("dispute", -5_000_00, FEE)]
    assert kinds(sandbox) == ["created", "funds_withdrawn"]
    assert get(sandbox, f"/v1/charges/{made['charge']}")["disputed"] is True


def test_won_dispute_gives_the_sum_back_and_not_the_fee(sandbox: RunningSandbox) -> None:
    made = dispute(sandbox)

    for _time in range(2):
        assert control(sandbox, "dispute_outcome", id=made["id"], status="won").status_code == 200

    amount = made["amount"]
    assert moved(sandbox) == [("dispute", -amount, FEE), ("dispute_reversal", amount, 0)]
    assert kinds(sandbox) == ["created", "funds_withdrawn", "closed", "funds_reinstated"]
    assert control(sandbox, "dispute_outcome", id=made["id"], status="lost").status_code == 400


def test_evidence_is_staged_until_it_is_submitted_and_taken_once(sandbox: RunningSandbox) -> None:
    made = dispute(sandbox)
    path = f"/v1/disputes/{made['id']}"
    text = "evidence[uncategorized_text]"

    staged = post(sandbox, path, {text: "It arrived.", "submit": "false"}).json()
    sent = post(sandbox, path, {"evidence[shipping_carrier]": "Post", "submit": "true"}).json()
    late = post(sandbox, path, {text: "And more."})

    assert (staged["status"], staged["evidence_details"]["submission_count"]) == (
        "needs_response",
        0,
    )
    assert sent["status"] == "under_review"
    assert sent["evidence"]["uncategorized_text"] == "It arrived."
    assert (late.status_code, late.json()["error"]["code"]) == (400, "dispute_already_closed")
    assert kinds(sandbox)[2:] == ["updated", "updated"]


@pytest.mark.parametrize(
    "given",
    [{"evidence[mood]": "x"}, {"mood": "x"}, {"evidence[uncategorized_text]": "x" * 20_001}],
)
def test_wrong_evidence_is_refused(sandbox: RunningSandbox, given: dict[str, str]) -> None:
    made = dispute(sandbox)

    assert post(sandbox, f"/v1/disputes/{made['id']}", given).status_code == 400


def test_accepted_dispute_is_lost(sandbox: RunningSandbox) -> None:
    made = dispute(sandbox)

    closed = post(sandbox, f"/v1/disputes/{made['id']}/close", {})

    assert closed.json()["status"] == "lost"
    assert kinds(sandbox)[2:] == ["closed"]
    assert moved(sandbox) == [("dispute", -made["amount"], FEE)]


def test_dispute_that_nobody_answers_in_time_is_lost(sandbox: RunningSandbox) -> None:
    made = dispute(sandbox)

    control(sandbox, "clock", shift_seconds=8 * 24 * 3600)

    found = get(sandbox, f"/v1/disputes/{made['id']}")
    assert (found["status"], found["evidence_details"]["past_due"]) == ("lost", True)


def test_inquiry_takes_no_money_until_it_escalates(sandbox: RunningSandbox) -> None:
    made = dispute(sandbox, is_inquiry=True)
    assert (made["status"], moved(sandbox)) == ("warning_needs_response", [])

    control(sandbox, "dispute_outcome", id=made["id"], status="escalated")

    assert get(sandbox, f"/v1/disputes/{made['id']}")["status"] == "needs_response"
    assert moved(sandbox) == [("dispute", -made["amount"], FEE)]


def test_inquiry_that_ends_is_closed(sandbox: RunningSandbox) -> None:
    made = dispute(sandbox, is_inquiry=True)

    control(sandbox, "dispute_outcome", id=made["id"], status="lost")

    assert get(sandbox, f"/v1/disputes/{made['id']}")["status"] == "warning_closed"
    assert moved(sandbox) == []


def test_charge_that_a_bank_has_is_not_refunded_beside_it(sandbox: RunningSandbox) -> None:
    made = dispute(sandbox, amount=5_000_00)
    rest = charge_amount(sandbox, made) - 5_000_00

    over = post(sandbox, "/v1/refunds", {"charge": made["charge"], "amount": str(rest + 1)})
    within = post(sandbox, "/v1/refunds", {"charge": made["charge"], "amount": str(rest)})

    assert (over.status_code, over.json()["error"]["code"]) == (400, "charge_disputed")
    assert within.status_code == 200


def charge_amount(sandbox: RunningSandbox, made: dict[str, Any]) -> int:
    return int(get(sandbox, f"/v1/charges/{made['charge']}")["amount_captured"])


@pytest.mark.parametrize(
    "given", [{"reason": "mood"}, {"amount": 10**12}, {"amount": -1}, {"charge": "ch_none"}]
)
def test_wrong_dispute_is_refused(sandbox: RunningSandbox, given: dict[str, Any]) -> None:
    paid = charge(sandbox)

    answer = control(sandbox, "dispute", **({"charge": paid["id"]} | given))

    assert answer.status_code in (400, 404)
    assert kinds(sandbox) == []


def test_unknown_dispute_is_missing(sandbox: RunningSandbox) -> None:
    assert post(sandbox, "/v1/disputes/du_none/close", {}).status_code == 404

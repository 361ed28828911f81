"""Connect in the sandbox: accounts hold what came in less what went out, payouts come to what their bank plays."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apps.sandbox.stripe.banks import BANKS
from apps.sandbox.stripe.server import Sandbox

KEY = {"Authorization": "Bearer sk_test_x"}
PAGES = {"return_url": "http://shop.test/back", "refresh_url": "http://shop.test/again"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox()
    running.start()
    yield running
    running.stop()


def call(sandbox: Sandbox, path: str, *, account: str = "", **given: Any) -> Any:
    headers = KEY | ({"Stripe-Account": account} if account else {})
    return httpx.post(f"{sandbox.url}/v1/{path}", data=given, headers=headers)


def verified(sandbox: Sandbox, bank: str = "000123456789") -> str:
    made = call(sandbox, "accounts", type="express", country="UZ", default_currency="uzs").json()
    with sandbox.store.lock:
        sandbox.engine.connect.tell_bank(sandbox.store.accounts[made["id"]], bank)
    return str(made["id"])


def fund(sandbox: Sandbox, account: str, amount: int) -> Any:
    given = {"amount": amount, "currency": "uzs", "destination": account}
    return call(sandbox, "transfers", **given)


def pay(sandbox: Sandbox, account: str, amount: int) -> Any:
    return call(sandbox, "payouts", account=account, amount=amount, currency="uzs")


def test_account_pays_out_no_more_than_came_in(sandbox: Sandbox) -> None:
    account = verified(sandbox)
    transfer = fund(sandbox, account, 500).json()

    assert pay(sandbox, account, 501).json()["error"]["code"] == "balance_insufficient"
    assert pay(sandbox, account, 300).status_code == 200
    reversal = call(sandbox, f"transfers/{transfer['id']}/reversals", amount=201)
    assert reversal.json()["error"]["code"] == "balance_insufficient"
    assert call(sandbox, f"transfers/{transfer['id']}/reversals", amount=200).status_code == 200
    assert sandbox.engine.connect.balance(account, "uzs") == 0


@pytest.mark.parametrize("number", BANKS)
def test_payout_comes_to_what_its_bank_plays(sandbox: Sandbox, number: str) -> None:
    bank, account = BANKS[number], verified(sandbox, number)
    fund(sandbox, account, 500)
    payout_id = pay(sandbox, account, 500).json()["id"]
    connect = sandbox.engine.connect
    connect.payout_seconds = 60
    seen = []
    for _ in range(6):
        with sandbox.store.lock:
            sandbox.store.clock_shift += 31
            connect.settle_due()
        seen.append(sandbox.store.payouts[payout_id]["status"])

    assert seen[0] == "in_transit"
    assert seen[-1] == ("failed" if bank.failure else "paid")
    assert ("paid" in seen) == (not bank.failure or bank.is_late)
    assert sandbox.store.payouts[payout_id]["failure_code"] == (bank.failure or None)
    assert connect.balance(account, "uzs") == (500 if bank.failure else 0)


def test_account_that_is_not_verified_gets_and_pays_nothing(sandbox: Sandbox) -> None:
    made = call(sandbox, "accounts", country="UZ", default_currency="uzs").json()

    refusal = fund(sandbox, made["id"], 1).json()["error"]["code"]
    assert refusal == "insufficient_capabilities_for_transfer"
    assert pay(sandbox, made["id"], 1).json()["error"]["code"] == "payouts_not_allowed"
    assert pay(sandbox, "acct_none", 1).status_code == 403


@pytest.mark.parametrize(
    ("path", "given", "param"),
    [
        ("accounts", {"country": "Uzbekistan"}, "country"),
        ("accounts", {"country": "UZ", "iban": "x"}, "iban"),
        ("account_links", {"account": "none", "type": "account_onboarding", **PAGES}, "id"),
        ("transfers", {"amount": 0, "currency": "uzs", "destination": "x"}, "amount"),
        ("transfers", {"amount": 1, "currency": "UZS", "destination": "x"}, "currency"),
        ("transfers", {"amount": 1, "currency": "uzs", "destination": "x"}, "destination"),
    ],
)
def test_wrong_parameters_are_refused_by_name(
    sandbox: Sandbox, path: str, given: dict[str, Any], param: str
) -> None:
    assert call(sandbox, path, **given).json()["error"]["param"] == param


def test_keys_of_an_account_are_its_own(sandbox: Sandbox) -> None:
    first, second = verified(sandbox), verified(sandbox)
    for account in (first, second):
        fund(sandbox, account, 500)
    headers = KEY | {"Idempotency-Key": "same"}
    answers = [
        httpx.post(
            f"{sandbox.url}/v1/payouts",
            data={"amount": 100, "currency": "uzs"},
            headers=headers | {"Stripe-Account": account},
        ).json()["id"]
        for account in (first, first, second)
    ]

    assert answers[0] == answers[1] != answers[2]


def test_control_lets_a_payout_fail_after_it_was_paid(sandbox: Sandbox) -> None:
    account = verified(sandbox)
    fund(sandbox, account, 500)
    payout_id = pay(sandbox, account, 500).json()["id"]

    for status in ("paid", "failed"):
        told = {"id": payout_id, "status": status}
        answer = httpx.post(f"{sandbox.url}/_sandbox/payout", json=told).json()
        assert answer["status"] == status
    kinds = [event["type"] for event in sandbox.store.events.values() if event.get("account")]
    assert kinds == [
        "account.updated",
        "payout.created",
        *("payout.paid", "payout.updated"),
        *("payout.failed", "account.updated", "payout.updated"),
    ]
    (bank,) = sandbox.store.accounts[account]["external_accounts"]["data"]
    assert bank["status"] == "errored"

"""The balance's transactions of the sandbox, over HTTP: shape, filters, pages, lies on demand."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apps.sandbox.stripe.testing import Payer, RunningSandbox, running_sandbox
from apps.sandbox.tests.stripe.test_sandbox import KEY, get, open_session, post

LIST = "/v1/balance_transactions"


@pytest.fixture
def sandbox(settings: Any) -> Iterator[RunningSandbox]:
    with running_sandbox(settings) as running:
        yield running


def charge(sandbox: RunningSandbox) -> dict[str, Any]:
    Payer(open_session(sandbox)["url"]).pay()
    return list(sandbox.store.charges.values())[-1]


def lie(sandbox: RunningSandbox, **given: str) -> httpx.Response:
    return httpx.post(f"{sandbox.url}/_sandbox/statement", json=given)


def test_charge_refund_and_failed_refund_leave_a_transaction_each(sandbox: RunningSandbox) -> None:
    paid = charge(sandbox)
    refund = post(sandbox, "/v1/refunds", {"charge": paid["id"], "amount": "500"}).json()
    httpx.post(f"{sandbox.url}/_sandbox/refund", json={"id": refund["id"], "status": "failed"})

    rows = {row["type"]: row for row in get(sandbox, LIST)["data"]}

    fee = 434_710 + 100_000
    assert {kind: (row["amount"], row["fee"], row["net"]) for kind, row in rows.items()} == {
        "charge": (14_990_000, fee, 14_990_000 - fee),
        "refund": (-500, 0, -500),
        "refund_failure": (500, 0, 500),
    }
    first = rows["charge"]
    assert (first["object"], first["currency"]) == ("balance_transaction", "uzs")
    assert first["available_on"] == first["created"] + 2 * 24 * 3600
    assert first["fee_details"] == [
        {"amount": fee, "application": None, "currency": "uzs", "type": "stripe_fee"}
    ]
    assert (first["source"], rows["refund"]["source"]) == (paid["id"], refund["id"])


def test_source_is_shown_whole_when_asked_for(sandbox: RunningSandbox) -> None:
    paid = charge(sandbox)

    (row,) = get(sandbox, f"{LIST}?expand[]=data.source")["data"]

    assert row["source"]["payment_intent"] == paid["payment_intent"]
    assert get(sandbox, LIST)["data"][0]["source"] == paid["id"]


def test_list_is_cut_by_time_type_and_page(sandbox: RunningSandbox) -> None:
    for number in range(3):
        charge(sandbox)
        list(sandbox.store.transactions.values())[-1]["created"] = 1000 + number

    def created(query: str) -> list[int]:
        return [row["created"] for row in get(sandbox, f"{LIST}?{query}")["data"]]

    assert created("") == [1002, 1001, 1000]
    assert created("created[gte]=1001&created[lt]=1002") == [1001]
    assert created("created[gt]=1001&created[lte]=1002") == [1002]
    assert created("type=refund") == []
    first = get(sandbox, f"{LIST}?limit=2")
    assert (len(first["data"]), first["has_more"]) == (2, True)
    second = get(sandbox, f"{LIST}?limit=2&starting_after={first['data'][1]['id']}")
    assert ([row["created"] for row in second["data"]], second["has_more"]) == ([1000], False)


@pytest.mark.parametrize("query", ["payout=po_1", "limit=0", "limit=101", "starting_after=txn_1"])
def test_what_is_not_simulated_or_not_there_gets_400(sandbox: RunningSandbox, query: str) -> None:
    assert httpx.get(f"{sandbox.url}{LIST}?{query}", headers=KEY).status_code == 400


def test_lie_about_nothing_or_of_an_unknown_kind_gets_400(sandbox: RunningSandbox) -> None:
    paid = charge(sandbox)

    assert lie(sandbox, fault="missing", source="ch_none").status_code == 400
    assert lie(sandbox, fault="vanish", source=paid["id"]).status_code == 400
    assert lie(sandbox, fault="missing", source=paid["payment_intent"]).status_code == 200
    assert get(sandbox, LIST)["data"] == []

"""Webhooks of payees' accounts: another address, another secret, read again before they count."""

import time
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from apps.core.tests.undoing import rolled_back
from apps.payments.models import Incident, Payout, ProviderEvent
from apps.payments.services import inbox
from apps.payments.tests.payouts import (
    DAY,
    LATE,
    NO_ACCOUNT,
    ask_payout,
    balances,
    fresh,
    open_account,
    ready_payee,
    send,
    uzs,
)
from apps.payments.tests.world import SECRET, assert_consistent, books, process_all
from apps.payments.types_payouts import PayoutAccountState, PayoutState
from apps.sandbox.stripe.testing import RunningSandbox
from apps.sandbox.stripe.webhooks import body_of, sign

pytestmark = pytest.mark.django_db
CONNECT = settings.STRIPE_CONNECT_WEBHOOK_SECRETS[0]
URL = "/webhooks/stripe/connect/"


def deliver(event: dict[str, Any], *, url: str = URL, secret: str = CONNECT) -> int:
    body = body_of(event)
    signature = sign(body, secret=secret, at=int(time.time()))
    answer = Client().post(
        url, body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    return answer.status_code


def deliver_all(events: list[dict[str, Any]]) -> None:
    for event in events:
        is_connected = "account" in event
        url = URL if is_connected else "/webhooks/stripe/"
        assert deliver(event, url=url, secret=CONNECT if is_connected else SECRET) == 200
    process_all()


def test_account_that_is_verified_at_the_provider_is_verified_here(
    sandbox: RunningSandbox,
) -> None:
    account = open_account(uuid4())
    sandbox.engine.connect.restrict(sandbox.store.accounts[account.provider_account_id])

    deliver_all(sandbox.events("account.updated"))

    account.refresh_from_db()
    assert account.state == PayoutAccountState.RESTRICTED
    assert ProviderEvent.objects.filter(account_id=account.provider_account_id).count() == 2


@pytest.mark.parametrize(
    ("url", "secret"),
    [(URL, SECRET), (URL, "whsec_forged"), (URL, ""), ("/webhooks/stripe/", CONNECT)],
)
def test_each_address_takes_its_own_secret_alone(
    sandbox: RunningSandbox, url: str, secret: str
) -> None:
    open_account(uuid4())
    (event,) = sandbox.events("account.updated")

    assert deliver(event, url=url, secret=secret) == 400
    assert ProviderEvent.objects.count() == 0


@pytest.mark.parametrize("account", ["", None, 7, ["acct_1"], "x" * 81])
def test_event_that_names_no_account_is_refused(sandbox: RunningSandbox, account: Any) -> None:
    open_account(uuid4())
    (event,) = sandbox.events("account.updated")

    assert deliver(event | {"account": account}) == 400
    assert ProviderEvent.objects.count() == 0


def test_every_order_of_a_payout_s_webhooks_ends_in_the_same_books(
    sandbox: RunningSandbox,
) -> None:
    """Of a payout that is paid and comes back; each event twice; the sweeper takes it back."""
    payee_id = ready_payee(bank=LATE)
    payout = send(ask_payout(payee_id, uzs(400_000)))
    sandbox.settle_payouts()
    sandbox.settle_payouts()
    events = sandbox.events("payout.") + sandbox.events("transfer.")
    kinds = [event["type"] for event in events]
    assert kinds[:2] == ["payout.created", "payout.paid"]
    assert kinds[-1] == "transfer.created"
    outcomes = []
    for order in permutations([*events[1:4], events[-1]]):
        with rolled_back():
            deliver_all([event for event in order for _ in range(2)])
            Payout.objects.update(check_at=DAY)
            done = send(payout)
            outcomes.append((done.state, done.failure_code, balances(payee_id, done), books()))
            assert_consistent()

    assert len(outcomes) == 24
    assert [one for one in outcomes if one != outcomes[0]] == []
    assert outcomes[0][:3] == (PayoutState.FAILED, "account_closed", (100_000_000, 0))


def test_news_of_a_payout_before_its_answer_is_recorded_counts(sandbox: RunningSandbox) -> None:
    payout = ask_payout(ready_payee())
    sandbox.fault("timeout_after", "POST /v1/payouts")
    assert send(payout).state == PayoutState.UNKNOWN

    deliver_all(sandbox.events("payout.created"))

    assert fresh(payout).state == PayoutState.IN_TRANSIT
    assert Incident.objects.count() == 0


def test_lie_in_a_body_moves_nothing(sandbox: RunningSandbox) -> None:
    payout = send(ask_payout(ready_payee(bank=NO_ACCOUNT)))
    (event,) = sandbox.events("payout.created")
    said = event["data"]["object"] | {"status": "paid", "amount": 1}
    lie = event | {"type": "payout.paid", "data": {"object": said}}

    deliver_all([lie])

    assert fresh(payout).state == PayoutState.IN_TRANSIT


def test_payout_and_transfer_that_are_not_ours_become_incidents(sandbox: RunningSandbox) -> None:
    payout = send(ask_payout(ready_payee()))
    for table, name in ((sandbox.store.transfers, "tr"), (sandbox.store.payouts, "po")):
        (own,) = table.values()
        table[f"{name}_foreign"] = own | {"id": f"{name}_foreign", "metadata": {}}
        table[f"{name}_double"] = own | {"id": f"{name}_double"}
    (of_transfer,), (of_payout,) = sandbox.events("transfer."), sandbox.events("payout.")
    events = [
        event | {"id": f"evt_{name}", "data": {"object": {"id": name}}}
        for event, names in (
            (of_transfer, ("tr_foreign", "tr_double")),
            (of_payout, ("po_foreign", "po_double")),
        )
        for name in names
    ]

    deliver_all([*events, *[event | {"id": f"{event['id']}_2"} for event in events]])

    kinds = sorted(Incident.objects.values_list("kind", flat=True))
    assert kinds == ["CONTRADICTION"] * 2 + ["PAYOUT_UNKNOWN"] * 2
    assert fresh(payout).state == PayoutState.IN_TRANSIT
    assert_consistent()


def test_late_event_is_processed_again_until_the_provider_answers(sandbox: RunningSandbox) -> None:
    payout = send(ask_payout(ready_payee()))
    sandbox.settle_payouts()
    sandbox.fault("timeout_before", "GET /v1/payouts/.*")
    (paid,) = sandbox.events("payout.paid")
    assert deliver(paid) == 200
    process_all()
    row = ProviderEvent.objects.get()
    assert (row.state, row.attempts) == ("NEW", 1)

    inbox.retry_due(now=row.received_at + timedelta(minutes=2))

    assert fresh(payout).state == PayoutState.PAID

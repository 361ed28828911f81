"""What PostgreSQL itself refuses of payouts, whoever writes, and that each refusal is a guard's."""
# ruff: noqa: S608  the statements are put together from our own constants

from collections.abc import Iterator

import pytest

from apps.payments.migrations import __path__ as migrations_path
from apps.payments.models import Payout
from apps.payments.rules_payouts import MOVES
from apps.payments.tests.guarded import (
    CHECK,
    DENIED,
    UNIQUE,
    connect,
    expected,
    refused_to_application,
    refused_without_guards,
)
from apps.payments.tests.payouts import ask_payout, ready_payee, send, settle, uzs
from apps.payments.tests.world import assert_consistent
from apps.payments.types_payouts import PayoutState
from apps.sandbox.stripe.testing import RunningSandbox

SENT, NEW = "number = 'PO-SENT'", "number = 'PO-NEW'"
_COPY = (
    "INSERT INTO payments_payout (number, payee_id, account_id, currency, amount_minor, key, origin,"
    " state, provider_transfer_id, provider_payout_id, provider_reversal_id, failure_code, requested_at)"
    " SELECT 'PO-COPY', {payee}, account_id, {currency}, {amount}, {key}, origin, '{state}', '', '', '',"
    " '', now() FROM payments_payout WHERE number = 'PO-NEW'"
)
PLAIN = {
    "payee": "payee_id",
    "currency": "currency",
    "amount": "1",
    "key": "'x'",
    "state": "CREATED",
}


def copy(**changes: str) -> str:
    return _COPY.format(**PLAIN | changes)


FORBIDDEN = {
    "pay more": (f"UPDATE payments_payout SET amount_minor = 1 WHERE {NEW}", DENIED),
    "pay another": (f"UPDATE payments_payout SET payee_id = gen_random_uuid() WHERE {NEW}", DENIED),
    "rename": (f"UPDATE payments_payout SET key = 'x' WHERE {NEW}", DENIED),
    "send again": (
        f"UPDATE payments_payout SET provider_transfer_id = 'tr_2' WHERE {SENT}",
        DENIED,
    ),
    "forget the payout": (
        f"UPDATE payments_payout SET provider_payout_id = '' WHERE {SENT}",
        DENIED,
    ),
    "stop what was paid": (
        f"UPDATE payments_payout SET state = 'STOPPED', stopped_at = now(), check_at = NULL WHERE {SENT}",
        CHECK,
    ),
    "paid without being sent": (
        f"UPDATE payments_payout SET state = 'PAID', paid_at = now() WHERE {NEW}",
        CHECK,
    ),
    "transfer without its id": (
        f"UPDATE payments_payout SET state = 'SENT_TRANSFER', transferred_at = now() WHERE {NEW}",
        CHECK,
    ),
    "fail and keep the transfer": (
        (
            "UPDATE payments_payout SET state = 'FAILED', failed_at = now(), check_at = NULL,"
            f" provider_transfer_id = 'tr_3' WHERE {NEW}"
        ),
        CHECK,
    ),
    "end with a clock": (
        f"UPDATE payments_payout SET state = 'FAILED', failed_at = now() WHERE {NEW}",
        CHECK,
    ),
    "unknown since never": (f"UPDATE payments_payout SET state = 'UNKNOWN' WHERE {NEW}", CHECK),
    "stopped after it was asked for": (
        (
            "UPDATE payments_payout SET state = 'STOPPED', stopped_at = now(), check_at = NULL,"
            f" transfer_called_at = now() WHERE {NEW}"
        ),
        CHECK,
    ),
    "born paid": (copy(state="PAID"), CHECK),
    "to a stranger's account": (copy(payee="gen_random_uuid()"), CHECK),
    "in another currency": (copy(currency="'USD'"), CHECK),
    "nothing": (copy(amount="0"), CHECK),
    "the same request twice": (copy(key="key"), UNIQUE),
    "delete a payout": ("DELETE FROM payments_payout", DENIED),
    "truncate payouts": ("TRUNCATE payments_payout CASCADE", DENIED),
    "delete an account": ("DELETE FROM payments_payoutaccount", DENIED),
    "give an account away": (
        "UPDATE payments_payoutaccount SET payee_id = gen_random_uuid()",
        DENIED,
    ),
    "another account at the provider": (
        "UPDATE payments_payoutaccount SET provider_account_id = 'acct_2'",
        DENIED,
    ),
    "unverify": ("UPDATE payments_payoutaccount SET state = 'PENDING'", CHECK),
    "usable before it was changed": (
        "UPDATE payments_payoutaccount SET usable_from = changed_at - interval '1 second'",
        CHECK,
    ),
    "weekday eight": (
        (
            "INSERT INTO payments_payoutschedule (payee_id, currency, rhythm, weekday, changed_at)"
            " VALUES (gen_random_uuid(), 'UZS', 'WEEKLY', 8, now())"
        ),
        CHECK,
    ),
}


@pytest.fixture
def _books(committed_db: None, sandbox: RunningSandbox) -> Iterator[None]:
    payee_id = ready_payee()
    paid = settle(send(ask_payout(payee_id, uzs(100_000))), sandbox)
    new = ask_payout(payee_id, uzs(100_000))
    with connect("owner") as owner:
        owner.execute("SET session_replication_role = replica")
        for payout, number in ((paid, "PO-SENT"), (new, "PO-NEW")):
            owner.execute(
                "UPDATE payments_payout SET number = %s WHERE id = %s", [number, payout.id]
            )
    yield
    assert_consistent()


@pytest.mark.usefixtures("_books")
def test_forbidden_statements_are_refused_by_the_database() -> None:
    assert refused_to_application(FORBIDDEN) == expected(FORBIDDEN)


@pytest.mark.usefixtures("_books")
def test_without_its_guards_the_database_takes_every_one_of_them() -> None:
    assert refused_without_guards(FORBIDDEN, "payments_payout") == {}


def test_trigger_and_rules_hold_the_same_table_of_moves() -> None:
    from importlib import import_module

    assert migrations_path
    written = import_module("apps.payments.migrations.0009_payout_guards").MOVES

    allowed = {f"{state}>{to}" for state, following in MOVES.items() for to in following}
    assert allowed == set(written)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [s for s in PayoutState if s not in ("HELD", "CREATED")])
def test_payout_begins_as_held_or_to_be_sent(sandbox: RunningSandbox, state: PayoutState) -> None:
    from django.db import IntegrityError

    payout = ask_payout(ready_payee(), uzs(100_000))

    with pytest.raises(IntegrityError, match="begins as"):
        Payout.objects.create(
            number="x",
            payee_id=payout.payee_id,
            account=payout.account,
            currency="UZS",
            amount_minor=1,
            key="x",
            origin="MANUAL",
            state=state,
            requested_at=payout.requested_at,
        )

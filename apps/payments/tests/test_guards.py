"""R09: statements that PostgreSQL itself refuses to the application's role."""
# ruff: noqa: S608  the statements are put together from our own constants

from collections.abc import Iterator

import pytest

from apps.core.invariants import violations
from apps.core.services.seals import seal
from apps.core.viewer import SYSTEM
from apps.orders.tests.services.world import capture, now, pay, place
from apps.payments.journals import LEDGER_JOURNAL
from apps.payments.services import holds, refunds
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.guarded import (
    CHECK,
    DENIED,
    UNIQUE,
    expected,
    refused_to_application,
    refused_without_guards,
)
from apps.payments.tests.releases import DUE, NOW, STAFF, paid_share, release, release_of
from marketplace.tests.world import make_world

FOREIGN = "23503"
ENTRY = (
    "INSERT INTO payments_journalentry (key, kind, reference_type, reference_id)"
    " VALUES ('x', 'X', 'x', 'x') RETURNING id"
)
BORN_RICH = (
    "INSERT INTO payments_ledgeraccount (owner_type, owner_id, kind, currency, balance_minor)"
    " VALUES ('x', 'x', 'FX', 'UZS', 5)"
)
SAME_KEY = (
    "INSERT INTO payments_journalentry (key, kind, reference_type, reference_id)"
    " SELECT key, 'X', 'x', 'x' FROM payments_journalentry LIMIT 1"
)
PAIR = (
    f"WITH e AS ({ENTRY}) INSERT INTO payments_posting (entry_id, account_id, currency, amount_minor)"
    " SELECT e.id, a.id, %s, v.minor FROM e, (VALUES (%s), (%s)) AS v(minor),"
    " (SELECT id FROM payments_ledgeraccount WHERE kind = 'ESCROW' LIMIT 1) AS a"
)
# Balanced, but it takes more from an escrow account than lies there.
BELOW_FLOOR = (
    f"WITH e AS ({ENTRY}) INSERT INTO payments_posting (entry_id, account_id, currency, amount_minor)"
    " SELECT e.id, a.id, 'UZS', CASE a.kind WHEN 'ESCROW' THEN -1 ELSE 1 END * 10 ^ 15::bigint"
    " FROM e, payments_ledgeraccount AS a WHERE a.kind IN ('ESCROW', 'PROVIDER_CLEARING')"
)
REFUND = (
    "payment_id, allocation_id, key, amount_minor, currency, reason, state,"
    " provider_refund_id, failure_code"
)
SAME_REFUND = f"INSERT INTO payments_refund ({REFUND}) SELECT {REFUND} FROM payments_refund LIMIT 1"
_SETTLEMENT = (
    "INSERT INTO payments_settlement (reference_id, payee_id, currency, commission_minor,"
    " commission_vat_minor, delivery_minor, delivery_vat_minor, seller_minor, payout_currency,"
    " payout_minor, state, released_at, available_at)"
    " SELECT %s, payee_id, 'UZS', 0, 0, 0, 0, %s, 'UZS', %s, '%s', now(), now()"
    " FROM payments_settlement LIMIT 1"
)
SAME_SETTLEMENT = _SETTLEMENT % ("reference_id", 1, 1, "PENDING")
EMPTY_SETTLEMENT = _SETTLEMENT % ("gen_random_uuid()", 0, 0, "PENDING")
UNDATED_SETTLEMENT = _SETTLEMENT % ("gen_random_uuid()", 1, 1, "AVAILABLE")
GENEROUS_SETTLEMENT = _SETTLEMENT % ("gen_random_uuid()", 1, 2, "PENDING")
SECOND_HOLD = (
    "INSERT INTO payments_escrowhold (reference_id, reason, placed_at)"
    " SELECT id, 'x', now() FROM"
    " (SELECT gen_random_uuid() AS id) AS made, generate_series(1, 2)"
)
FORBIDDEN = {
    "update a posting": ("UPDATE payments_posting SET amount_minor = 1", DENIED),
    "delete a posting": ("DELETE FROM payments_posting", DENIED),
    "truncate postings": ("TRUNCATE payments_posting", DENIED),
    "update an entry": ("UPDATE payments_journalentry SET kind = 'X'", DENIED),
    "delete an entry": ("DELETE FROM payments_journalentry", DENIED),
    "update the audit": ("UPDATE core_auditentry SET reason = 'x'", DENIED),
    "delete from the audit": ("DELETE FROM core_auditentry", DENIED),
    "truncate the audit": ("TRUNCATE core_auditentry", DENIED),
    "edit a seal's hash": ("UPDATE core_seal SET hash = previous_hash", DENIED),
    "write a balance": ("UPDATE payments_ledgeraccount SET balance_minor = 0", DENIED),
    "lower a floor": ("UPDATE payments_ledgeraccount SET min_balance_minor = -1", DENIED),
    "delete history": ("DELETE FROM orders_orderevent", DENIED),
    "switch a trigger off": ("ALTER TABLE payments_posting DISABLE TRIGGER USER", DENIED),
    "unbalanced pair": (PAIR % ("'UZS'", 2, -1), CHECK),
    "mixed currency": (PAIR % ("'USD'", 1, -1), FOREIGN),
    "entry without postings": (ENTRY, CHECK),
    "escrow below its floor": (BELOW_FLOOR, CHECK),
    "account with a balance": (BORN_RICH, CHECK),
    "stock below zero": ("UPDATE catalog_stock SET on_hand = -1, reserved = -1", CHECK),
    "reserved above stock": ("UPDATE catalog_stock SET reserved = on_hand + 1", CHECK),
    "refund above capture": ("UPDATE payments_payment SET refunded_minor = 10 ^ 15", CHECK),
    "illegal move": ("UPDATE orders_order SET status = 'DELIVERED'", CHECK),
    "same entry twice": (SAME_KEY, UNIQUE),
    "same refund twice": (SAME_REFUND, UNIQUE),
    "rewrite a settlement": ("UPDATE payments_settlement SET payout_minor = 1", DENIED),
    "settle again": ("UPDATE payments_settlement SET state = 'PENDING'", DENIED),
    "delete a settlement": ("DELETE FROM payments_settlement", DENIED),
    "settle an order twice": (SAME_SETTLEMENT, UNIQUE),
    "settlement of nothing": (EMPTY_SETTLEMENT, CHECK),
    "available without its day": (UNDATED_SETTLEMENT, CHECK),
    "pay the seller more": (GENEROUS_SETTLEMENT, CHECK),
    "rewrite a hold": ("UPDATE payments_escrowhold SET reason = 'x'", DENIED),
    "lift a hold again": ("UPDATE payments_escrowhold SET lifted_at = now()", DENIED),
    "delete a hold": ("DELETE FROM payments_escrowhold", DENIED),
    "hold twice at once": (SECOND_HOLD, UNIQUE),
}


@pytest.fixture
def _books(committed_db: None) -> Iterator[None]:
    """A paid order, a part of it refunded, the books sealed."""
    world = make_world()
    group = place(world)
    capture(pay(world, group).id, group)
    order = group.orders.get()
    refunds.issue_refund(
        key="r1", reference_id=order.id, amount=order.total, reason="X", actor=SYSTEM, now=now()
    )
    share = paid_share()
    held = holds.hold_escrow(reference_id=share.reference_id, actor=STAFF, reason="Doubt", now=NOW)
    holds.lift_hold(hold_id=held.id, actor=STAFF, reason="Clear", now=NOW)
    release(release_of(share))
    make_due_available(now=DUE)
    assert seal(LEDGER_JOURNAL)
    yield
    assert violations() == []


@pytest.mark.usefixtures("_books")
def test_forbidden_statements_are_refused_by_the_database() -> None:
    assert refused_to_application(FORBIDDEN) == expected(FORBIDDEN)


@pytest.mark.usefixtures("_books")
def test_without_its_guards_the_database_takes_every_one_of_them() -> None:
    assert refused_without_guards(FORBIDDEN, "payments|catalog_stock|orders_order") == {}

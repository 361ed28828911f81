"""R09: sixteen statements that PostgreSQL itself refuses to the application's role."""

import psycopg
import pytest
from django.conf import settings

from apps.orders.tests.services.world import capture, pay, place
from marketplace.tests.world import make_world

DENIED, CHECK, FOREIGN, UNIQUE = "42501", "23514", "23503", "23505"
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
    f"WITH e AS ({ENTRY}) INSERT INTO"  # noqa: S608  put together from our own constants
    " payments_posting (entry_id, account_id, currency, amount_minor)"
    " SELECT e.id, a.id, %s, v.minor FROM e, (VALUES (%s), (%s)) AS v(minor),"
    " (SELECT id FROM payments_ledgeraccount WHERE kind = 'ESCROW' LIMIT 1) AS a"
)
FORBIDDEN = {
    "update a posting": ("UPDATE payments_posting SET amount_minor = 1", DENIED),
    "delete a posting": ("DELETE FROM payments_posting", DENIED),
    "truncate postings": ("TRUNCATE payments_posting", DENIED),
    "update an entry": ("UPDATE payments_journalentry SET kind = 'X'", DENIED),
    "delete an entry": ("DELETE FROM payments_journalentry", DENIED),
    "write a balance": ("UPDATE payments_ledgeraccount SET balance_minor = 0", DENIED),
    "lower a floor": ("UPDATE payments_ledgeraccount SET min_balance_minor = -1", DENIED),
    "delete history": ("DELETE FROM orders_orderevent", DENIED),
    "switch a trigger off": ("ALTER TABLE payments_posting DISABLE TRIGGER ALL", DENIED),
    "unbalanced pair": (PAIR % ("'UZS'", 2, -1), CHECK),
    "mixed currency": (PAIR % ("'USD'", 1, -1), FOREIGN),
    "entry without postings": (ENTRY, CHECK),
    "account with a balance": (BORN_RICH, CHECK),
    "stock below zero": ("UPDATE catalog_stock SET on_hand = -1, reserved = -1", CHECK),
    "reserved above stock": ("UPDATE catalog_stock SET reserved = on_hand + 1", CHECK),
    "refund above capture": ("UPDATE payments_payment SET refunded_minor = 10 ^ 15", CHECK),
    "illegal move": ("UPDATE orders_order SET status = 'DELIVERED'", CHECK),
    "same entry twice": (SAME_KEY, UNIQUE),
}


@pytest.mark.usefixtures("committed_db")
def test_forbidden_statements_are_refused_by_the_database() -> None:
    world = make_world()
    group = place(world)
    capture(pay(world, group).id, group)
    found = {}
    given = settings.DATABASES["default"]
    with psycopg.connect(
        host=given["HOST"],
        port=given["PORT"],
        user=given["USER"],
        password=given["PASSWORD"],
        dbname=given["NAME"],
    ) as application:
        assert application.info.user == "karvon_app"
        for name, (statement, _sqlstate) in FORBIDDEN.items():
            try:
                application.execute(statement)
                application.commit()
            except psycopg.Error as error:
                found[name] = error.sqlstate
                application.rollback()

    assert found == {name: sqlstate for name, (_statement, sqlstate) in FORBIDDEN.items()}

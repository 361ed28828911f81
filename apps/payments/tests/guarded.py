"""Statements that the database itself has to refuse, and the proof that a guard of its own refuses them."""

from collections.abc import Mapping

import psycopg

from apps.core.tests.roles import connect

# By name: the statement, and the SQLSTATE that it is refused with.
type Forbidden = Mapping[str, tuple[str, str]]
DENIED, CHECK, UNIQUE = "42501", "23514", "23505"


def expected(forbidden: Forbidden) -> dict[str, str]:
    return {name: sqlstate for name, (_statement, sqlstate) in forbidden.items()}


def refused_to_application(forbidden: Forbidden) -> dict[str, str | None]:
    with connect("default", autocommit=False) as application:
        assert application.info.user == "karvon_app"
        return _refusals(application, forbidden)


def refused_without_guards(forbidden: Forbidden, tables: str) -> dict[str, str | None]:
    """The control: to the owner, triggers asleep and constraints dropped, each of them does harm.

    `tables` are beginnings of names, for a regular expression.
    """
    with connect("owner", autocommit=False) as owner, owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL session_replication_role = replica")
        guards = owner.execute(
            "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I CASCADE', conrelid::regclass, conname)"
            " FROM pg_constraint WHERE contype IN ('c', 'u') AND conrelid::regclass::text ~ %(tables)s"
            " UNION ALL SELECT format('DROP INDEX %%s', indexrelid::regclass)"  # unique on a part
            " FROM pg_index WHERE indisunique AND indpred IS NOT NULL"
            " AND indrelid::regclass::text ~ '^payments'",
            {"tables": f"^({tables})"},
        ).fetchall()
        for (drop,) in guards:
            owner.execute(drop)
        return _refusals(owner, forbidden)


def _refusals(connection: psycopg.Connection, forbidden: Forbidden) -> dict[str, str | None]:
    """Try every statement, each for itself; return the refused ones with their SQLSTATE."""
    found = {}
    for name, (statement, _sqlstate) in forbidden.items():
        try:
            with connection.transaction(force_rollback=True):
                assert connection.execute(statement).rowcount, name
                connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.Error as error:
            found[name] = error.sqlstate
    return found

"""Fixtures of every test: a real database under two roles, a real Redis, no way out."""

import gc
import os
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.utils import translation
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from apps.core.redis import client
from apps.core.tests.roles import connect

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_runtest_setup() -> None:
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what may take long, so that no worker waits for it at the end."""

    def patience(item: pytest.Item) -> float:
        marker = item.get_closest_marker("timeout")
        return marker.args[0] if marker else 0

    items.sort(key=patience, reverse=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse a run whose groups the distribution lost: every suite would start a shop per test.

    What is imported by now stays, so that collecting garbage need not look through it each time; and a
    test that builds thousands of queries need not be looked through every 700 objects.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    if not getattr(session.config.option, "loadgroup", False):
        return
    lost = [
        item.nodeid
        for item in session.items
        if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
    ]
    if lost:
        raise pytest.UsageError(f"--dist loadgroup does not see the group of {lost[0]}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Make a database of this process's own, migrated by the owner, used by the application's role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    original = str(settings.DATABASES["owner"]["NAME"])
    name = f"test_{original}_{worker}_{os.getpid()}"
    with connect("owner", original) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    for alias in ("default", "owner"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", verbosity=0)
        connections["owner"].close()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    _drop_database(original, name)


def _drop_database(original: str, name: str) -> None:
    """Drop it. Sessions that a test's threads left open are ended first, each role's by itself.

    A plain drop waits for them to go, and autovacuum gives way to it; a forced one would want rights
    over both.
    """
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
    for is_last in (False, True):
        for alias in ("default", "owner"):
            with connect(alias, original) as session:
                session.execute(end, [name])
        try:
            with connect("owner", original) as admin:
                admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.ObjectInUse:
            if is_last:
                raise
        else:
            return


def empty_all_tables() -> None:
    """Empty every table as the owner, append-only ones too: triggers sleep in this session alone.

    Rows are deleted: a test leaves few, and truncating makes new files of every table and index.
    """
    with connect("owner") as owner:
        tables = owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchall()
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            sql.SQL("; ").join(
                sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for (table,) in tables
            )
        )


def number_from_one() -> None:
    """Let generated ids begin anew: transactions that were rolled back have used some up."""
    with connect("owner") as owner:
        owner.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
            " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
        )


@pytest.fixture
def swept_tables(django_db_setup: None) -> None:
    """Tables without what earlier tests rolled back: a long test looks through it with each statement."""
    with connect("owner") as owner:
        owner.execute("VACUUM")


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database in which transactions really commit: for races, relays and other processes."""
    number_from_one()
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            connections.close_all()
            empty_all_tables()
            cache.clear()


@pytest.fixture(autouse=True)
def _fresh_redis() -> None:
    """Every test's visitor is a new one to the rate limits, and nothing is cached of the test before.

    A test that rolls back never tells the cache of what it changed.
    """
    client(settings.RATE_LIMIT_REDIS_URL).flushdb()
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """Forget the language of the page that the test before opened in this thread."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _fresh_process_caches() -> Iterator[None]:
    """Forget what a process keeps for a minute: rates and tariffs."""
    from apps.logistics.selectors import forget_tariffs
    from apps.pricing.selectors import forget_rates

    forget_rates()
    forget_tariffs()
    yield

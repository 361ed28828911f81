"""A kept connection: looked at where that is enough, asked where it is not, given up when it is dead."""

import time
from collections.abc import Iterator

import pytest
from django.db import connection as shared
from django.db.utils import DatabaseError

from apps.core.postgres.base import ASK_AFTER_IDLE_SECONDS, DatabaseWrapper

pytestmark = pytest.mark.django_db

ASKED = "SELECT 1"


@pytest.fixture
def kept() -> Iterator[DatabaseWrapper]:
    """A connection of its own, as a web process keeps one between two requests."""
    wrapper = shared.copy()
    assert isinstance(wrapper, DatabaseWrapper)
    try:
        wrapper.connect()
        assert wrapper.is_usable()
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT 'work'")
        yield wrapper
    finally:
        wrapper.close()


def last_statement(wrapper: DatabaseWrapper) -> str:
    assert wrapper.connection is not None
    with shared.cursor() as cursor:
        cursor.execute(
            "SELECT query FROM pg_stat_activity WHERE pid = %s",
            [wrapper.connection.info.backend_pid],
        )
        (statement,) = cursor.fetchone()
    return str(statement)


def end_session(wrapper: DatabaseWrapper) -> None:
    """End it from the server's side, as a restart does; wait until the server has hung up."""
    assert wrapper.connection is not None
    pid = wrapper.connection.info.backend_pid
    with shared.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)


def test_connection_of_a_moment_ago_is_not_asked(kept: DatabaseWrapper) -> None:
    assert kept.is_usable()

    assert last_statement(kept) == "SELECT 'work'"


def test_connection_that_was_idle_for_long_is_asked(
    kept: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.monotonic() + ASK_AFTER_IDLE_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)

    assert kept.is_usable()

    assert last_statement(kept) == ASKED


def test_connection_is_asked_after_an_error(kept: DatabaseWrapper) -> None:
    with pytest.raises(DatabaseError), kept.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")

    assert kept.is_usable()

    assert last_statement(kept) == ASKED


def test_session_that_the_server_has_ended_is_not_usable(kept: DatabaseWrapper) -> None:
    end_session(kept)

    assert not kept.is_usable()


def test_request_after_a_restart_of_the_server_gets_a_new_session(kept: DatabaseWrapper) -> None:
    end_session(kept)
    kept.close_if_unusable_or_obsolete()  # what a request begins with

    with kept.cursor() as cursor:
        cursor.execute("SELECT 'again'")
        assert cursor.fetchone() == ("again",)

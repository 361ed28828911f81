"""A worker's session of the database: kept from task to task, replaced when the server has ended it."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from apps.core import clock
from apps.core.models import OutboxEvent
from apps.core.services.relay import KEEP_SENT
from apps.core.tests.beside import PATIENCE_SECONDS, ROOT, beside, until
from marketplace.celery import app

TASK = "apps.core.tasks.drop_expired"
_SESSIONS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


@pytest.fixture
def queue(committed_db: None) -> Iterator[str]:
    """A queue of this test's own with one worker that hears it."""
    name = f"sessions-{uuid4().hex}"
    options = ["--queues", name, "--concurrency", "1", "--loglevel", "WARNING"]
    command = [sys.executable, "-m", "celery", "-A", "marketplace", "worker", *options]
    worker = subprocess.Popen(command, cwd=ROOT, env=beside())
    try:
        yield name
    finally:
        worker.terminate()
        worker.wait(PATIENCE_SECONDS)


def _sessions_after_a_task(queue: str) -> list[int]:
    """Let the worker forget an old event; return who is connected when it has."""
    old = OutboxEvent.objects.create(
        aggregate="thing",
        aggregate_id=uuid4().hex,
        seq=1,
        partition=0,
        topic="test.changed",
        payload={},
        sent_at=clock.now() - KEEP_SENT - timedelta(days=1),
    )
    app.send_task(TASK, queue=queue)
    until(lambda: not OutboxEvent.objects.filter(id=old.id).exists(), "the task is done")
    with connection.cursor() as cursor:
        cursor.execute(_SESSIONS)
        return [pid for (pid,) in cursor.fetchall()]


@pytest.mark.timeout(200)
def test_session_is_kept_and_a_dead_one_replaced(queue: str) -> None:
    first = _sessions_after_a_task(queue)
    assert len(first) == 1
    assert _sessions_after_a_task(queue) == first

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", first)
    after = _sessions_after_a_task(queue)

    assert len(after) == 1
    assert after != first

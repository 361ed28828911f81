"""Health: what this process depends on and whether it answers."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from apps.core.models import OutboxEvent
from apps.core.redis import client

OUTBOX_LAG_LIMIT_SECONDS = 30


@dataclass(frozen=True)
class Health:
    name: str
    is_ok: bool
    detail: str
    milliseconds: float


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def _redis() -> str:
    client(f"{settings.REDIS_URL}/0").ping()
    return "answers"


def _cache() -> str:
    cache.set("health", "1", 5)
    if cache.get("health") != "1":
        raise RuntimeError("what was written is not read back")
    return "reads what it wrote"


def _outbox() -> str:
    oldest = (
        OutboxEvent.objects.filter(sent_at=None, dead_at=None)
        .order_by("id")
        .values_list("created_at", flat=True)
        .first()
    )
    lag = (timezone.now() - oldest).total_seconds() if oldest else 0
    if lag > OUTBOX_LAG_LIMIT_SECONDS:
        raise RuntimeError(f"oldest undelivered event is {lag:.0f} s old")
    return f"oldest undelivered event {lag:.1f} s"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "redis": _redis,
    "cache": _cache,
    "outbox": _outbox,
}
# Without these no page can be served; the rest degrades.
ESSENTIAL = {"database"}


def examine() -> list[Health]:
    results = []
    for name, check in CHECKS.items():
        started = time.perf_counter()
        try:
            detail, is_ok = check(), True
        except Exception as error:  # noqa: BLE001  a health check reports whatever went wrong
            detail, is_ok = f"{type(error).__name__}: {error}"[:200], False
        results.append(Health(name, is_ok, detail, (time.perf_counter() - started) * 1000))
    return results

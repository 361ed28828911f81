"""Outbox: publish facts in the transaction that makes them true.

Invariant: an event exists exactly when its fact was committed, and the events of one aggregate
carry 1, 2, 3, ... without holes.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, Sum
from psycopg.types.json import Jsonb

from apps.core.events import Event
from apps.core.models import OutboxStream
from apps.core.page_store import forget_pages
from apps.core.sql import prepared_cursor

# One round trip. The event's id is drawn after the stream's row is locked, so that ids of a stream
# rise with its numbers.
_EMIT = """
WITH stream AS (
  INSERT INTO core_outboxstream (aggregate, aggregate_id, last_seq)
  VALUES (%(aggregate)s, %(aggregate_id)s, 1)
  ON CONFLICT (aggregate, aggregate_id) DO UPDATE SET last_seq = core_outboxstream.last_seq + 1
  RETURNING last_seq)
INSERT INTO core_outboxevent
  (aggregate, aggregate_id, seq, partition, topic, schema_version, payload, headers, attempts, last_error)
SELECT %(aggregate)s, %(aggregate_id)s, stream.last_seq, %(partition)s, %(topic)s, %(version)s,
  %(payload)s, %(headers)s, 0, ''
FROM stream
RETURNING id
"""


def emit(event: Event) -> int:
    """Write an event to the outbox and return its id; call it last in the use case.

    The stream's row is locked from here on.

    :raises TransactionManagementError: no transaction is open
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("emit() belongs to the fact's transaction")
    if event.page_tags:
        forget_pages(*event.page_tags)
    context = structlog.contextvars.get_contextvars()
    values: dict[str, Any] = {
        "aggregate": event.aggregate,
        "aggregate_id": event.aggregate_id,
        "partition": partition_of(event.aggregate_id),
        "topic": event.topic,
        "version": event.schema_version,
        "payload": Jsonb(event.to_payload()),
        "headers": Jsonb({"request_id": context.get("request_id", "")}),
    }
    with prepared_cursor() as cursor:
        cursor.execute(_EMIT, values)
        (event_id,) = cursor.fetchone()
    return int(event_id)


def facts_about(streams: Iterable[tuple[str, object]]) -> int:
    """Return how many facts of these (aggregate, id) were published: it rises with each, for ever."""
    named = Q(pk__in=[])
    for aggregate, aggregate_id in streams:
        named |= Q(aggregate=aggregate, aggregate_id=str(aggregate_id))
    return int(OutboxStream.objects.filter(named).aggregate(sum=Sum("last_seq"))["sum"] or 0)


def partition_of(aggregate_id: str) -> int:
    digest = hashlib.blake2b(aggregate_id.encode(), digest_size=4).digest()
    return int.from_bytes(digest) % settings.OUTBOX_PARTITIONS


@dataclass(frozen=True)
class Handler:
    """A reaction to a topic. `task` names a Celery task to queue instead of a function to run here.

    A hint leaves no note that it ran: it comes again with a repeated event. One that looks at the
    present alone (`is_latest_enough`) is run for the last of several events of its stream and topic.
    """

    name: str
    topic: str
    function: Callable[[Any], None] | None = None
    is_hint: bool = False
    is_latest_enough: bool = False
    task: str = ""
    task_arguments: Callable[[Any], dict[str, Any]] | None = None


_handlers: dict[str, list[Handler]] = {}


def handles[E: Event](
    event_type: type[E], *, is_latest_enough: bool = False
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a handler: idempotent, one service call, run by the relay in a transaction of its own.

    `is_latest_enough`: it rebuilds from what is there now, so that of several facts that wait the last
    one stands for all.
    """

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{function.__module__}.{function.__qualname__}"
        _add(
            Handler(
                name=name,
                topic=event_type.topic,
                function=function,
                is_latest_enough=is_latest_enough,
            )
        )
        return function

    return register


def hints[E: Event](
    event_type: type[E],
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a hint: it writes nothing and may come twice or be lost, such as a nudge to open pages."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{function.__module__}.{function.__qualname__}"
        _add(Handler(name=name, topic=event_type.topic, function=function, is_hint=True))
        return function

    return register


def dispatches[E: Event](
    event_type: type[E], *, task: str, arguments: Callable[[E], dict[str, Any]]
) -> None:
    """Register a job: the relay queues the Celery task once the fact is committed (at least once)."""
    _add(Handler(name=f"task:{task}", topic=event_type.topic, task=task, task_arguments=arguments))


def handlers_of(topic: str) -> list[Handler]:
    return _handlers.get(topic, [])


def _add(handler: Handler) -> None:
    known = _handlers.setdefault(handler.topic, [])
    if all(other.name != handler.name for other in known):
        known.append(handler)


def dispatched_tasks() -> frozenset[str]:
    """Return the names of all tasks that events queue."""
    return frozenset(
        handler.task for known in _handlers.values() for handler in known if handler.task
    )

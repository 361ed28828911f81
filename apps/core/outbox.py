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

from apps.core.events import Event
from apps.core.models import OutboxEvent, OutboxStream
from apps.core.page_store import forget_pages

_NEXT_SEQ = """
INSERT INTO core_outboxstream (aggregate, aggregate_id, last_seq) VALUES (%s, %s, 1)
ON CONFLICT (aggregate, aggregate_id) DO UPDATE SET last_seq = core_outboxstream.last_seq + 1
RETURNING last_seq
"""


def emit(event: Event) -> OutboxEvent:
    """Write an event to the outbox; call it last in the use case (the stream row is locked from here on).

    :raises TransactionManagementError: no transaction is open
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("emit() belongs to the fact's transaction")
    aggregate_id = event.aggregate_id
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_SEQ, [event.aggregate, aggregate_id])
        (seq,) = cursor.fetchone()
    if event.page_tags:
        forget_pages(*event.page_tags)
    context = structlog.contextvars.get_contextvars()
    return OutboxEvent.objects.create(
        aggregate=event.aggregate,
        aggregate_id=aggregate_id,
        seq=seq,
        partition=partition_of(aggregate_id),
        topic=event.topic,
        schema_version=event.schema_version,
        payload=event.to_payload(),
        headers={"request_id": context.get("request_id", "")},
    )


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
    """A reaction to a topic. `task` names a Celery task to queue instead of a function to run here."""

    name: str
    topic: str
    function: Callable[[Any], None] | None = None
    task: str = ""
    task_arguments: Callable[[Any], dict[str, Any]] | None = None


_handlers: dict[str, list[Handler]] = {}


def handles[E: Event](
    event_type: type[E],
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a handler: idempotent, one service call, run by the relay in a transaction of its own."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{function.__module__}.{function.__qualname__}"
        _add(Handler(name=name, topic=event_type.topic, function=function))
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

"""Relay: deliver outbox events to their handlers, in order per aggregate, at least once.

Invariant: an event of an aggregate is tried only when every earlier one of that aggregate was
delivered or dead-lettered; a handler's effect and the note that it ran are one transaction.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction

from apps.core import clock
from apps.core.events import Event, event_class
from apps.core.models import OutboxEvent, ProcessedEvent
from apps.core.outbox import Handler, handlers_of
from apps.core.sql import documents, prepared_cursor

log = structlog.get_logger(__name__)

BATCH = 200
MAX_BACKOFF = timedelta(minutes=15)
KEEP_SENT = timedelta(days=7)
PURGE_BATCH = 10_000

# What is due, in order: an event behind one of its aggregate that backs off waits with it. Only one that
# was tried backs off, and says so for the index outbox_waiting: it is small when the queue is long.
DUE = """
SELECT id, aggregate, aggregate_id, topic, payload, headers, attempts
FROM core_outboxevent AS event
WHERE sent_at IS NULL AND dead_at IS NULL AND partition = ANY(%(partitions)s)
  AND available_at <= %(now)s
  AND NOT EXISTS (
    SELECT 1 FROM core_outboxevent AS earlier
    WHERE earlier.aggregate = event.aggregate AND earlier.aggregate_id = event.aggregate_id
      AND earlier.seq < event.seq AND earlier.sent_at IS NULL AND earlier.dead_at IS NULL
      AND earlier.attempts > 0 AND earlier.available_at > %(now)s)
ORDER BY id LIMIT %(most)s
"""
_NOTED = """
SELECT handler, event_id FROM core_processedevent
WHERE handler = ANY(%(handlers)s) AND event_id = ANY(%(events)s)
"""
_NOTE = """
INSERT INTO core_processedevent (handler, event_id)
SELECT * FROM unnest(%(handlers)s::text[], %(events)s::bigint[]) ON CONFLICT DO NOTHING
"""
_NOTE_ONCE = "INSERT INTO core_processedevent (handler, event_id) VALUES (%(handler)s, %(event)s)"
_SENT = "UPDATE core_outboxevent SET sent_at = %(now)s WHERE id = ANY(%(events)s)"


def deliver_batch(*, partitions: list[int], now: datetime) -> int:
    """Deliver what is due of `partitions`, each event once; return how many were tried."""
    due = documents(DUE, {"partitions": partitions, "now": now, "most": BATCH})
    return deliver([OutboxEvent(**row) for row in due], now=now)


def deliver_all(*, now: datetime | None = None) -> int:
    """Deliver until nothing is due: for commands and tests."""
    delivered = 0
    everything = list(range(settings.OUTBOX_PARTITIONS))
    while count := deliver_batch(partitions=everything, now=now or clock.now()):
        delivered += count
    return delivered


def deliver(events: Sequence[OutboxEvent], *, now: datetime) -> int:
    """Deliver events in the given order; behind one that fails its aggregate's others are left.

    What was queued is noted, and what arrived is marked as sent, together at the end: a death in between
    repeats jobs, never loses one, and what handlers did their own notes skip.
    """
    if not events:
        return 0
    done = _noted(events) | _superseded(events)
    queued: list[tuple[str, int]] = []
    sent: list[int] = []
    failed: set[tuple[str, str]] = set()
    for event in events:
        stream = (event.aggregate, event.aggregate_id)
        if stream in failed:
            continue
        if _is_delivered(event, done, queued, now=now):
            sent.append(event.id)
        else:
            failed.add(stream)
    _note_delivered(queued, sent)
    return len(sent) + len(failed)


def _noted(events: Sequence[OutboxEvent]) -> set[tuple[str, int]]:
    """Return which handlers have had which of these events."""
    names = {handler.name for event in events for handler in handlers_of(event.topic)}
    ids = [event.id for event in events]
    with prepared_cursor() as cursor:
        cursor.execute(_NOTED, {"handlers": sorted(names), "events": ids})
        return set(cursor.fetchall())


def _note_delivered(queued: Sequence[tuple[str, int]], sent: Sequence[int]) -> None:
    with prepared_cursor() as cursor:
        if queued:
            handlers, events = zip(*queued, strict=True)
            cursor.execute(_NOTE, {"handlers": list(handlers), "events": list(events)})
        if sent:
            cursor.execute(_SENT, {"now": clock.now(), "events": list(sent)})


def _superseded(events: Sequence[OutboxEvent]) -> set[tuple[str, int]]:
    """Return which handlers need not run for which events, because a later one stands for both."""
    last = {(event.aggregate, event.aggregate_id, event.topic): event.id for event in events}
    return {
        (handler.name, event.id)
        for event in events
        if last[event.aggregate, event.aggregate_id, event.topic] != event.id
        for handler in handlers_of(event.topic)
        if handler.is_latest_enough
    }


def _is_delivered(
    event: OutboxEvent,
    done: set[tuple[str, int]],
    queued: list[tuple[str, int]],
    *,
    now: datetime,
) -> bool:
    with structlog.contextvars.bound_contextvars(
        request_id=event.headers.get("request_id", ""), event_id=event.id, topic=event.topic
    ):
        try:
            for handler in handlers_of(event.topic):
                if (handler.name, event.id) in done:
                    continue
                fact = _fact(event)
                if handler.task and handler.task_arguments:
                    # settings.CELERY_TASK_ROUTES says where.
                    arguments = handler.task_arguments(fact)
                    current_app.send_task(handler.task, kwargs=arguments)
                    queued.append((handler.name, event.id))
                elif handler.function:
                    _run(handler, handler.function, event, fact)
        except Exception as error:  # noqa: BLE001  the process border of every handler
            _postpone(event, error, now=now)
            return False
    return True


def _fact(event: OutboxEvent) -> Event:
    kind = event_class(event.topic)
    if kind is None:
        raise LookupError(f"no event class for topic {event.topic}")
    return kind.from_payload(event.payload)


def _run(
    handler: Handler, function: Callable[[Event], None], event: OutboxEvent, fact: Event
) -> None:
    if handler.is_hint:
        function(fact)
        return
    with transaction.atomic():
        _note(handler, event)
        function(fact)


def _note(handler: Handler, event: OutboxEvent) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(_NOTE_ONCE, {"handler": handler.name, "event": event.id})


def _postpone(event: OutboxEvent, error: Exception, *, now: datetime) -> None:
    event.attempts += 1
    event.last_error = f"{type(error).__name__}: {error}"[:2000]
    event.available_at = now + min(timedelta(seconds=2**event.attempts), MAX_BACKOFF)
    if event.attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        event.dead_at = now
    event.save(update_fields=["attempts", "last_error", "available_at", "dead_at"])
    log.error("event_failed", attempts=event.attempts, dead=event.dead_at is not None)


@transaction.atomic
def replay(*, event_ids: list[int], now: datetime) -> int:
    """Put dead letters back into the queue; handlers that already ran are skipped."""
    return OutboxEvent.objects.filter(id__in=event_ids, dead_at__isnull=False).update(
        dead_at=None, attempts=0, available_at=now
    )


@transaction.atomic
def purge_sent(*, now: datetime) -> int:
    """Forget events that were delivered more than KEEP_SENT ago; return how many."""
    old = OutboxEvent.objects.filter(sent_at__lt=now - KEEP_SENT)
    ids = list(old.order_by("id").values_list("id", flat=True)[:PURGE_BATCH])
    ProcessedEvent.objects.filter(event_id__in=ids).delete()
    count, _details = OutboxEvent.objects.filter(id__in=ids).delete()
    return count

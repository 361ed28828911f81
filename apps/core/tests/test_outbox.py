"""Outbox: an event exists exactly when its fact does, and streams have no holes."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError

from apps.core.models import OutboxEvent
from apps.core.outbox import emit, handlers_of, partition_of
from apps.core.tests.world import ThingChanged, handled


def _sequences() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, seq in OutboxEvent.objects.order_by("id").values_list("aggregate_id", "seq"):
        found.setdefault(key, []).append(seq)
    return found


def test_emit_outside_a_transaction_raises(committed_db: None) -> None:
    with pytest.raises(TransactionManagementError):
        emit(ThingChanged("a"))
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db
def test_emitted_event_carries_its_stream_and_the_request() -> None:
    with structlog.contextvars.bound_contextvars(request_id="request-0001"):
        event_id = emit(ThingChanged("a", 7))

    event = OutboxEvent.objects.get(id=event_id)
    assert (event.aggregate, event.aggregate_id, event.seq) == ("thing", "a", 1)
    assert (event.topic, event.schema_version) == ("test.thing_changed", 1)
    assert event.payload == {"thing_id": "a", "step": 7}
    assert event.headers == {"request_id": "request-0001"}
    assert (event.attempts, event.sent_at, event.dead_at) == (0, None, None)


def test_rolled_back_fact_leaves_no_event_and_no_hole(committed_db: None) -> None:
    for is_undone in (False, True, True, False):
        with transaction.atomic():
            emit(ThingChanged("a"))
            transaction.set_rollback(is_undone)

    assert _sequences() == {"a": [1, 2]}


def test_emits_at_once_number_each_stream_without_holes(committed_db: None) -> None:
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        try:
            for step in range(20):
                with transaction.atomic():
                    emit(ThingChanged("ab"[(number + step) % 2]))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))

    # In the order of commit too: ids of a stream rise with its numbers.
    assert _sequences() == {"a": list(range(1, 81)), "b": list(range(1, 81))}


@pytest.mark.django_db
def test_stream_number_is_unique_in_the_database() -> None:
    constraint = "outbox_stream_seq"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contype FROM pg_constraint WHERE conname = %s",
            [constraint],
        )
        assert cursor.fetchall() == [("u",)]


def test_partitions_are_stable_and_all_used() -> None:
    found = [partition_of(str(number)) for number in range(400)]

    assert found == [partition_of(str(number)) for number in range(400)]
    assert set(found) == set(range(settings.OUTBOX_PARTITIONS))


def test_handler_registered_twice_is_kept_once() -> None:
    def react(event: ThingChanged) -> None: ...

    with handled(react, react, task="test.work"):
        names = [handler.name for handler in handlers_of(ThingChanged.topic)]

    assert len(names) == 2
    assert names[1] == "task:test.work"
    assert handlers_of("test.nothing_such") == []

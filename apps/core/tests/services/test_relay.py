"""Relay: at least once, in order per aggregate, one effect per handler."""

import base64
import json
import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from apps.core.models import NumberSeries, OutboxEvent, ProcessedEvent
from apps.core.numbers import next_number
from apps.core.outbox import emit, handles, hints, partition_of
from apps.core.redis import client
from apps.core.services.relay import (
    DUE,
    KEEP_SENT,
    MAX_BACKOFF,
    deliver,
    deliver_all,
    deliver_batch,
    purge_sent,
    replay,
)
from apps.core.tests.world import NOW, ThingChanged, handled

LATER = NOW + timedelta(days=400)
EVERY = list(range(settings.OUTBOX_PARTITIONS))
FAR = datetime(2126, 1, 1, tzinfo=NOW.tzinfo)


class Killed(BaseException):
    """Stands for the death of the relay: nothing catches it."""


def _emit(*facts: ThingChanged) -> list[OutboxEvent]:
    with transaction.atomic():
        ids = [emit(fact) for fact in facts]
    events = OutboxEvent.objects.in_bulk(ids)
    return [events[event_id] for event_id in ids]


def _state(event: OutboxEvent) -> tuple[int, bool, bool]:
    event.refresh_from_db()
    return event.attempts, event.sent_at is not None, event.dead_at is not None


@pytest.mark.django_db
def test_events_of_an_aggregate_arrive_in_order_and_once() -> None:
    heard: list[tuple[str, int]] = []
    _emit(*(ThingChanged(key, step) for step in range(5) for key in "ab"))

    with handled(lambda event: heard.append((event.thing_id, event.step))):
        assert deliver_all(now=LATER) == 10
        assert deliver_all(now=LATER) == 0

    assert [step for key, step in heard if key == "a"] == [0, 1, 2, 3, 4]
    assert [step for key, step in heard if key == "b"] == [0, 1, 2, 3, 4]
    assert OutboxEvent.objects.filter(sent_at=None).count() == 0


@pytest.mark.django_db
def test_event_that_nobody_handles_is_sent() -> None:
    (event,) = _emit(ThingChanged("a"))

    assert deliver_all(now=LATER) == 1
    assert _state(event) == (0, True, False)
    assert ProcessedEvent.objects.count() == 0


@pytest.mark.django_db
def test_failing_event_stops_only_its_own_aggregate() -> None:
    heard: list[str] = []

    def react(event: ThingChanged) -> None:
        if (event.thing_id, event.step) == ("a", 1):
            raise ZeroDivisionError("by zero")
        heard.append(f"{event.thing_id}{event.step}")

    first, failing, blocked, other = _emit(
        ThingChanged("a", 0), ThingChanged("a", 1), ThingChanged("a", 2), ThingChanged("b", 0)
    )
    with handled(react):
        deliver_all(now=LATER)

    assert sorted(heard) == ["a0", "b0"]
    assert _state(first) == _state(other) == (0, True, False)
    assert _state(failing) == (1, False, False)
    assert _state(blocked) == (0, False, False)
    assert failing.last_error == "ZeroDivisionError: by zero"


@pytest.mark.django_db
def test_failure_undoes_its_own_effect_and_keeps_the_earlier_handlers() -> None:
    is_broken = [True]

    def first(event: ThingChanged) -> None:
        next_number("first")

    def second(event: ThingChanged) -> None:
        next_number("second")
        if is_broken[0]:
            raise LookupError

    def counted() -> dict[str, int]:
        return dict(NumberSeries.objects.values_list("name", "last_value"))

    _emit(ThingChanged("a"))
    with handled(first, second):
        deliver_all(now=LATER)
        assert counted() == {"first": 1}
        is_broken[0] = False
        deliver_all(now=FAR)

    assert counted() == {"first": 1, "second": 1}
    assert ProcessedEvent.objects.count() == 2


def test_death_between_two_handlers_repeats_only_the_second(committed_db: None) -> None:
    def first(event: ThingChanged) -> None:
        next_number("first")

    def second(event: ThingChanged) -> None:
        if next_number("tries", start=1) and is_dying:
            raise Killed

    (event,) = _emit(ThingChanged("a"))
    is_dying = True
    with handled(first, second):
        with pytest.raises(Killed):
            deliver_all(now=LATER)
        assert _state(event) == (0, False, False)
        is_dying = False
        deliver_all(now=LATER)

    assert _state(event) == (0, True, False)
    counted = dict(NumberSeries.objects.values_list("name", "last_value"))
    assert counted == {"first": 1, "tries": 1}


def _delivered_by_two() -> OutboxEvent:
    meeting = threading.Barrier(2)

    def react(event: ThingChanged) -> None:
        next_number("effects")

    (event,) = _emit(ThingChanged("a"))

    def relay() -> None:
        mine = OutboxEvent.objects.get(id=event.id)
        meeting.wait(timeout=20)
        try:
            deliver([mine], now=NOW)
        finally:
            connections.close_all()

    with handled(react):
        threads = [threading.Thread(target=relay) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
    event.refresh_from_db()
    return event


def test_event_delivered_by_two_relays_at_once_has_one_effect(committed_db: None) -> None:
    """Should two ever own one partition: the note of the first makes the second undo its effect."""
    event = _delivered_by_two()

    assert NumberSeries.objects.get(name="effects").last_value == 1
    assert ProcessedEvent.objects.filter(event_id=event.id).count() == 1
    assert event.sent_at is not None


def test_without_the_note_two_relays_have_two_effects(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr("apps.core.services.relay._note", lambda *_given: None)

    _delivered_by_two()

    assert NumberSeries.objects.get(name="effects").last_value == 2


@pytest.mark.django_db
def test_failures_back_off_and_end_as_a_dead_letter() -> None:
    def react(event: ThingChanged) -> None:
        if event.step == 0:
            raise ZeroDivisionError

    failing, blocked = _emit(ThingChanged("a", 0), ThingChanged("a", 1))
    now, waits = LATER, []
    with handled(react):
        while _state(failing)[2] is False:
            assert _state(blocked) == (0, False, False)
            assert deliver_batch(partitions=EVERY, now=now) == 1
            failing.refresh_from_db()
            due = failing.available_at
            if not failing.dead_at:
                assert deliver_batch(partitions=EVERY, now=due - timedelta(microseconds=1)) == 0
            waits.append((due - now).total_seconds())
            now = due
        assert deliver_batch(partitions=EVERY, now=now) == 1

    assert waits == [min(2**n, MAX_BACKOFF.total_seconds()) for n in range(1, 13)]
    assert _state(failing) == (settings.OUTBOX_MAX_ATTEMPTS, False, True)
    assert _state(blocked) == (0, True, False)


@pytest.mark.django_db
def test_replayed_dead_letter_is_delivered_with_fresh_attempts() -> None:
    heard: list[int] = []
    dead, sent = _emit(ThingChanged("a"), ThingChanged("b"))
    OutboxEvent.objects.filter(id=dead.id).update(dead_at=NOW, attempts=12)
    OutboxEvent.objects.filter(id=sent.id).update(sent_at=NOW)

    with handled(lambda event: heard.append(event.step)):
        assert deliver_all(now=LATER) == 0
        assert replay(event_ids=[dead.id, sent.id], now=LATER) == 1
        assert deliver_all(now=LATER) == 1

    assert heard == [0]
    assert _state(dead) == (0, True, False)


@pytest.mark.django_db
def test_topic_without_a_class_waits_for_the_code_that_knows_it() -> None:
    (event,) = _emit(ThingChanged("a"))
    OutboxEvent.objects.update(topic="test.from_a_newer_release")
    from apps.core import outbox

    handlers = {"test.from_a_newer_release": [outbox.Handler("x", "x", function=print)]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "_handlers", handlers)
        deliver_all(now=LATER)

    assert _state(event) == (1, False, False)
    assert event.last_error == "LookupError: no event class for topic test.from_a_newer_release"


@pytest.mark.django_db
def test_batch_takes_the_named_partitions_alone() -> None:
    events = _emit(*(ThingChanged(str(number)) for number in range(60)))
    mine = [0, 3]

    tried = deliver_batch(partitions=mine, now=LATER)

    expected = {e.id for e in events if partition_of(e.aggregate_id) in mine}
    sent = set(OutboxEvent.objects.exclude(sent_at=None).values_list("id", flat=True))
    assert (tried, sent) == (len(expected), expected)
    assert 0 < tried < 60


@pytest.mark.django_db
def test_job_of_an_event_is_queued_once_with_its_arguments() -> None:
    task = f"test.work_{uuid.uuid4().hex}"
    _emit(ThingChanged("a", 5))

    with handled(task=task):
        deliver_all(now=LATER)
        OutboxEvent.objects.update(sent_at=None)
        deliver_all(now=LATER)

    assert _queued(task) == [{"step": 5}]


def _queued(task: str) -> list[Any]:
    """Take this task's messages out of the default queue and return their keyword arguments."""
    broker = client(settings.CELERY_BROKER_URL)
    found = []
    for raw in broker.lrange("default", 0, -1):  # type: ignore[union-attr]
        message = json.loads(raw)
        if message["headers"]["task"] == task:
            found.append(json.loads(base64.b64decode(message["body"]))[1])
            broker.lrem("default", 1, raw)
    return found


@pytest.mark.django_db
def test_last_of_several_facts_stands_for_those_before_it_in_its_own_stream() -> None:
    seen: list[tuple[str, int]] = []
    _emit(*(ThingChanged(key, step) for step in range(3) for key in "ab"))

    with handled():
        handles(ThingChanged, is_latest_enough=True)(
            lambda event: seen.append((event.thing_id, event.step))
        )
        assert deliver_all(now=LATER) == 6
        _emit(ThingChanged("a", 3))
        deliver_all(now=LATER)

    assert seen == [("a", 2), ("b", 2), ("a", 3)]
    assert OutboxEvent.objects.filter(sent_at=None).count() == 0


@pytest.mark.django_db
def test_hint_leaves_no_note_and_comes_again_with_a_repeated_event() -> None:
    seen: list[int] = []
    _emit(ThingChanged("a", 5))

    with handled():
        hints(ThingChanged)(lambda event: seen.append(event.step))
        deliver_all(now=LATER)
        OutboxEvent.objects.update(sent_at=None)
        deliver_all(now=LATER)

    assert seen == [5, 5]
    assert ProcessedEvent.objects.count() == 0


@pytest.mark.django_db
def test_purge_forgets_what_was_sent_long_ago_and_nothing_else() -> None:
    old, young, dead, waiting = _emit(*(ThingChanged(key) for key in "abcd"))
    with handled(lambda _event: None):
        deliver_all(now=LATER)
    long_ago = NOW - KEEP_SENT - timedelta(seconds=1)
    OutboxEvent.objects.filter(id=old.id).update(sent_at=long_ago)
    OutboxEvent.objects.filter(id=young.id).update(sent_at=NOW - KEEP_SENT)
    OutboxEvent.objects.filter(id=dead.id).update(sent_at=None, dead_at=long_ago)
    OutboxEvent.objects.filter(id=waiting.id).update(sent_at=None)

    assert purge_sent(now=NOW) == 1

    kept = {young.id, dead.id, waiting.id}
    assert set(OutboxEvent.objects.values_list("id", flat=True)) == kept
    assert set(ProcessedEvent.objects.values_list("event_id", flat=True)) == kept


def _visited(node: dict[str, Any]) -> float:
    """Rows that a plan looked at, in all its nodes."""
    here = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    here += node.get("Rows Removed by Join Filter", 0)
    return here * node["Actual Loops"] + sum(map(_visited, node.get("Plans", [])))


@pytest.mark.django_db
def test_long_queue_is_looked_at_once_and_not_once_for_each_of_its_events() -> None:
    """As after a night without a relay, with or without statistics of the table: the plan differs."""
    waiting, most = 3_000, 200
    OutboxEvent.objects.bulk_create(
        OutboxEvent(
            aggregate="thing",
            aggregate_id=str(number),
            seq=1,
            partition=number % settings.OUTBOX_PARTITIONS,
            topic="test.changed",
            payload={},
        )
        for number in range(waiting)
    )

    with connection.cursor() as cursor:
        asked = {"partitions": EVERY, "now": LATER, "most": most}
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {DUE}", asked)
        (plan,) = cursor.fetchone()
    visited = _visited((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])

    assert most <= visited <= waiting * 5

"""Rows written in one statement: as `create` leaves them; of several at one time one is written."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.models import Model
from django.forms.models import model_to_dict

from apps.core.models import NumberSeries, OutboxEvent
from apps.core.rows import delete_all, insert, insert_all, insert_once, update


@pytest.mark.django_db
def test_row_is_written_once_in_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert insert_once(NumberSeries(name="a", last_value=7))
        assert not insert_once(NumberSeries(name="a", last_value=8))

    assert NumberSeries.objects.get().last_value == 7


@pytest.mark.django_db
@pytest.mark.parametrize("write", [insert, insert_once])
def test_written_row_is_as_one_read_from_the_database(write: Callable[[Model], object]) -> None:
    row = OutboxEvent(
        aggregate="thing", aggregate_id="a", seq=1, partition=0, topic="t", payload={"a": [1]}
    )

    assert write(row)

    stored = OutboxEvent.objects.get(id=row.id)
    assert (stored.payload, stored.headers, stored.sent_at) == ({"a": [1]}, {}, None)
    assert stored.created_at is not None
    assert model_to_dict(row) == model_to_dict(stored)
    assert (row.created_at, row.headers) == (stored.created_at, {})
    row.topic = "u"
    row.save(update_fields=["topic"])
    assert OutboxEvent.objects.get().topic == "u"


@pytest.mark.django_db
def test_rows_are_written_in_one_statement_each_with_its_own_key(
    django_assert_num_queries: Any,
) -> None:
    rows = [
        OutboxEvent(
            aggregate="thing", aggregate_id="a", seq=seq, partition=0, topic="t", payload={"n": seq}
        )
        for seq in (3, 1, 2)
    ]

    with django_assert_num_queries(1):
        assert insert_all(iter(rows)) == rows

    stored = {row.id: (row.seq, row.payload) for row in OutboxEvent.objects.all()}
    assert stored == {row.id: (row.seq, {"n": row.seq}) for row in rows}
    assert insert_all([]) == []


@pytest.mark.django_db
def test_row_that_is_there_is_not_inserted_again() -> None:
    insert(NumberSeries(name="a", last_value=7))

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(NumberSeries(name="a", last_value=8))
    assert NumberSeries.objects.get().last_value == 7


def test_of_many_at_once_one_writes_and_none_fails(committed_db: None) -> None:
    start = threading.Barrier(6)

    def write(number: int) -> bool:
        start.wait(timeout=20)
        try:
            with transaction.atomic():
                return insert_once(NumberSeries(name="a", last_value=number))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        written = list(pool.map(write, range(6)))

    assert sorted(written) == [False] * 5 + [True]
    assert NumberSeries.objects.get().last_value == written.index(True)


@pytest.mark.django_db
def test_update_writes_the_named_fields_alone_in_one_statement(
    django_assert_num_queries: Any,
) -> None:
    row = insert(
        OutboxEvent(aggregate="thing", aggregate_id="a", seq=1, partition=0, topic="t", payload={})
    )
    row.topic, row.payload, row.attempts = "u", {"a": [1]}, 7

    with django_assert_num_queries(1):
        update(row, "topic", "payload")

    stored = OutboxEvent.objects.get()
    assert (stored.topic, stored.payload, stored.attempts) == ("u", {"a": [1]}, 0)


@pytest.mark.django_db
def test_update_of_a_row_that_is_gone_raises_as_save_does() -> None:
    row = insert(NumberSeries(name="a", last_value=7))
    NumberSeries.objects.all().delete()

    with pytest.raises(NumberSeries.NotUpdated):
        update(row, "last_value")
    with pytest.raises(NumberSeries.NotUpdated):
        row.save(update_fields=["last_value"])


@pytest.mark.django_db
def test_rows_are_deleted_in_one_statement(django_assert_num_queries: Any) -> None:
    rows = [insert(NumberSeries(name=name, last_value=1)) for name in "abc"]

    with django_assert_num_queries(1):
        delete_all(rows[:2])
    with django_assert_num_queries(0):
        delete_all([])

    assert [row.name for row in NumberSeries.objects.all()] == ["c"]

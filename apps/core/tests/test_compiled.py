"""Compiled queries: the rows that Django's own query finds, each time for the values of that time."""

import threading
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.forms.models import model_to_dict

from apps.accounts.models import Address, User
from apps.core.compiled import compiled, compiled_lock, get_row
from apps.core.locks import LockOrderError, Rank, note_lock
from apps.core.models import OutboxEvent
from apps.core.rows import insert_all, update


def events(*seqs: int, aggregate_id: str = "a") -> list[OutboxEvent]:
    return insert_all(
        OutboxEvent(
            aggregate="thing",
            aggregate_id=aggregate_id,
            seq=seq,
            partition=seq % 3,
            topic="t",
            payload={"n": [seq]},
        )
        for seq in seqs
    )


@compiled
def of_thing(aggregate_id: str, least: int) -> QuerySet[OutboxEvent]:
    """Some events of a thing."""
    found = OutboxEvent.objects.filter(
        Q(sent_at=None) | Q(dead_at=None), aggregate_id=aggregate_id, seq__gte=least
    )
    return found.exclude(topic="other").order_by("-seq")[:2]


@pytest.mark.django_db
def test_each_call_finds_what_djangos_own_query_finds_for_its_values() -> None:
    made = events(1, 2, 3) + events(4, aggregate_id="b")

    for aggregate_id, least in (("a", 1), ("a", 3), ("b", 1), ("c", 1)):
        own = OutboxEvent.objects.filter(aggregate_id=aggregate_id, seq__gte=least)
        found = of_thing(aggregate_id=aggregate_id, least=least)
        assert found == list(own.order_by("-seq")[:2])
        assert [model_to_dict(row) for row in found] == [
            model_to_dict(row) for row in own.order_by("-seq")[:2]
        ]
    assert of_thing.first(aggregate_id="b", least=0) == made[3]
    assert of_thing.first(aggregate_id="nobody", least=0) is None


@pytest.mark.django_db
def test_row_is_as_one_that_django_read() -> None:
    (made,) = events(7)
    (found,) = of_thing(aggregate_id="a", least=7)

    assert (found.payload, found.created_at) == ({"n": [7]}, made.created_at)
    assert not found._state.adding
    found.topic = "u"
    found.save(update_fields=["topic"])
    assert OutboxEvent.objects.get().topic == "u"


@pytest.mark.django_db
def test_query_is_built_once_and_sent_as_one_prepared_statement(
    django_assert_num_queries: Any,
) -> None:
    built = []

    @compiled
    def by_seq(seq: int) -> QuerySet[OutboxEvent]:
        built.append(seq)
        return OutboxEvent.objects.filter(seq=seq)

    events(1, 2)
    with django_assert_num_queries(3):
        assert [[row.seq for row in by_seq(seq=seq)] for seq in (1, 2, 3)] == [[1], [2], []]

    assert len(built) == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            ['%core_outboxevent"."seq" = ($1)%'],
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_what_is_always_the_same_is_written_out_for_partial_indexes() -> None:
    @compiled
    def waiting(percent: str) -> QuerySet[OutboxEvent]:
        found = OutboxEvent.objects.filter(sent_at=None, attempts__gt=0, last_error=percent)
        return found.exclude(topic="100 %s of it").order_by("id")

    made = events(1)[0]
    made.attempts, made.last_error = 1, "5 %"
    update(made, "attempts", "last_error")

    assert waiting(percent="5 %") == [made]
    assert waiting(percent="6 %") == []
    made.topic = "100 %s of it"
    update(made, "topic")
    assert waiting(percent="5 %") == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%of it%'"
        )
        ((statement,),) = cursor.fetchall()
    assert '"attempts" > 0' in statement
    assert "$2" not in statement


@pytest.mark.django_db
def test_any_of_takes_lists_of_every_length() -> None:
    made = events(1, 2, 3)

    @compiled
    def of_ids(ids: list[int]) -> QuerySet[OutboxEvent]:
        return OutboxEvent.objects.filter(id__any_of=ids).order_by("seq")

    assert of_ids(ids=[made[2].id, made[0].id]) == [made[0], made[2]]
    assert of_ids(ids=[made[1].id]) == [made[1]]
    assert of_ids(ids=[]) == []


@pytest.mark.django_db
def test_any_of_takes_keys_of_other_tables() -> None:
    @compiled
    def addresses(users: list[UUID]) -> QuerySet[Address]:
        return Address.objects.filter(user_id__any_of=users)

    users = [User.objects.create(email=f"{name}@people.example") for name in "abc"]
    made = [Address.objects.create(user=user) for user in users]

    found = addresses(users=[user.id for user in users[:2]])
    assert {row.id for row in found} == {row.id for row in made[:2]}


@pytest.mark.django_db
def test_lock_wants_a_transaction_and_the_order_of_ranks() -> None:
    events(1)

    @compiled_lock(Rank.R50)
    def locked(aggregate_id: str) -> QuerySet[OutboxEvent]:
        return OutboxEvent.objects.filter(aggregate_id=aggregate_id)

    with transaction.atomic():
        assert [row.seq for row in locked(aggregate_id="a")] == [1]
        with pytest.raises(LockOrderError):
            note_lock(Rank.R40)
    with transaction.atomic():
        note_lock(Rank.R60)
        with pytest.raises(LockOrderError):
            locked(aggregate_id="a")


def test_lock_is_held_until_the_transaction_ends(committed_db: None) -> None:
    events(1)

    @compiled_lock(Rank.R50)
    def locked(aggregate_id: str) -> QuerySet[OutboxEvent]:
        return OutboxEvent.objects.filter(aggregate_id=aggregate_id)

    def seen_free() -> int:
        found = []

        def look() -> None:
            with transaction.atomic():
                rows = OutboxEvent.objects.select_for_update(skip_locked=True)
                found.append(len(rows))
            connection.close()

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return found[0]

    with transaction.atomic():
        locked(aggregate_id="b")
        assert seen_free() == 1
        locked(aggregate_id="a")
        assert seen_free() == 0
    assert seen_free() == 1


@pytest.mark.django_db
def test_query_that_reads_less_or_more_than_rows_is_refused() -> None:
    @compiled
    def joined(day: date) -> QuerySet[OutboxEvent]:
        return OutboxEvent.objects.filter(created_at__date=day).only("id")

    with pytest.raises(TypeError, match="whole rows"):
        joined(day=date(2026, 11, 28))


@pytest.mark.django_db
def test_row_of_a_key_is_got_or_its_model_says_that_there_is_none(
    django_assert_num_queries: Any,
) -> None:
    made = events(1, 2)

    with django_assert_num_queries(3):
        assert [get_row(OutboxEvent, row.pk) for row in made] == made
        with pytest.raises(OutboxEvent.DoesNotExist):
            get_row(OutboxEvent, 0)

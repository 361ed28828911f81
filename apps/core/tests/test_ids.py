"""Identifiers and human numbers."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from apps.accounts.models import User
from apps.core import numbers
from apps.core.ids import SHORT_ID_LENGTH, short_id
from apps.core.models import NumberSeries
from apps.core.numbers import next_in_sequence, next_number


@pytest.mark.django_db
def test_uuid7_keys_are_made_by_the_database_in_rising_order() -> None:
    users = [User.objects.create_user(f"u{number}@people.example") for number in range(20)]

    keys = [user.id for user in users]
    assert {key.version for key in keys} == {7}
    assert keys == sorted(keys)
    assert len(set(keys)) == 20


def test_short_ids_are_speakable_and_differ() -> None:
    ids = {short_id() for _ in range(2000)}

    assert len(ids) == 2000
    assert {len(one) for one in ids} == {SHORT_ID_LENGTH}
    assert not set("".join(ids)) - set("0123456789abcdefghjkmnpqrstvwxyz")


@pytest.mark.django_db
def test_number_series_count_apart_from_their_start() -> None:
    assert [next_number("invoice", start=100) for _ in range(3)] == [100, 101, 102]
    assert next_number("act") == 1
    assert next_number("invoice", start=7) == 103


def test_number_of_a_rolled_back_use_case_is_given_out_again(committed_db: None) -> None:
    assert next_number("invoice") == 1
    with transaction.atomic():
        assert next_number("invoice") == 2
        transaction.set_rollback(True)
    assert next_number("invoice") == 2


def _taken_at_once() -> list[int]:
    start = threading.Barrier(8)

    def take(_number: int) -> list[int]:
        start.wait()
        try:
            return [next_number("invoice") for _ in range(25)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return sorted(number for some in pool.map(take, range(8)) for number in some)


def test_numbers_taken_at_once_have_no_gap_and_no_double(committed_db: None) -> None:
    assert _taken_at_once() == list(range(1, 201))
    assert NumberSeries.objects.get(name="invoice").last_value == 200


def test_numbers_read_and_then_written_are_given_out_twice(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the next number is computed from what was read, not by the row that is locked."""
    NumberSeries.objects.create(name="invoice", last_value=0)
    naive = (
        "WITH seen AS MATERIALIZED (SELECT last_value, pg_sleep(0.002) FROM core_numberseries"
        " WHERE name = %s AND %s = 1) UPDATE core_numberseries AS series"
        " SET last_value = seen.last_value + 1 FROM seen WHERE name = 'invoice'"
        " RETURNING series.last_value"
    )
    monkeypatch.setattr(numbers, "_TAKE", naive)

    assert len(set(_taken_at_once())) < 200


def test_sequence_waits_for_nobody(committed_db: None) -> None:
    """A transaction that took a number and is still open holds up no other."""
    taken: list[int] = []

    def take() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        taken.append(next_in_sequence("order_group_number"))
        connections.close_all()

    with transaction.atomic():
        mine = next_in_sequence("order_group_number")
        other = threading.Thread(target=take)
        other.start()
        other.join(timeout=10)
    assert taken == [mine + 1]

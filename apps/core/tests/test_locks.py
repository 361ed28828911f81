"""Locks: one order everywhere; a lost race is tried again, and then refused with nothing changed."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from apps.core import locks
from apps.core.errors import Busy
from apps.core.locks import (
    LockOrderError,
    Rank,
    advisory_lock,
    lock_row,
    lock_rows,
    money_path,
    note_lock,
    sorted_ids,
)
from apps.core.models import NumberSeries
from apps.core.numbers import next_number


def _rows(*names: str) -> Any:
    return NumberSeries.objects.filter(name__in=names)


@pytest.fixture
def rows(committed_db: None) -> None:
    for name in "cab":
        NumberSeries.objects.create(name=name, last_value=1)


def _in_thread(work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_lock_outside_a_transaction_raises(committed_db: None) -> None:
    with pytest.raises(LockOrderError):
        lock_rows(_rows("a"), rank=Rank.R10)
    with pytest.raises(LockOrderError):
        note_lock(Rank.R10)


@pytest.fixture(params=["real transactions", "a test's transaction"])
def either_db(request: pytest.FixtureRequest) -> Iterator[None]:
    """Ranks are kept alike in production and inside the transaction that a test wraps around."""
    request.getfixturevalue("committed_db" if request.param == "real transactions" else "db")
    yield


def test_rank_below_a_held_one_raises(either_db: None) -> None:
    with transaction.atomic():
        note_lock(Rank.R20)
        lock_rows(_rows("a"), rank=Rank.R20)
        note_lock(Rank.R50)
        with pytest.raises(LockOrderError, match="rank 20 after rank 50"):
            lock_rows(_rows("a"), rank=Rank.R20)


def test_ranks_begin_anew_with_each_transaction(either_db: None) -> None:
    for is_undone in (False, True, False):
        with transaction.atomic():
            note_lock(Rank.R10)
            note_lock(Rank.R90)
            transaction.set_rollback(is_undone)


def test_savepoint_keeps_the_ranks_of_its_transaction(either_db: None) -> None:
    with transaction.atomic():
        with transaction.atomic():
            note_lock(Rank.R50)
        with pytest.raises(LockOrderError):
            note_lock(Rank.R40)


def test_rows_are_locked_in_the_order_of_their_keys_and_held(rows: None) -> None:
    found: list[Any] = []

    def look() -> None:
        with transaction.atomic():
            free = NumberSeries.objects.select_for_update(skip_locked=True).order_by("name")
            found.extend(row.name for row in free)

    with transaction.atomic():
        locked = lock_rows(_rows("b", "a").order_by("-name"), rank=Rank.R10)
        _in_thread(look).join(timeout=20)

    assert [row.name for row in locked] == ["a", "b"]
    assert found == ["c"]


def test_lock_row_returns_the_row_or_none(rows: None) -> None:
    with transaction.atomic():
        assert lock_row(_rows("b"), rank=Rank.R10) == NumberSeries.objects.get(name="b")
        assert lock_row(_rows("z"), rank=Rank.R10) is None


def _lock_raw(name: str) -> None:
    """Take a row's lock past the ranks, as code that forgot them would."""
    list(NumberSeries.objects.select_for_update().filter(name=name))


def _crossed() -> tuple[list[str], list[BaseException], int]:
    """Two use cases lock a, b and b, a; both hold their first before either asks for its second."""
    meeting = threading.Barrier(2)
    done: list[str] = []
    errors: list[BaseException] = []
    tries: list[str] = []

    def use_case(first: str, second: str) -> None:
        tries.append(first)
        _lock_raw(first)
        if len(tries) <= 2:
            meeting.wait(timeout=20)
        _lock_raw(second)
        next_number("effects")
        done.append(first)

    def run(first: str, second: str) -> None:
        try:
            locks.money_path(use_case)(first, second)
        except BaseException as error:  # noqa: BLE001  looked at by the test
            errors.append(error)

    threads = [
        _in_thread(lambda pair=pair: run(*pair))  # type: ignore[misc]
        for pair in (("a", "b"), ("b", "a"))
    ]
    for thread in threads:
        thread.join(timeout=30)
    return done, errors, len(tries)


def test_deadlock_is_resolved_by_trying_again(rows: None) -> None:
    done, errors, tries = _crossed()

    assert (sorted(done), errors, tries) == (["a", "b"], [], 3)
    assert NumberSeries.objects.get(name="effects").last_value == 2


def test_without_the_retry_the_deadlock_reaches_a_client(
    rows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nothing but a transaction around the use case."""
    monkeypatch.setattr(locks, "money_path", transaction.atomic)

    done, errors, tries = _crossed()

    assert (len(done), tries) == (1, 2)
    (error,) = errors
    assert isinstance(error, OperationalError)
    assert "deadlock detected" in str(error)


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give up locks and statements at once; return the pauses between tries instead of taking them."""
    pauses: list[float] = []
    monkeypatch.setattr(locks, "LOCK_TIMEOUT", "30ms")
    monkeypatch.setattr(locks, "STATEMENT_TIMEOUT", "200ms")
    monkeypatch.setattr(locks, "sleep", pauses.append)
    return pauses


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time-outs of a use case, a tenth as long; how long they are is a test of its own."""
    shorter = locks._SHORT_WAITS.replace(f"'{locks.LOCK_TIMEOUT}'", "'300ms'")
    shorter = shorter.replace(f"'{locks.STATEMENT_TIMEOUT}'", "'1s'")
    assert "300ms" in shorter and "1s" in shorter
    monkeypatch.setattr(locks, "_SHORT_WAITS", shorter)


@pytest.mark.usefixtures("impatient")
def test_lock_that_never_comes_is_busy_after_three_retries(
    rows: None, short_waits: list[float]
) -> None:
    is_held, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            _lock_raw("a")
            is_held.set()
            is_over.wait(timeout=30)

    holder = _in_thread(hold)
    assert is_held.wait(timeout=20)
    tries = []

    @money_path
    def use_case() -> None:
        tries.append(next_number("effects"))
        _lock_raw("a")

    with pytest.raises(Busy):
        use_case()
    is_over.set()
    holder.join(timeout=20)

    assert len(tries) == 4
    assert len(short_waits) == 3
    assert all(0.01 * n <= pause <= 0.05 * n for n, pause in enumerate(short_waits, start=1))
    assert not NumberSeries.objects.filter(name="effects").exists()
    use_case()
    assert NumberSeries.objects.get(name="effects").last_value == 1


@pytest.mark.usefixtures("impatient")
def test_statement_without_an_end_is_busy(rows: None, short_waits: list[float]) -> None:
    @money_path
    def use_case() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")

    with pytest.raises(Busy):
        use_case()
    assert len(short_waits) == 3


def test_other_database_errors_are_not_tried_again(rows: None, short_waits: list[float]) -> None:
    tries = []

    @money_path
    def use_case() -> None:
        tries.append(1)
        NumberSeries.objects.create(name="a")

    with pytest.raises(IntegrityError):
        use_case()
    assert (len(tries), short_waits) == (1, [])


def test_inside_another_transaction_the_error_reaches_its_owner(
    rows: None, short_waits: list[float]
) -> None:
    tries = []

    @money_path
    def inner() -> None:
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(20)")

    with pytest.raises(OperationalError), transaction.atomic():
        inner()
    assert (len(tries), short_waits) == (1, [])


def test_timeouts_last_no_longer_than_the_use_case(rows: None) -> None:
    def shown() -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
            )
            return tuple(cursor.fetchone())

    before = shown()
    assert money_path(shown)() == ("3s", "10s")
    assert shown() == before != ("3s", "10s")


def test_advisory_lock_keeps_out_the_same_name_alone(rows: None) -> None:
    waited: list[str] = []

    def try_for(*parts: object) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
                advisory_lock(*parts)
        except OperationalError:
            waited.append(":".join(str(part) for part in parts))

    with transaction.atomic():
        advisory_lock("seal", "audit")
        for parts in (("seal", "audit"), ("seal", "ledger")):
            _in_thread(lambda parts=parts: try_for(*parts)).join(timeout=20)  # type: ignore[misc]
    assert waited == ["seal:audit"]


def test_ids_to_lock_are_sorted_once_each() -> None:
    assert sorted_ids([3, 1, 2, 3]) == [1, 2, 3]

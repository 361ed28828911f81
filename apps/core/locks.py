"""Row locks in one global order.

Invariant: inside one transaction locks are taken in rising rank and, within one call, in the order
of primary keys; so two transactions can never wait for each other in a circle.
The ranks (reliability notes, 2.1): idempotency row, cart, order group, order, order line,
inventory, coupon, payment, ledger account, outbox.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import wraps
from random import uniform
from time import sleep
from typing import Any

from django.db import DatabaseError, connection, models, transaction

from apps.core.errors import Busy
from apps.core.sql import prepared_cursor


class Rank(IntEnum):
    """Each app declares which of these its rows have; core knows the numbers alone."""

    R10 = 10
    R20 = 20
    R30 = 30
    R40 = 40
    R50 = 50
    R60 = 60
    R70 = 70
    R80 = 80
    R90 = 90


class LockOrderError(RuntimeError):
    """A lower rank was asked for after a higher one, or a lock outside a transaction."""


class _Scope:
    """What is held in the transaction that is open now.

    The scope is remembered by a callback among the connection's on-commit hooks: Django drops those
    at commit and at rollback, so a stale scope cannot survive. In a test's outer transaction the
    savepoint of the use case stands for the transaction.
    """

    def __init__(self, savepoint: str | None) -> None:
        self.savepoint = savepoint
        self.highest = 0

    def __call__(self) -> None:
        self.highest = 0


def _use_case_savepoint() -> str | None:
    for block, sid in zip(connection.atomic_blocks[1:], connection.savepoint_ids, strict=False):
        if not getattr(block, "_from_testcase", False):
            return sid
    return None


def _scope() -> _Scope:
    if not connection.in_atomic_block:
        raise LockOrderError("take locks inside transaction.atomic()")
    in_test = getattr(connection.atomic_blocks[0], "_from_testcase", False)
    savepoint = _use_case_savepoint() if in_test else None
    for entry in reversed(connection.run_on_commit):
        savepoints, hook = entry[:2]
        if isinstance(hook, _Scope) and hook.savepoint == savepoint:
            return hook
        if savepoint is not None and savepoint not in savepoints:
            break  # of a use case before this one
    scope = _Scope(savepoint)
    transaction.on_commit(scope)
    return scope


def note_lock(rank: int) -> None:
    """Record that a lock of `rank` is about to be taken by other means than `lock_rows`.

    :raises LockOrderError: a higher rank is already held
    """
    scope = _scope()
    if rank < scope.highest:
        raise LockOrderError(f"rank {rank} after rank {scope.highest}")
    scope.highest = rank


def lock_rows[M: models.Model](queryset: models.QuerySet[M], *, rank: int) -> list[M]:
    """Lock and return the rows of a queryset in the order of their keys.

    :raises LockOrderError: a higher rank is already held, or no transaction is open
    """
    note_lock(rank)
    return list(in_lock_order(queryset))


def in_lock_order[M: models.Model](queryset: models.QuerySet[M]) -> models.QuerySet[M]:
    """Let a queryset lock what it finds, in the order of the keys; whoever runs it notes the rank."""
    return queryset.select_for_update(of=("self",), no_key=True).order_by("pk")


def lock_row[M: models.Model](queryset: models.QuerySet[M], *, rank: int) -> M | None:
    """Lock the rows of a queryset that selects one at most, and return it."""
    rows = lock_rows(queryset, rank=rank)
    return rows[0] if rows else None


# SQLSTATE: lock not available, deadlock detected, serialization failure, query cancelled.
_RETRYABLE = {"55P03", "40P01", "40001", "57014"}
LOCK_TIMEOUT = "3s"
STATEMENT_TIMEOUT = "10s"
_SHORT_WAITS = (
    f"SELECT set_config('lock_timeout', '{LOCK_TIMEOUT}', true),"
    f" set_config('statement_timeout', '{STATEMENT_TIMEOUT}', true)"
)


def money_path[**P, R](use_case: Callable[P, R]) -> Callable[P, R]:
    """Run a use case in a transaction with short lock and statement time-outs; retry a lost race up to 3 times.

    Inside another use case it is a part of that one (see `part_of_use_case`), and the error reaches its owner.

    :raises Busy: the locks could not be had; nothing was changed
    """

    @wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _inside_use_case():
            with transaction.atomic(savepoint=False):
                return use_case(*args, **kwargs)
        for attempt in range(4):
            try:
                with transaction.atomic():
                    with prepared_cursor() as cursor:
                        cursor.execute(_SHORT_WAITS)
                    return use_case(*args, **kwargs)
            except DatabaseError as error:
                if _sqlstate(error) not in _RETRYABLE:
                    raise
                if attempt == 3:  # noqa: PLR2004  the third retry has failed
                    raise Busy from error
                sleep(uniform(0.01, 0.05) * (attempt + 1))  # noqa: S311  jitter, not a secret
        raise AssertionError("unreachable")

    return run


def part_of_use_case[**P, R](use_case: Callable[P, R]) -> Callable[P, R]:
    """Run a step of a use case in that one's transaction; alone, in a transaction of its own.

    It sets no savepoint: a refusal undoes the whole use case. A caller that wants to go on after a
    refusal opens `transaction.atomic()` around the call; without it its next query raises.
    """

    @wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(savepoint=not _inside_use_case()):
            return use_case(*args, **kwargs)

    return run


def _inside_use_case() -> bool:
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def _sqlstate(error: BaseException) -> str:
    cause: Any = error.__cause__
    return str(getattr(cause, "sqlstate", "") or "")


def advisory_lock(*parts: object) -> None:
    """Hold a transaction-scoped advisory lock on a name made of `parts`."""
    name = ":".join(str(part) for part in parts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def sorted_ids(ids: Iterable[Any]) -> list[Any]:
    return sorted(set(ids))

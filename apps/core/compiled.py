"""Queries of the ORM that are built once a process and run as prepared statements with new values.

For a short read Django takes longer to build the query and its SQL than to send it and make the rows of what
comes back. What `apps.core.sql.documents` says of plans holds here too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, ForeignObject, Lookup, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from psycopg.sql import Literal

from apps.core.locks import in_lock_order, note_lock
from apps.core.postgres.compiler import is_plain
from apps.core.sql import prepared_cursor


class Given(Expression):
    """Stands in a query for a value that comes when it is run."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


@ForeignObject.register_lookup
@Field.register_lookup
class AnyOf(Lookup):  # type: ignore[type-arg]  # generic only in the stubs
    """`field__any_of`: one of a list whose length the statement need not know, as `in` must."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, self.rhs)


@dataclass(frozen=True, slots=True)
class _Statement:
    model: type[Any]
    sql: str
    compiler: SQLCompiler
    converters: dict[int, Any]
    names: list[str]


class Compiled[M: Model]:
    """A query for whole rows of one model: called with its values by name, it returns the rows.

    Values go to the driver as they are: ids, texts, whole numbers, moments, and lists of these.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *, locks: int | None) -> None:
        self._build, self._locks = build, locks
        self._statement: _Statement | None = None
        self.__doc__ = build.__doc__

    def __call__(self, **given: Any) -> list[M]:
        """:raises LockOrderError: it locks, and a higher rank is held or no transaction is open"""
        if self._locks is not None:
            note_lock(self._locks)
        statement = self._statement
        if statement is None:
            statement = self._statement = self._compiled(given)
        with prepared_cursor() as cursor:
            cursor.execute(statement.sql, given)
            rows = cursor.fetchall()
        if statement.converters:
            rows = statement.compiler.apply_converters(rows, statement.converters)
        make = statement.model.from_db
        return [make(connection.alias, statement.names, row) for row in rows]

    def first(self, **given: Any) -> M | None:
        return next(iter(self(**given)), None)

    def _compiled(self, names: Iterable[str]) -> _Statement:
        rows = self._build(**{name: Given(name) for name in names})
        if self._locks is not None:
            rows = in_lock_order(rows)
        if not is_plain(rows.query):
            raise TypeError("a compiled query reads whole rows of one model")
        compiler = rows.query.get_compiler(connection=connection)
        sql = _written_out(*compiler.as_sql())
        columns = [column for column, _sql, _alias in compiler.select]
        return _Statement(
            rows.model,
            sql,
            compiler,
            compiler.get_converters(columns),
            [field.attname for field in rows.model._meta.concrete_fields],  # noqa: SLF001  Django's documented model API
        )


def _written_out(sql: str, parameters: Sequence[Any]) -> str:
    """Name what is given in a statement, and write out what is always the same, so that partial indexes serve it."""
    pieces = sql.split("%s")
    connection.ensure_connection()
    values = [
        f"%({one.name})s"
        if isinstance(one, Given)
        else Literal(one).as_string(connection.connection).replace("%", "%%")
        for one in parameters
    ]
    return "".join(piece for pair in zip_longest(pieces, values, fillvalue="") for piece in pair)


def know_related[M: Model](parent: Model, relation: str, rows: Sequence[M]) -> None:
    """Let `parent.relation.all()` return these rows, as `prefetch_related` does, without a query."""
    known: QuerySet[M] = QuerySet(type(rows[0])) if rows else getattr(parent, relation).none()
    known._result_cache, known._prefetch_done = list(rows), True  # type: ignore[attr-defined]  # noqa: SLF001
    parent.__dict__.setdefault("_prefetched_objects_cache", {})[relation] = known


def compiled[M: Model](build: Callable[..., QuerySet[M]]) -> Compiled[M]:
    """Make a compiled query of a function that builds it from values by name."""
    return Compiled(build, locks=None)


def compiled_lock[M: Model](
    rank: int,
) -> Callable[[Callable[..., QuerySet[M]]], Compiled[M]]:
    """Make a compiled query that locks the rows it finds, as `lock_rows` does."""
    return lambda build: Compiled(build, locks=rank)


def get_row[M: Model](model: type[M], key: Any) -> M:
    """Return the row of a key, as `objects.get(pk=key)` does.

    :raises DoesNotExist: there is none (the model's own error)
    """
    row: M | None = _by_key(model).first(key=key)
    if row is None:
        raise model.DoesNotExist(f"no {model._meta.verbose_name} {key}")  # type: ignore[attr-defined]  # noqa: SLF001
    return row


@cache
def _by_key(model: type[Any]) -> Compiled[Any]:
    return compiled(lambda key: model.objects.filter(pk=key))

"""COPY: write many new rows in one statement, as bulk_create would, without a model instance for each.

Invariant: a column that is not given gets its field's default, or the database's own.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model, UUIDField
from django.db.models.fields import NOT_PROVIDED
from django.db.models.options import Options
from psycopg import sql


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write `rows`, whose values stand in the order of `columns` (attribute names, "brand_id"); count them.

    A JSON column takes what json.dumps takes.

    :raises IntegrityError: a constraint is not kept; nothing of this statement is written
    """
    fields = [_field(model, name) for name in columns]
    filled = [field for field in _defaulted(model) if field.attname not in columns]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(_options(model).db_table),
        sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in (*fields, *filled)),
    )
    written = 0
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in _in_form(fields, filled, rows):
            copy.write_row(row)
            written += 1
    return written


def new_ids(model: type[Model], count: int) -> list[Any]:
    """Take primary keys for `count` rows that are to be written: of the sequence, or by uuidv7()."""
    key = _options(model).pk
    if isinstance(key, UUIDField):
        query, given = "SELECT uuidv7() FROM generate_series(1, %s)", [count]
    else:
        query = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
        given = [_options(model).db_table, key.column, count]  # type: ignore[list-item]  # strings and a number
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return [value for (value,) in cursor.fetchall()]


def _options(model: type[Model]) -> "Options[Any]":
    return model._meta  # noqa: SLF001  Django's own name for what is public


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    return next(field for field in _options(model).concrete_fields if field.attname == name)


def _defaulted(model: type[Model]) -> list["Field[Any, Any]"]:
    """Fields whose default only Django knows."""
    return [
        field
        for field in _options(model).concrete_fields
        if field.default is not NOT_PROVIDED and field.db_default is NOT_PROVIDED
    ]


def _in_form(
    fields: Sequence["Field[Any, Any]"],
    filled: Sequence["Field[Any, Any]"],
    rows: Iterable[Sequence[Any]],
) -> Iterator[list[Any]]:
    documents = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]
    defaults: list[Callable[[], Any]] = [_default(field) for field in filled]
    for row in rows:
        values = [*row, *(default() for default in defaults)]
        for place in documents:
            values[place] = json.dumps(values[place], ensure_ascii=False)
        yield values


def _default(field: "Field[Any, Any]") -> Callable[[], Any]:
    if isinstance(field, JSONField):
        return lambda: json.dumps(field.get_default())
    return field.get_default

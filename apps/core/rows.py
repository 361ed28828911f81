"""Rows that are written once, however often and from how many sides they are asked for."""

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault


def insert_once(row: Model) -> bool:
    """Insert a row unless one with its unique values is there; tell whether it was written.

    One statement, where get_or_create takes four and a savepoint. A row that another transaction is
    writing is waited for. Sets the key of what was written; other defaults of the database are not
    read back.
    """
    options = row._meta  # noqa: SLF001  Django's documented model API
    given = {
        str(field.column): field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in options.concrete_fields
        if not _is_left_to_database(getattr(row, field.attname), is_key=field.primary_key)
    }
    quote = connection.ops.quote_name
    table, key = quote(options.db_table), quote(str(options.pk.column))
    columns, places = ", ".join(map(quote, given)), ", ".join(["%s"] * len(given))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608  names of our own columns
            f" ON CONFLICT DO NOTHING RETURNING {key}",
            list(given.values()),
        )
        written = cursor.fetchone()
    if written is None:
        return False
    row.pk = written[0]
    row._state.adding = False  # noqa: SLF001  Django's documented way to know
    return True


def _is_left_to_database(value: object, *, is_key: bool) -> bool:
    return isinstance(value, DatabaseDefault) or (is_key and value is None)

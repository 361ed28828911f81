"""Reads that are written out in SQL: pages that everybody opens, where building a query costs more than running it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


def documents(query: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a query as dicts by column name, in its order.

    They come as one JSON text: ids and moments are strings, decimals must be cast to text.
    PostgreSQL plans such a statement once a connection, for any values: it must be one whose best plan
    does not depend on them, as it is when rows are looked up by their keys.
    """
    with prepared_cursor() as cursor:
        statement = f"SELECT json_agg(found)::text FROM ({query}) AS found"  # noqa: S608  the caller's own text
        cursor.execute(statement, dict(parameters))
        (text,) = cursor.fetchone()
    found: list[dict[str, Any]] = json.loads(text) if text else []
    return found


@contextmanager
def prepared_cursor() -> Iterator[CursorWrapper]:
    """Open a cursor whose statements are prepared by the driver, where settings/env.py lets it.

    What `documents` says of plans holds for whatever is run by it.

    Django wraps it as its own, so that what it runs is counted and its errors are Django's.
    """
    connection.ensure_connection()
    cursor = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]  # stubs miss its base
    with connection._prepare_cursor(cursor) as wrapped:  # type: ignore[attr-defined]  # noqa: SLF001
        yield wrapped

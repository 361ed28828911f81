"""Reads that are written out in SQL: pages that everybody opens, where building a query costs more than running it."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection


def documents(query: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a query as dicts by column name, in its order.

    They come as one JSON text: ids and moments are strings, decimals must be cast to text.
    """
    with connection.cursor() as cursor:
        statement = f"SELECT json_agg(found)::text FROM ({query}) AS found"  # noqa: S608  the caller's own text
        cursor.execute(statement, dict(parameters))
        (text,) = cursor.fetchone()
    found: list[dict[str, Any]] = json.loads(text) if text else []
    return found

"""Human numbers: short, speakable, one series per kind of paper.

A number is taken under the row lock of its series in a transaction of the caller: a rolled-back
use case gives its number back, so a series has no gaps.
"""

from django.db import connection

_TAKE = """
INSERT INTO core_numberseries (name, last_value) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET last_value = core_numberseries.last_value + 1
RETURNING last_value
"""


def next_number(series: str, *, start: int = 1) -> int:
    """Return the next whole number of `series`; the first is `start`."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [series, start])
        (value,) = cursor.fetchone()
    return int(value)

"""Human numbers: short, speakable.

Papers that may have no gaps take theirs from a series, under its row lock until the caller commits: a
rolled-back use case gives its number back. Everything else takes it from a database sequence, where
nobody waits for anybody and a gap tells nothing.
"""

from apps.core.sql import prepared_cursor

_TAKE = """
INSERT INTO core_numberseries (name, last_value) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET last_value = core_numberseries.last_value + 1
RETURNING last_value
"""


def next_number(series: str, *, start: int = 1) -> int:
    """Return the next whole number of `series`; the first is `start`."""
    with prepared_cursor() as cursor:
        cursor.execute(_TAKE, [series, start])
        (value,) = cursor.fetchone()
    return int(value)


def next_in_sequence(sequence: str) -> int:
    """Return the next value of a database sequence."""
    with prepared_cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        (value,) = cursor.fetchone()
    return int(value)

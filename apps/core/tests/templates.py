"""Have templates say which variables they were not given."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.template import engines

MISSING = "MISSING<%s>"


@contextmanager
def missing_variables_shown() -> Iterator[None]:
    """Write MISSING<name> where a template asks for what it was not given.

    It is set at the engine that is at work: one built before a test does not read the settings again, and a
    value left in the settings would reach an engine built by a later test.
    """
    engine = engines["django"].engine
    given = engine.string_if_invalid
    engine.string_if_invalid = MISSING
    try:
        yield
    finally:
        engine.string_if_invalid = given

"""The clock of the edges. Rules and services take `now` as an argument."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    return _set.get() or timezone.now()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the edges and handlers of this block live at a moment: for simulations and tests."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)

"""Facts of the kernel's own tests and a place to register their handlers for one test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from apps.core import outbox
from apps.core.events import Event

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class ThingChanged(Event):
    topic: ClassVar[str] = "test.thing_changed"
    aggregate: ClassVar[str] = "thing"

    thing_id: str
    step: int = 0


@contextmanager
def handled(*functions: Callable[[Any], None], task: str = "") -> Iterator[None]:
    """Let functions (and a Celery task) hear ThingChanged until the block ends."""
    before = outbox._handlers.pop(ThingChanged.topic, [])
    for function in functions:
        outbox.handles(ThingChanged)(function)
    if task:
        outbox.dispatches(ThingChanged, task=task, arguments=lambda event: {"step": event.step})
    try:
        yield
    finally:
        outbox._handlers[ThingChanged.topic] = before

"""The workers of R21: take what the relay and the timers queue and run it in a given manner."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from celery.signals import before_task_publish
from django.conf import settings

from apps.core import clock
from apps.core.services.relay import deliver_all
from marketplace.celery import app

Job = tuple[str, dict[str, Any]]
# How one round of jobs is run: what becomes of the list that was queued once.
Mode = Callable[[Sequence[Job]], Sequence[Job]]

BEATS: tuple[Job, ...] = tuple(
    (str(entry["task"]), {}) for entry in settings.CELERY_BEAT_SCHEDULE.values()
)


def house_tasks() -> list[str]:
    """Names of every task that workers know."""
    app.autodiscover_tasks(force=True)
    return sorted(name for name in app.tasks if name.startswith("apps."))


class Workers:
    """Takes the jobs that the relay queues and runs them in the given manner; notes which ran."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self.ran: Counter[str] = Counter()
        self._queued: list[Job] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        def take(sender: str, body: Any, **_given: Any) -> None:
            # What a broker would carry: JSON and nothing else.
            self._queued.append((sender, json.loads(json.dumps(body[1]))))

        house_tasks()
        before_task_publish.connect(take, weak=False)
        try:
            yield
        finally:
            before_task_publish.disconnect(take)

    def run(self, name: str, arguments: dict[str, Any]) -> None:
        self.ran[name] += 1
        app.tasks[name].apply(kwargs=arguments, throw=True)

    def carry_out(self, jobs: Sequence[Job]) -> None:
        for name, arguments in self.mode(jobs):
            self.run(name, arguments)

    def until_quiet(self) -> None:
        """Let the relay deliver and run what it queued, until nothing more comes."""
        while deliver_all(now=clock.now()) or self._queued:
            jobs, self._queued = self._queued, []
            self.carry_out(jobs)

    def beat(self, moment: datetime) -> None:
        """One round of every timer, and what follows from it."""
        with clock.standing_at(moment):
            self.carry_out(BEATS)
            self.until_quiet()

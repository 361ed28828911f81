"""Names of tasks stand as text in routes, timers and handlers: each must be a task that workers know."""

from django.conf import settings

from apps.core.outbox import dispatched_tasks
from marketplace.celery import app


def _known() -> set[str]:
    app.autodiscover_tasks(force=True)
    return {name for name in app.tasks if name.startswith("apps.")}


def test_tasks_that_events_queue_are_known_to_workers() -> None:
    assert dispatched_tasks() - _known() == set()
    assert len(dispatched_tasks()) >= 5


def test_tasks_that_timers_and_routes_name_are_known_to_workers() -> None:
    timed = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    routed = {name for name in settings.CELERY_TASK_ROUTES if not name.endswith("*")}

    assert (timed | routed) - _known() == set()

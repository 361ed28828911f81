"""Timers of logistics. Timers are rows with a due time, swept; nothing is scheduled for a moment."""

from celery import shared_task

from apps.core import clock
from apps.logistics.services import pickup, positions


@shared_task
def return_overdue() -> None:
    pickup.return_overdue(now=clock.now())


@shared_task
def forget_positions() -> None:
    positions.forget_positions(now=clock.now())

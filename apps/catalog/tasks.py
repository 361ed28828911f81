"""Timers of catalog."""

from celery import shared_task

from apps.catalog.services.keepers import drop_orphan_grants
from apps.core import clock


@shared_task
def sweep_grants() -> None:
    """Members also go with their accounts, past the services of sellers."""
    drop_orphan_grants(now=clock.now())

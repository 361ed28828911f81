"""Workers of notifications."""

from uuid import UUID

from celery import shared_task

from apps.core import clock
from apps.notifications import services


@shared_task(autoretry_for=(OSError,), retry_backoff=5, retry_backoff_max=600, max_retries=7)
def deliver(*, delivery_id: str) -> None:
    services.deliver(delivery_id=UUID(delivery_id), now=clock.now())

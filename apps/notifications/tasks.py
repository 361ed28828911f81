"""Workers of notifications."""

from uuid import UUID

from celery import Task, shared_task

from apps.core import clock
from apps.notifications import services


@shared_task(
    bind=True, autoretry_for=(OSError,), retry_backoff=5, retry_backoff_max=600, max_retries=7
)
def deliver(self: Task, *, delivery_id: str) -> None:
    """Send it; what another worker has is looked at again when that one must be done or dead."""
    try:
        services.deliver(delivery_id=UUID(delivery_id), now=clock.now())
    except services.BeingSent as error:
        raise self.retry(exc=error, countdown=services.LEASE.total_seconds()) from error

"""Workers of documents: files, and what is issued by the calendar."""

from celery import shared_task

from apps.core import clock
from apps.documents.services import filing, issuing, statements


# A statement of a busy month has hundreds of pages.
@shared_task(
    autoretry_for=(OSError,),
    retry_backoff=5,
    retry_backoff_max=600,
    max_retries=7,
    soft_time_limit=240,
    time_limit=300,
)
def render(*, rendering_id: int) -> None:
    filing.render(rendering_id=rendering_id, now=clock.now())


@shared_task
def issue_missing_receipts() -> None:
    issuing.issue_missing_receipts(now=clock.now())


@shared_task
def issue_statements() -> None:
    statements.issue_due(now=clock.now())

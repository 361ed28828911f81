"""Periodic work of search."""

from celery import shared_task

from apps.search import services

# A million documents take minutes; the usual limit is a minute and a half.
PATIENCE_SECONDS = 1_800


@shared_task(soft_time_limit=PATIENCE_SECONDS, time_limit=PATIENCE_SECONDS + 60)
def refresh_words() -> None:
    services.refresh_words()

"""Periodic work of search."""

from celery import shared_task

from apps.search import services


@shared_task
def refresh_words() -> None:
    services.refresh_words()

"""Timers of reviews: rows with a due time, swept."""

from celery import shared_task

from apps.core import clock
from apps.reviews.services import inviting, photos


@shared_task
def send_invitations() -> None:
    inviting.send_due(now=clock.now())


@shared_task
def drop_loose_photos() -> None:
    photos.drop_loose(now=clock.now())

"""The clock of the edges. Rules and services take `now` as an argument."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    return timezone.now()

"""Periodic work of the kernel."""

from celery import shared_task

from apps.core import clock
from apps.core.services import idempotency, relay, seals


@shared_task
def seal_audit() -> None:
    seals.seal(seals.AUDIT)


@shared_task
def drop_expired() -> None:
    now = clock.now()
    idempotency.drop_expired(now=now)
    relay.purge_sent(now=now)

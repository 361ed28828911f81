"""Timers and jobs of orders. Timers are rows with a due time, swept; nothing is scheduled for a moment."""

from uuid import UUID

from celery import shared_task

from apps.core import clock
from apps.orders.services import cancelling, disputing, inspecting, lifecycle, settling, surcharges
from apps.orders.services.paying import REFERENCE
from apps.payments.selectors import latest_attempt
from apps.payments.services import settling as payment_settling


@shared_task
def expire_unpaid() -> None:
    now = clock.now()
    lifecycle.sweep(now=now)
    surcharges.expire_waiting(now=now)


@shared_task
def cancel_late() -> None:
    cancelling.cancel_late(now=clock.now())


@shared_task
def release_due() -> None:
    settling.release_due(now=clock.now())


@shared_task
def move_due_cases() -> None:
    inspecting.move_due_returns(now=clock.now())
    disputing.move_due_disputes(now=clock.now())


@shared_task
def close_payment_page(*, group_id: str) -> None:
    attempt = latest_attempt(REFERENCE, UUID(group_id))
    if attempt:
        payment_settling.close_session(attempt_id=attempt.id, now=clock.now())

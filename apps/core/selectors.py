"""Reads of the kernel's tables, for staff."""

from django.db.models import QuerySet

from apps.core.models import IdempotencyRecord, OutboxEvent, ProcessedEvent
from apps.core.queues import Queue, queue_of


def dead_letters() -> Queue:
    return queue_of(OutboxEvent.objects.filter(dead_at__isnull=False), "dead_at")


def undelivered_events() -> Queue:
    return queue_of(OutboxEvent.objects.filter(sent_at=None, dead_at=None), "created_at")


def processed_events() -> QuerySet[ProcessedEvent]:
    """Which handlers had which events, newest first."""
    return ProcessedEvent.objects.order_by("-event_id", "handler")


def idempotency_records() -> QuerySet[IdempotencyRecord]:
    """Keys that commands came with, newest first; the stored answers are left in the database."""
    return IdempotencyRecord.objects.order_by("-created_at").defer("body", "fingerprint")

"""Queues: how much work waits, and since when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Model, QuerySet


@dataclass(frozen=True, slots=True)
class Queue:
    count: int
    oldest_at: datetime | None


def queue_of(rows: QuerySet[Model], since: str) -> Queue:
    """Count the rows and find the earliest `since` among them, in one query."""
    found = rows.order_by().aggregate(count=Count("pk"), oldest=Min(since))
    return Queue(count=int(found["count"]), oldest_at=found["oldest"])

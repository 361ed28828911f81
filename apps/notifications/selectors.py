"""Reads of deliveries, for staff."""

from apps.core.queues import Queue, queue_of
from apps.notifications.models import Delivery


def failed_deliveries() -> Queue:
    return queue_of(Delivery.objects.filter(state=Delivery.State.FAILED), "created_at")

"""Queued messages are sent by a worker."""

from apps.core.outbox import dispatches
from apps.notifications.events import DeliveryQueued

dispatches(
    DeliveryQueued,
    task="apps.notifications.tasks.deliver",
    arguments=lambda event: {"delivery_id": str(event.delivery_id)},
)

"""Facts that notifications publishes."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True)
class DeliveryQueued(Event):
    topic: ClassVar[str] = "notifications.delivery_queued"
    aggregate: ClassVar[str] = "delivery"

    delivery_id: UUID

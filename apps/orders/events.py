"""Facts that orders publishes."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True)
class OrderGroupPlaced(Event):
    topic: ClassVar[str] = "orders.group_placed"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID


@dataclass(frozen=True)
class OrderGroupPaid(Event):
    topic: ClassVar[str] = "orders.group_paid"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID


@dataclass(frozen=True)
class OrderGroupExpired(Event):
    """The hold ran out before the money came; the goods are back on the shelf."""

    topic: ClassVar[str] = "orders.group_expired"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID


@dataclass(frozen=True)
class OrderGroupCancelled(Event):
    topic: ClassVar[str] = "orders.group_cancelled"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID
    reason: str


@dataclass(frozen=True)
class OrderStatusChanged(Event):
    topic: ClassVar[str] = "orders.status_changed"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID
    order_id: UUID
    status: str

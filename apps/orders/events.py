"""Facts that orders publishes."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event
from apps.core.money import Money


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


@dataclass(frozen=True)
class OrderUnitsCancelled(Event):
    """A part of a paid order was cancelled; the rest goes on. `amount` goes back to the buyer."""

    topic: ClassVar[str] = "orders.units_cancelled"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID
    order_id: UUID
    units: int
    reason: str
    amount: Money


@dataclass(frozen=True)
class OrderReleased(Event):
    """The order is settled: its money is the seller's and the marketplace's."""

    topic: ClassVar[str] = "orders.released"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID
    order_id: UUID


@dataclass(frozen=True)
class OrderAddressChanged(Event):
    topic: ClassVar[str] = "orders.address_changed"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID
    order_id: UUID


@dataclass(frozen=True)
class AddressChangeAsked(Event):
    """The buyer confirmed a dearer way; it waits for its money."""

    topic: ClassVar[str] = "orders.address_change_asked"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID
    order_id: UUID
    change_id: UUID


@dataclass(frozen=True)
class AddressChangeEnded(Event):
    """A change that waited ended without its money; the page of `attempt_id` is to be closed."""

    topic: ClassVar[str] = "orders.address_change_ended"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID
    order_id: UUID
    change_id: UUID
    attempt_id: UUID


@dataclass(frozen=True)
class ReturnChanged(Event):
    """A return was asked for or moved on."""

    topic: ClassVar[str] = "orders.return_changed"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID
    order_id: UUID
    return_id: UUID
    state: str


@dataclass(frozen=True)
class DisputeChanged(Event):
    """A dispute was opened, moved on, or something was said in it (`message_id`)."""

    topic: ClassVar[str] = "orders.dispute_changed"
    aggregate: ClassVar[str] = "order_group"

    group_id: UUID
    order_id: UUID
    dispute_id: UUID
    state: str
    message_id: UUID | None = None

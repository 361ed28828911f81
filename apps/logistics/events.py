"""Facts that logistics publishes. One stream per reference: an order hears of its parcels in order."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True)
class ShipmentStatusChanged(Event):
    topic: ClassVar[str] = "logistics.shipment_status_changed"
    aggregate: ClassVar[str] = "shipment_reference"

    reference_id: UUID
    shipment_id: UUID
    status: str


@dataclass(frozen=True)
class ShipmentDelivered(Event):
    """Everything in the parcel is with the buyer. `delivered` pairs a line's id with its units."""

    topic: ClassVar[str] = "logistics.shipment_delivered"
    aggregate: ClassVar[str] = "shipment_reference"

    reference_id: UUID
    shipment_id: UUID
    delivered: tuple[tuple[str, int], ...]

    @property
    def quantities(self) -> dict[UUID, int]:
        return {UUID(line_id): quantity for line_id, quantity in self.delivered}


@dataclass(frozen=True)
class ShipmentReturned(Event):
    """The parcel is back with its owner, whole."""

    topic: ClassVar[str] = "logistics.shipment_returned"
    aggregate: ClassVar[str] = "shipment_reference"

    reference_id: UUID
    shipment_id: UUID

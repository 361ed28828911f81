from apps.logistics.models.people import Courier, CourierPosition, CourierTask, PickupClerk
from apps.logistics.models.shipments import Shipment, ShipmentItem, TrackingEvent
from apps.logistics.models.tariffs import DeliveryTariff, DeliveryZone, PickupPoint
from apps.logistics.types import DeliveryKind

__all__ = [
    "Courier",
    "CourierPosition",
    "CourierTask",
    "DeliveryKind",
    "DeliveryTariff",
    "DeliveryZone",
    "PickupClerk",
    "PickupPoint",
    "Shipment",
    "ShipmentItem",
    "TrackingEvent",
]

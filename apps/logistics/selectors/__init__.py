from apps.logistics.selectors.people import (
    clerk_point,
    courier_of,
    desks_of,
    offered_tasks,
    parcels_to_return,
    point_shipment,
    point_shipments,
    tasks_of,
)
from apps.logistics.selectors.shipments import courier_position, shipments_of
from apps.logistics.selectors.tariffs import (
    delivery_options,
    fastest_by_kind,
    fastest_days,
    forget_tariffs,
    pickup_point,
    pickup_points,
)

__all__ = [
    "clerk_point",
    "courier_of",
    "courier_position",
    "delivery_options",
    "desks_of",
    "fastest_by_kind",
    "fastest_days",
    "forget_tariffs",
    "offered_tasks",
    "parcels_to_return",
    "pickup_point",
    "pickup_points",
    "point_shipment",
    "point_shipments",
    "shipments_of",
    "tasks_of",
]

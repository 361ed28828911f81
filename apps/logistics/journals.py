"""Which statements about parcels must find nothing."""

from apps.core.invariants import Invariant, declare

declare(
    Invariant(
        "logistics.status_is_the_last_step",
        "SELECT s.id, s.status, e.status FROM logistics_shipment s"
        " LEFT JOIN LATERAL (SELECT status FROM logistics_trackingevent"
        " WHERE shipment_id = s.id ORDER BY seq DESC LIMIT 1) e ON true"
        " WHERE s.status IS DISTINCT FROM e.status",
    ),
    Invariant(
        "logistics.parcel_at_a_courier_has_its_task",
        "SELECT s.id, s.status FROM logistics_shipment s WHERE s.kind = 'COURIER'"
        " AND (s.status IN ('ACCEPTED', 'OUT_FOR_DELIVERY')) IS DISTINCT FROM EXISTS"
        " (SELECT FROM logistics_couriertask t WHERE t.shipment_id = s.id"
        " AND (t.state = 'TAKEN' OR (t.state = 'OFFERED' AND s.status = 'ACCEPTED')))",
    ),
    Invariant(
        "logistics.parcel_is_not_empty",
        "SELECT s.id FROM logistics_shipment s WHERE NOT EXISTS"
        " (SELECT FROM logistics_shipmentitem i WHERE i.shipment_id = s.id)",
    ),
)

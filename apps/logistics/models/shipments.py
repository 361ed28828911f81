"""Shipments: parcels, what is in them and every step of their way.

Invariant: a status changes only along rules.ALLOWED_MOVES and with a tracking event (a trigger holds
both); the way of a parcel is append-only.
"""

from django.db import models

from apps.core.ids import UUID7Field
from apps.logistics.types import DeliveryKind, ShipmentStatus


class Shipment(models.Model):
    """One parcel. `reference_id` and `owner_id` are opaque here: an order and its seller."""

    id = UUID7Field()
    reference_id = models.UUIDField(db_index=True)
    owner_id = models.UUIDField()
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=7, choices=DeliveryKind)
    carrier = models.CharField(max_length=40)
    status = models.CharField(max_length=16, choices=ShipmentStatus, default=ShipmentStatus.CREATED)
    address = models.JSONField()
    from_city = models.CharField(max_length=100)
    # Where the parcel goes: the address's city, or the pickup point's.
    country = models.CharField(max_length=2)
    city = models.CharField(max_length=100)
    pickup_point = models.ForeignKey(
        "logistics.PickupPoint", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    weight_grams = models.PositiveIntegerField()
    promised_from = models.DateField()
    promised_to = models.DateField()
    language = models.CharField(max_length=2)
    # Six digits that the buyer tells when the parcel changes hands; couriers and clerks never see it.
    handover_code = models.CharField(max_length=6)
    code_failures = models.PositiveSmallIntegerField(default=0)
    code_locked_until = models.DateTimeField(null=True, blank=True)
    failed_attempts = models.PositiveSmallIntegerField(default=0)
    storage_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    in_transit_at = models.DateTimeField(null=True, blank=True)
    out_for_delivery_at = models.DateTimeField(null=True, blank=True)
    ready_for_pickup_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    returning_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shipment_kind_has_its_place",
                condition=models.Q(kind="COURIER", pickup_point=None)
                | models.Q(kind="PICKUP", pickup_point__isnull=False),
            ),
            models.CheckConstraint(
                name="shipment_kind_has_its_states",
                condition=~models.Q(kind="COURIER", status="READY_FOR_PICKUP")
                & ~models.Q(kind="PICKUP", status="OUT_FOR_DELIVERY"),
            ),
            models.CheckConstraint(
                name="shipment_stored_until",
                condition=~models.Q(status="READY_FOR_PICKUP")
                | models.Q(storage_until__isnull=False),
            ),
            models.CheckConstraint(
                name="shipment_delivered_at",
                condition=~models.Q(status="DELIVERED") | models.Q(delivered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="shipment_code", condition=models.Q(handover_code__regex=r"^[0-9]{6}$")
            ),
            models.CheckConstraint(
                name="shipment_promise",
                condition=models.Q(promised_to__gte=models.F("promised_from"), weight_grams__gt=0),
            ),
        ]
        indexes = [
            models.Index(
                fields=["pickup_point", "status"],
                name="shipment_at_point",
                condition=models.Q(
                    status__in=["ACCEPTED", "IN_TRANSIT", "READY_FOR_PICKUP", "RETURNING"]
                ),
            ),
            models.Index(
                fields=["storage_until"],
                name="shipment_stored",
                condition=models.Q(status="READY_FOR_PICKUP"),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ShipmentItem(models.Model):
    """Units of one order line in a parcel, copied: the line may change, the parcel does not."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="items")
    line_id = models.UUIDField()
    # {language: title}
    title = models.JSONField()
    sku = models.CharField(max_length=80)
    quantity = models.PositiveSmallIntegerField()
    image = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line_id"], name="shipment_item_once"),
            models.CheckConstraint(
                name="shipment_item_quantity", condition=models.Q(quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class TrackingEvent(models.Model):
    """One step of a parcel's way. Append-only. `key` makes a repeated command harmless."""

    id = models.BigAutoField(primary_key=True)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="events")
    # 1, 2, 3, ... per shipment.
    seq = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=ShipmentStatus)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    place = models.CharField(max_length=100, blank=True, default="")
    note = models.CharField(max_length=60, blank=True, default="")
    key = models.CharField(max_length=160, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "seq"], name="tracking_event_seq"),
        ]

    def __str__(self) -> str:
        return f"{self.status} #{self.seq}"

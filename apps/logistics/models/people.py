"""Couriers, pickup clerks, tasks and positions.

Invariant: a parcel has one open task at most; a position is kept only while its courier carries
something, one in 15 seconds, for 30 days.
"""

from django.db import models

from apps.logistics.models.shipments import Shipment
from apps.logistics.types import FailureReason, TaskState


class Courier(models.Model):
    """A person who carries parcels to doors in one city."""

    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    city = models.CharField(max_length=100)
    phone = models.CharField(max_length=20)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.city}, {self.phone}"


class PickupClerk(models.Model):
    """A person who takes in and hands out parcels at one pickup point."""

    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="+")
    point = models.ForeignKey(
        "logistics.PickupPoint", on_delete=models.PROTECT, related_name="clerks"
    )
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"clerk #{self.pk}"


class CourierTask(models.Model):
    """One try to bring one parcel to its door."""

    id = models.BigAutoField(primary_key=True)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="tasks")
    courier = models.ForeignKey(
        Courier, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    country = models.CharField(max_length=2)
    city = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=TaskState, default=TaskState.OFFERED)
    failure_reason = models.CharField(max_length=13, choices=FailureReason, blank=True, default="")
    offered_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"],
                condition=models.Q(state__in=["OFFERED", "TAKEN"]),
                name="courier_task_one_open",
            ),
            models.CheckConstraint(
                name="courier_task_has_courier",
                condition=models.Q(state="OFFERED", courier=None)
                | models.Q(state="RELEASED")
                | models.Q(courier__isnull=False, taken_at__isnull=False),
            ),
            models.CheckConstraint(
                name="courier_task_failed_why",
                condition=models.Q(state="FAILED", failed_at__isnull=False)
                & ~models.Q(failure_reason="")
                | ~models.Q(state="FAILED") & models.Q(failure_reason=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["country", "offered_at"],
                name="courier_task_offered",
                condition=models.Q(state="OFFERED"),
            ),
            models.Index(
                fields=["courier", "taken_at"],
                name="courier_task_taken",
                condition=models.Q(state="TAKEN"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} #{self.pk}"


class CourierPosition(models.Model):
    """Where a courier was. Personal data: see services/positions.py for what is kept and how long."""

    id = models.BigAutoField(primary_key=True)
    courier = models.ForeignKey(Courier, on_delete=models.CASCADE, related_name="positions")
    latitude = models.DecimalField(max_digits=9, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="courier_position_on_earth",
                condition=models.Q(
                    latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["courier", "-at"], name="courier_position_last"),
            models.Index(fields=["at"], name="courier_position_age"),
        ]

    def __str__(self) -> str:
        return f"{self.latitude}, {self.longitude}"

"""Parcels: which units of an order went with which shipment, and how each ended.

Invariant: a line's shipped, delivered and returned quantities are the sums of its parcels' items.
"""

from django.db import models


class Parcel(models.Model):
    """One shipment of an order; `id` is the shipment's. It ends once: delivered, returned or lost."""

    id = models.UUIDField(primary_key=True, editable=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="parcels")
    number = models.CharField(max_length=40, unique=True)
    shipped_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="parcel_ends_once",
                condition=models.Q(delivered_at=None, returned_at=None)
                | models.Q(delivered_at=None, lost_at=None)
                | models.Q(returned_at=None, lost_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_over(self) -> bool:
        return any((self.delivered_at, self.returned_at, self.lost_at))


class ParcelItem(models.Model):
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="items")
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "line"], name="parcel_item_once"),
            models.CheckConstraint(name="parcel_item_quantity", condition=models.Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"

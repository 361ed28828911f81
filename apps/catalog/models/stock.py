"""Stock: what sellers store, where, how much of it, and units held for ordered lines.

Invariant: 0 <= reserved <= on_hand; reserved equals the sum of active reservations; every
change of on_hand has its movement.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.core.ids import UUID7Field


class Warehouse(models.Model):
    """A place with goods; `seller` is null for the marketplace's own."""

    id = UUID7Field()
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, null=True, blank=True, related_name="warehouses"
    )
    country = models.CharField(max_length=2)
    city = models.CharField(max_length=100)
    address = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=40)
    # Orders placed before this local hour leave the same working day.
    cutoff_hour = models.PositiveSmallIntegerField(default=16)
    # ISO weekdays on which it works.
    working_days = models.JSONField(default=list)

    class Meta:
        permissions = [("keep_warehouse", _("Keeps the stock of this warehouse"))]

    def __str__(self) -> str:
        return self.name


class InventoryItem(models.Model):
    class Condition(models.TextChoices):
        NEW = "NEW", _("New")
        USED = "USED", _("Used")
        REFURBISHED = "REFURBISHED", _("Refurbished")

    id = UUID7Field()
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    seller_sku = models.CharField(max_length=80)
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="items")
    condition = models.CharField(max_length=11, choices=Condition, default=Condition.NEW)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "seller_sku"], name="item_seller_sku"),
        ]

    def __str__(self) -> str:
        return self.seller_sku


class Stock(models.Model):
    item = models.ForeignKey(InventoryItem, on_delete=models.PROTECT, related_name="stocks")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    on_hand = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["item", "warehouse"], name="stock_once"),
            models.CheckConstraint(
                name="stock_reserved_within_on_hand",
                condition=models.Q(reserved__gte=0, reserved__lte=models.F("on_hand")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand - self.reserved} free"


class StockMovement(models.Model):
    """One change of `on_hand`. Append-only; `key` makes each cause count once."""

    class Kind(models.TextChoices):
        RECEIPT = "RECEIPT", _("Received")
        SALE = "SALE", _("Sold")
        CANCEL = "CANCEL", _("Cancelled sale")
        RETURN = "RETURN", _("Returned")
        WRITE_OFF = "WRITE_OFF", _("Written off")
        CORRECTION = "CORRECTION", _("Corrected")

    id = models.BigAutoField(primary_key=True)
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind)
    quantity = models.IntegerField()
    key = models.CharField(max_length=120, unique=True)
    actor_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="movement_not_zero", condition=~models.Q(quantity=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+}"


class Reservation(models.Model):
    """Units of one stock row held for one ordered line (an opaque id to this app)."""

    class State(models.TextChoices):
        ACTIVE = "ACTIVE", _("Held")
        CONSUMED = "CONSUMED", _("Sold")
        RELEASED = "RELEASED", _("Released")
        EXPIRED = "EXPIRED", _("Expired")

    id = UUID7Field()
    line_id = models.UUIDField()
    # The order group's id: reservations of one group live and end together.
    group_id = models.UUIDField(db_index=True)
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    # Rises when a line is reserved again after an expiry.
    attempt = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "stock", "attempt"], name="reservation_once"
            ),
            models.CheckConstraint(name="reservation_quantity", condition=models.Q(quantity__gt=0)),
            models.CheckConstraint(
                name="reservation_ended",
                condition=models.Q(state="ACTIVE", ended_at=None)
                | (~models.Q(state="ACTIVE") & models.Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="reservation_due",
                condition=models.Q(state="ACTIVE"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.state}"

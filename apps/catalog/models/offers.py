"""Offers: a seller's price and conditions for a variant, with the history of prices."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Now

from apps.catalog.models.stock import InventoryItem
from apps.core.ids import UUID7Field
from apps.core.money import Money


class Offer(models.Model):
    """`price_minor` is the price valid now for one unit; OfferPrice keeps its whole history."""

    id = UUID7Field()
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="offers")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="offers")
    condition = models.CharField(
        max_length=11,
        choices=InventoryItem.Condition,
        default=InventoryItem.Condition.NEW,
    )
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()
    # The price before, shown struck through; null when there is none.
    old_price_minor = models.BigIntegerField(null=True, blank=True)
    handling_days = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    # Rises with each change of price or terms; quotes remember it.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "variant", "condition"], name="offer_once"),
            models.CheckConstraint(name="offer_price", condition=models.Q(price_minor__gt=0)),
            models.CheckConstraint(
                name="offer_old_price",
                condition=models.Q(old_price_minor=None)
                | models.Q(old_price_minor__gt=models.F("price_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price_minor} {self.currency}"

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def old_price(self) -> Money | None:
        return Money(self.old_price_minor, self.currency) if self.old_price_minor else None


class OfferComponent(models.Model):
    """What one unit of an offer takes from stock: bundles and twin offers share items."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="components")
    item = models.ForeignKey(InventoryItem, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "item"], name="offer_component_once"),
            models.CheckConstraint(
                name="offer_component_quantity", condition=models.Q(quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.item_id}"


class OfferPrice(models.Model):
    """A price row: from `min_quantity` units on, valid during [from, to)."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="prices")
    min_quantity = models.PositiveIntegerField(default=1)
    price_minor = models.BigIntegerField()
    valid = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="offer_price_one_at_a_time",
                expressions=[
                    ("offer", RangeOperators.EQUAL),
                    ("min_quantity", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="offer_price_row", condition=models.Q(price_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.price_minor)

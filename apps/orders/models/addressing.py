"""Changes of where a paid order goes, each with the price of its way before and after.

Invariant: one change of an order waits for its money at most; it ends once, and the address is the
order's only when it is APPLIED.
"""

from django.db import models

from apps.core.ids import UUID7Field
from apps.core.money import Money
from apps.orders.types import AddressChangeState


class AddressChange(models.Model):
    """What its buyer confirmed; `promised_*` are the days of the new way."""

    id = UUID7Field()
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, related_name="address_changes"
    )
    state = models.CharField(max_length=9, choices=AddressChangeState)
    address = models.JSONField()
    currency = models.CharField(max_length=3)
    delivery_before_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField()
    promised_from = models.DateField()
    promised_to = models.DateField()
    asked_at = models.DateTimeField()
    # Until when a dearer way can be paid for.
    expires_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(state="WAITING"),
                name="address_change_one_waits",
            ),
            models.CheckConstraint(
                name="address_change_prices",
                condition=models.Q(delivery_before_minor__gte=0, delivery_minor__gte=0),
            ),
            models.CheckConstraint(
                name="address_change_waits_for_money",
                condition=models.Q(state="APPLIED")
                | models.Q(
                    delivery_minor__gt=models.F("delivery_before_minor"), expires_at__isnull=False
                ),
            ),
            models.CheckConstraint(
                name="address_change_end",
                condition=models.Q(state="WAITING", applied_at=None, ended_at=None)
                | models.Q(state="APPLIED", applied_at__isnull=False, ended_at=None)
                | models.Q(
                    state__in=["EXPIRED", "DROPPED"], applied_at=None, ended_at__isnull=False
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="address_change_due",
                condition=models.Q(state="WAITING"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.order_id}"

    @property
    def delivery_price(self) -> Money:
        return Money(self.delivery_minor, self.currency)

    @property
    def difference(self) -> Money:
        """What the new way costs beside the old one: above zero the buyer pays it, below it goes back."""
        return Money(self.delivery_minor - self.delivery_before_minor, self.currency)

"""Delivery zones, tariffs and pickup points."""

from django.db import models

from apps.core.ids import UUID7Field
from apps.logistics.types import DeliveryKind


class DeliveryZone(models.Model):
    """A set of destinations with one tariff: a country, or one city of it."""

    code = models.SlugField(max_length=40, unique=True)
    country = models.CharField(max_length=2)
    # Empty: the rest of the country.
    city = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "city"], name="delivery_zone_once"),
        ]

    def __str__(self) -> str:
        return self.code


class DeliveryTariff(models.Model):
    """Price of one parcel up to a chargeable weight, from a country to a zone."""

    carrier = models.CharField(max_length=40)
    kind = models.CharField(max_length=7, choices=DeliveryKind)
    from_country = models.CharField(max_length=2)
    zone = models.ForeignKey(DeliveryZone, on_delete=models.CASCADE, related_name="tariffs")
    up_to_grams = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()
    min_days = models.PositiveSmallIntegerField()
    max_days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "kind", "from_country", "zone", "up_to_grams"],
                name="delivery_tariff_once",
            ),
            models.CheckConstraint(
                name="delivery_tariff_range",
                condition=models.Q(
                    price_minor__gte=0, max_days__gte=models.F("min_days"), up_to_grams__gt=0
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.kind} to {self.zone_id}, {self.up_to_grams} g"


class PickupPoint(models.Model):
    id = UUID7Field()
    code = models.SlugField(max_length=40, unique=True)
    # {language: name}
    names = models.JSONField(default=dict)
    country = models.CharField(max_length=2)
    city = models.CharField(max_length=100)
    address = models.CharField(max_length=200)
    hours = models.CharField(max_length=60)
    latitude = models.DecimalField(max_digits=9, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["country", "city"], name="pickup_point_city")]

    def __str__(self) -> str:
        return self.code

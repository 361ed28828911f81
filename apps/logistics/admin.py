"""Zones, tariffs and pickup points: reference rows that staff keep."""

from typing import Any

from django.contrib import admin

from apps.core.admin import AuditedAdmin
from apps.core.columns import money
from apps.core.viewer import Viewer
from apps.logistics.models import DeliveryTariff, DeliveryZone, PickupPoint
from apps.logistics.selectors import forget_tariffs


class TariffKeeper(AuditedAdmin):
    """A change is seen at once by this process, by the others within a minute."""

    def store(self, *, obj: Any, form: Any, actor: Viewer, reason: str) -> None:
        super().store(obj=obj, form=form, actor=actor, reason=reason)
        forget_tariffs()


@admin.register(DeliveryZone)
class DeliveryZoneAdmin(TariffKeeper):
    list_display = ("code", "country", "city")
    list_filter = ("country",)
    search_fields = ("code", "city")
    edited_fields = ("code", "country", "city")


@admin.register(DeliveryTariff)
class DeliveryTariffAdmin(TariffKeeper):
    related = ("zone",)
    list_display = (
        "zone",
        "carrier",
        "kind",
        "from_country",
        "up_to_grams",
        money("price_minor"),
        "min_days",
        "max_days",
    )
    list_filter = ("kind", "carrier", "from_country")
    search_fields = ("zone__code",)
    raw_id_fields = ("zone",)
    edited_fields = (
        "carrier",
        "kind",
        "from_country",
        "zone",
        "up_to_grams",
        "currency",
        "price_minor",
        "min_days",
        "max_days",
    )


@admin.register(PickupPoint)
class PickupPointAdmin(TariffKeeper):
    list_display = ("code", "city", "country", "address", "hours", "is_active")
    list_filter = ("country", "is_active")
    search_fields = ("code", "city", "address")
    edited_fields = (
        "code",
        "names",
        "country",
        "city",
        "address",
        "hours",
        "latitude",
        "longitude",
        "is_active",
    )

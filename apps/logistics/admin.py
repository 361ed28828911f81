"""Zones, tariffs, points, couriers, clerks: rows that staff keep. Parcels: a window with two deeds."""

from typing import Any

from django.contrib import admin
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.core.admin import AuditedAdmin, AuditedForm, WindowAdmin, WindowInline
from apps.core.columns import money
from apps.core.deeds import ReasonedAction
from apps.core.kinds import reference
from apps.core.readable import in_words
from apps.core.viewer import Viewer
from apps.core.web.languages import InLanguages
from apps.logistics import rules
from apps.logistics.models import (
    Courier,
    CourierTask,
    DeliveryTariff,
    DeliveryZone,
    PickupClerk,
    PickupPoint,
    Shipment,
    ShipmentItem,
    TrackingEvent,
)
from apps.logistics.selectors import forget_tariffs
from apps.logistics.services import shipping
from apps.logistics.types import ShipmentStatus


class TariffKeeper(AuditedAdmin):
    """A change is seen at once by this process and on public pages, by the rest within a minute."""

    def store(self, *, obj: Any, form: Any, actor: Viewer, reason: str) -> None:
        super().store(obj=obj, form=form, actor=actor, reason=reason)
        forget_tariffs()


class PointForm(AuditedForm):
    names = InLanguages(label=pgettext_lazy("thing", "Name"), required=False)


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

    def name_of(self, row: DeliveryTariff) -> str:
        return f"{row.get_kind_display()}, {row.zone}"


@admin.register(PickupPoint)
class PickupPointAdmin(TariffKeeper):
    form = PointForm
    list_display = ("name", "code", "city", "country", "address", "hours", "is_active")
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

    def name_of(self, row: PickupPoint) -> str:
        names = row.names
        return names.get(get_language() or "en") or next(iter(names.values()), row.code)

    @admin.display(description=pgettext_lazy("field", "name"), ordering="code")
    def name(self, point: PickupPoint) -> str:
        return self.name_of(point)


@admin.register(Courier)
class CourierAdmin(AuditedAdmin):
    is_personal = True
    related = ("user",)
    list_display = ("user", "country", "city", "phone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("=user__email", "=city", "=phone")
    search_help_text = _("The courier's e-mail, city or phone, whole.")
    raw_id_fields = ("user",)
    edited_fields = ("user", "country", "city", "phone", "is_active")

    def name_of(self, row: Courier) -> str:
        return f"{row.user}, {row.city}"


@admin.register(PickupClerk)
class PickupClerkAdmin(AuditedAdmin):
    related = ("user", "point")
    list_display = ("user", "point", "is_active")
    list_filter = ("is_active",)
    search_fields = ("=user__email", "=point__code")
    search_help_text = _("The clerk's e-mail or the point's code, whole.")
    raw_id_fields = ("user", "point")
    edited_fields = ("user", "point", "is_active")

    def name_of(self, row: PickupClerk) -> str:
        return f"{row.user}, {row.point.city}"


ORDER = reference("reference_id", "order", pgettext_lazy("field", "order"))
SELLER = reference("owner_id", "seller", pgettext_lazy("field", "seller"))


class ItemInline(WindowInline):
    model = ShipmentItem
    show_change_link = False
    shown_fields = ("name", "sku", "quantity")

    @admin.display(description=_("title"))
    def name(self, item: ShipmentItem) -> str:
        return in_words(item.title, "title")


class TaskInline(WindowInline):
    model = CourierTask
    related = ("courier__user",)
    show_change_link = False
    shown_fields = ("state", "courier", "failure_reason", "offered_at", "taken_at")
    ordering = ("id",)


class StepInline(WindowInline):
    model = TrackingEvent
    show_change_link = False
    shown_fields = ("seq", "status", "at", "actor_label", "place", "note")
    ordering = ("seq",)


@admin.register(Shipment)
class ShipmentAdmin(WindowAdmin):
    """The handover code is the buyer's: staff do not see it."""

    is_personal = True
    audit_target = "shipment"
    related = ("pickup_point",)
    list_display = (
        "number",
        "status",
        "kind",
        "city",
        "pickup_point",
        "promised_to",
        "failed_attempts",
        "created_at",
    )
    list_filter = ("status", "kind")
    search_fields = ("=number", "=id", "=reference_id")
    search_help_text = _("Parcel's number or id, or the order's id, whole.")
    ordering = ("-id",)
    references = {"reference_id": "order", "owner_id": "seller"}
    hidden_fields = ("handover_code", "code_failures", "reference_id", "owner_id")
    inlines = (ItemInline, StepInline, TaskInline)
    reasoned_actions = (
        ReasonedAction(
            name="mark_returned",
            label=_("Back with the seller"),
            permission="logistics.change_shipment",
            run=lambda deed: shipping.mark_returned(
                shipment_id=deed.id, actor=deed.actor, now=deed.now, reason=deed.reason
            ),
            consequence=_("The order is returned and its buyer gets the money back."),
            is_dangerous=True,
            fits=lambda shipment: shipment.status == ShipmentStatus.RETURNING,
        ),
        ReasonedAction(
            name="report_lost",
            label=_("Give up for lost"),
            permission="logistics.change_shipment",
            run=lambda deed: shipping.report_lost(
                shipment_id=deed.id, actor=deed.actor, now=deed.now, reason=deed.reason
            ),
            consequence=_("The parcel cannot be delivered any more; its courier's task ends."),
            is_dangerous=True,
            fits=lambda shipment: rules.may_move(
                ShipmentStatus(shipment.status), ShipmentStatus.LOST
            ),
        ),
    )

    def readable_fields(self) -> list[Any]:
        return [ORDER, SELLER, *super().readable_fields()]

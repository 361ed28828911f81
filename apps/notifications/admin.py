"""Deliveries: what was sent to whom, and what failed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.core.admin import WindowAdmin
from apps.core.columns import email_column
from apps.core.readable import plain
from apps.notifications.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(WindowAdmin):
    is_personal = True
    list_display = (
        "kind",
        "state",
        email_column("address", _("address")),
        "language",
        "attempts",
        "created_at",
        "sent_at",
    )
    list_filter = ("state",)
    search_fields = ("=address", "=key", "=kind", "=recipient_id")
    search_help_text = _("Address, key or recipient's id, whole.")
    # Links in a message open an order without a password: they are for its reader alone.
    hidden_fields = ("context",)

    def name_of(self, row: Delivery) -> str:
        return plain(row, "kind")

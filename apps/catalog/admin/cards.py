"""Listing cards, to see what the shop shows of a product and since when."""

from django.contrib import admin

from apps.catalog.models import ListingCard
from apps.core.admin import WindowAdmin
from apps.core.columns import money


@admin.register(ListingCard)
class ListingCardAdmin(WindowAdmin):
    related = ("product",)
    list_display = (
        "product",
        "is_visible",
        money("price_minor"),
        "seller_name",
        "is_in_stock",
        "version",
        "updated_at",
    )
    list_filter = ("is_visible", "is_in_stock")
    search_fields = ("=product__short_id", "=brand_name")
    ordering = ("-updated_at",)
    hidden_fields = ("price_base_minor",)

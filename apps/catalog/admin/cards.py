"""Listing cards, to see what the shop shows of a product and since when."""

from typing import Any

from django.contrib import admin
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.words import product_title
from apps.catalog.models import ListingCard
from apps.catalog.selectors.pictures import picture_of, thumb_of
from apps.core.admin import WindowAdmin
from apps.core.columns import money, thumbs


@admin.register(ListingCard)
class ListingCardAdmin(WindowAdmin):
    related = ("product",)
    prefetched = ("product__texts",)
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
    hidden_fields = ("price_base_minor", "brand_id", "images")

    def name_of(self, row: ListingCard) -> str:
        return product_title(row.product)

    def readable_fields(self) -> list[Any]:
        return [*super().readable_fields(), "pictures"]

    @admin.display(description=_("pictures"))
    def pictures(self, card: ListingCard) -> str:
        language = get_language() or "en"
        return thumbs(thumb_of(picture_of(one, language)) for one in card.images)

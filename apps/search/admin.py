"""The search index, to see what it holds of a product."""

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import display
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.admin import WindowAdmin
from apps.core.formats import format_money
from apps.core.money import Money
from apps.search.models import SearchDocument, SearchTerm


@admin.register(SearchDocument)
class SearchDocumentAdmin(WindowAdmin):
    list_display = ("product_id", "version", "price", "is_in_stock", "sales_count", "published_at")
    list_filter = ("is_in_stock",)
    search_fields = ("=product_id",)
    ordering = ("-published_at",)
    shown_fields = (
        "product_id",
        "version",
        "codes",
        "category_path",
        "brand_id",
        "seller_ids",
        "facets",
        "price",
        "rating_hundredths",
        "rating_count",
        "sales_count",
        "is_in_stock",
        "published_at",
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SearchDocument]:
        return super().get_queryset(request).defer("vector")

    @display(description=_("price for sorting"))
    def price(self, document: SearchDocument) -> str:
        return format_money(Money(document.price_base_minor, settings.BASE_CURRENCY))


@admin.register(SearchTerm)
class SearchTermAdmin(WindowAdmin):
    list_display = ("word", "document_count")
    ordering = ("-document_count",)
    search_fields = ("^word",)

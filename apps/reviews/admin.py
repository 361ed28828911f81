"""Reviews, to read."""

from django.contrib import admin

from apps.core.admin import WindowAdmin
from apps.reviews.models import Review


@admin.register(Review)
class ReviewAdmin(WindowAdmin):
    related = ("product", "author")
    list_display = ("product", "rating", "title", "author_name", "status", "created_at")
    list_filter = ("status", "is_verified_purchase")
    search_fields = ("=product__short_id", "=author_name")

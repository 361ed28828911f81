"""Cursor pagination: stable under writes, no COUNT, no deep OFFSET."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class CursorPage(CursorPagination):
    """Pages by primary key (UUIDv7: the order of creation), newest first."""

    ordering = "-id"
    page_size_query_param = "limit"
    max_page_size = 100

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        """:raises NotFound: a cursor that was not made here: what it names is no key at all"""
        try:
            return list(super().paginate_queryset(queryset, request, view) or ())
        except (ValueError, ValidationError):
            raise NotFound(self.invalid_cursor_message) from None

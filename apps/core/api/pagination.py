"""Cursor pagination: stable under writes, no COUNT, no deep OFFSET."""

from rest_framework.pagination import CursorPagination


class CursorPage(CursorPagination):
    """Pages by primary key (UUIDv7: the order of creation), newest first."""

    ordering = "-id"
    page_size_query_param = "limit"
    max_page_size = 100

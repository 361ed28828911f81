"""Published reviews of a product."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.selectors.products import published_id
from apps.core.api.pagination import CursorPage
from apps.core.api.permissions import Public
from apps.core.api.schema import described
from apps.core.api.serializers import PageQuery
from apps.core.api.views import ApiView
from apps.reviews.selectors import published


class ReviewOut(serializers.Serializer):  # type: ignore[type-arg]  # generic only in the stubs
    id = serializers.UUIDField()
    author_name = serializers.CharField()
    rating = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField()
    language = serializers.CharField()
    is_verified_purchase = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class ReviewsOut(serializers.Serializer):  # type: ignore[type-arg]  # generic only in the stubs
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ReviewOut(many=True)


class ReviewsView(ApiView):
    permission_classes = [Public]

    @described("Reviews, newest first", query=PageQuery, answer=ReviewsOut, errors=(404,))
    def get(self, request: Request, short_id: str) -> Response:
        self.read_query(PageQuery)
        page = CursorPage()
        rows = page.paginate_queryset(published(published_id(short_id)), request, view=self)
        return page.get_paginated_response(ReviewOut(rows, many=True).data)

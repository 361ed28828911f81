"""Base of API views: input through a strict serializer, the viewer from headers alone."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from apps.core.api.pagination import CursorPage
from apps.core.api.serializers import Output, PageQuery, checked_query, given_to
from apps.core.viewer import Viewer
from apps.core.web.middleware import token_viewer


class ApiView(APIView):
    """`self.viewer` is who sent the tokens; a browser's cookies count for nothing here.

    So a page of another site, which can make a browser send cookies but no headers of its
    choice, can do nothing in somebody's name.
    """

    viewer: Viewer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.viewer = token_viewer(request._request, account=request.user)  # noqa: SLF001  DRF offers no public way
        request._request.viewer = self.viewer  # type: ignore[attr-defined]  # noqa: SLF001
        super().initial(request, *args, **kwargs)

    @property
    def account_id(self) -> UUID:
        """Return the id of who signed in; for views that are open to them alone.

        :raises NotAuthenticated: nobody signed in
        """
        if self.viewer.user_id is None:
            raise NotAuthenticated
        return self.viewer.user_id

    @property
    def language(self) -> str:
        return get_language() or "en"

    def read(self, serializer: type[Serializer[Any]], data: Any = None) -> dict[str, Any]:
        """Return the checked values of the body (or of `data`).

        :raises ValidationError: names the fields
        """
        given = given_to(serializer, self.request.data if data is None else data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def page_of(self, rows: QuerySet[Any], kind: type[Output]) -> Response:
        """Answer with one page of rows, as the request's cursor and limit say."""
        self.read_query(PageQuery)
        page = CursorPage()
        found = page.paginate_queryset(rows, self.request, view=self)
        return page.get_paginated_response(kind.of_many(found))

    def read_query(self, serializer: type[Serializer[Any]]) -> dict[str, Any]:
        """Return the checked query parameters; a repeated one counts once, save in a list."""
        return dict(checked_query(serializer, self.request.query_params).validated_data)

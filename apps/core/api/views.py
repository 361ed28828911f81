"""Base of API views: input through a strict serializer, the viewer from headers alone."""

from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.core.api.serializers import checked_query
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

    def read(self, serializer: type, data: Any = None) -> dict[str, Any]:
        """Return the checked values of the body (or of `data`).

        :raises ValidationError: names the fields
        """
        given = serializer(data=self.request.data if data is None else data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def read_query(self, serializer: type) -> dict[str, Any]:
        """Return the checked query parameters; a repeated one counts once, save in a list."""
        return dict(checked_query(serializer, self.request.query_params).validated_data)

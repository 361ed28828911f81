"""Personal pages: never kept by a cache, and what is not the viewer's is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse

from apps.core.errors import NotFound
from apps.core.viewer import GrantExpired
from apps.core.web.caching import private_page
from apps.core.web.requests import ShopRequest


def personal_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a view of somebody's own things: `private, no-store`, and 404 for other people's."""

    @private_page
    @wraps(view)
    def answer(request: ShopRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (NotFound, GrantExpired) as refusal:
            raise Http404(str(refusal)) from refusal

    return answer

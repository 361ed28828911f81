"""Forms on publicly cached pages: the browser's own word on the origin instead of a token."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt


def is_same_origin(request: HttpRequest) -> bool:
    """Sec-Fetch-Site decides where it is sent; else Origin, else Referer must name this very host.

    A request that carries none of the three is refused: every browser in use sends one on a POST.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    named = request.headers.get("Origin") or request.headers.get("Referer")
    if not named or named == "null":
        return False
    try:
        parts = urlsplit(named)
    except ValueError:
        return False
    return parts.scheme == request.scheme and parts.netloc == request.get_host()


def same_origin_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a view that public pages post to: no token, but a strict check of the origin.

    :raises PermissionDenied: a foreign, null or missing origin on an unsafe method
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not is_same_origin(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded

"""Personal pages: never kept by a cache, and what is not the viewer's is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

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


def is_htmx(request: ShopRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def led_to(request: ShopRequest, url: str) -> HttpResponse:
    """Lead the whole page on, also when htmx asked for a fragment."""
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def own_address(request: ShopRequest, sent: str, fallback: str) -> str:
    """Return an address that was sent to lead back to, when it is of this host."""
    is_own = url_has_allowed_host_and_scheme(
        sent, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return sent if sent and is_own else fallback

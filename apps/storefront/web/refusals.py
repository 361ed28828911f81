"""Where answers lead: the whole page on, or back to an address of this host."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from apps.core.web.personal import personal_page
from apps.core.web.requests import ShopRequest

__all__ = ["is_htmx", "led_to", "own_address", "personal_page"]


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

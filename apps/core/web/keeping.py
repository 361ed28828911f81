"""Behind the front: a rendered public page is compressed, tagged, and kept for those who come after."""

from django.http import HttpRequest, HttpResponse

from apps.core import page_store
from apps.core.pauses import pause_point
from apps.core.web.caching import OK
from apps.core.web.front import LOOKED_UP, LookedUp
from apps.core.web.pages import Page
from apps.core.web.traffic import GetResponse, route_of

# Promises name days that change at a midnight or a closing hour of some time zone: all of these fall
# on a quarter of an hour, so no page lives across one.
_QUARTER_SECONDS = 900


class KeptPageMiddleware:
    """Stand outside of whatever adds headers, so that they are kept with the page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _is_public(response):
            return response
        page = Page.of(response, route_of(request))
        if request.method == "GET" and hasattr(response, "page_tags"):
            _keep(page, response.page_tags, request.META.get(LOOKED_UP))
        status, headers, body = page.answer(request.META)
        response.status_code = status
        if status != OK:
            del response["Content-Type"]
        del response["Content-Length"]
        for name, value in headers:
            response[name] = value
        response.content = body
        return response


def _is_public(response: HttpResponse) -> bool:
    """Twice sure: what sets a cookie or differs by one is nobody else's, whatever it says of itself."""
    return (
        response.status_code == OK
        and not response.streaming
        and not response.cookies
        and "public" in response.get("Cache-Control", "")
        and "cookie" not in response.get("Vary", "").lower()
    )


def _keep(page: Page, tags: tuple[str, ...], looked_up: LookedUp | None) -> None:
    if looked_up is None or looked_up.moment is None or not looked_up.key:
        return
    pause_point("core.keep_page")
    page_store.keep(
        key=looked_up.key,
        page=page.to_bytes(),
        tags=tags,
        moment=looked_up.moment,
        seconds=life_seconds(looked_up.begun_at),
    )


def life_seconds(begun_at: float) -> float:
    """Return how long a page may live whose building began at this time (seconds of the epoch)."""
    return min(page_store.LIFE_SECONDS, _QUARTER_SECONDS - begun_at % _QUARTER_SECONDS)

"""Who may keep an answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

PUBLIC_SECONDS = 60


def private_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark every answer of the view `private, no-store`; its template may greet and show messages."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.is_private_page = True  # type: ignore[attr-defined]  # read by base.html
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return answer


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark the answer the same for all anonymous visitors of one URL, currency and region.

    A browser revalidates each time; a shared cache, which must key on the `currency` cookie, may
    keep it for a minute. Anything but a plain 200 to a signed-out visitor stays private.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and not response.cookies:  # noqa: PLR2004  HTTP OK
            patch_cache_control(response, public=True, max_age=0, s_maxage=PUBLIC_SECONDS)
        else:
            patch_cache_control(response, private=True, no_store=True)
        return response

    return answer

"""Who may keep an answer, and which parameters of its address a public page knows."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import patch_cache_control

OK = 200
# Everything that some public page knows; a name that ends with "*" stands for all that begin so.
_known: set[str] = set()


def private_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark every answer of the view `private, no-store`; its template may greet and show messages."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.is_private_page = True  # type: ignore[attr-defined]  # read by base.html
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return answer


def public_page(*parameters: str) -> Callable[..., Callable[..., HttpResponse]]:
    """Mark the answer the same for all visitors of one address and of the cookies that count.

    The view knows `parameters`; others never reach it, so that a page with a campaign's mark in its
    address is the page without. Whoever keeps the answer asks each time whether it still holds.
    Anything but a plain 200 stays private.
    """
    _known.update(parameters)

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            query = known_query(request.META.get("QUERY_STRING", ""), parameters)
            request.META["QUERY_STRING"] = query
            request.GET = QueryDict(query)  # type: ignore[assignment]  # Django's own type of it
            response = view(request, *args, **kwargs)
            if response.status_code == OK and not response.cookies:
                patch_cache_control(response, public=True, no_cache=True)
            else:
                patch_cache_control(response, private=True, no_store=True)
            return response

        return answer

    return mark


def shows(response: HttpResponse, *tags: str) -> HttpResponse:
    """Say what a public page shows beside core.page_store.EVERYTHING: with this said it may be kept."""
    response.page_tags = tags  # type: ignore[attr-defined]  # read by KeptPageMiddleware
    return response


def known_query(query: str, parameters: tuple[str, ...] | None = None) -> str:
    """Return the known parameters that say something, in one order (those of one name keep theirs).

    :raises ValueError: more parameters than a request may have
    """
    if not query:
        return ""
    names = _known if parameters is None else parameters
    prefixes = tuple(name[:-1] for name in names if name.endswith("*"))
    pairs = parse_qsl(query, max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
    known = [pair for pair in pairs if pair[0] in names or pair[0].startswith(prefixes)]
    return urlencode(sorted(known, key=lambda pair: pair[0]))

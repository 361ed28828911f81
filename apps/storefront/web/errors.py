"""Error pages: what happened, what is safe, what to do, a number to quote.

The page of a server error asks nothing of the database, the cache, the session or a context
processor: whatever broke may be one of these.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.templatetags.static import static
from django.utils.translation import get_language

from apps.core.api.problems import error_outside_views
from apps.core.web.caching import private_page
from apps.core.web.middleware import is_machine


@private_page
def _page(request: HttpRequest, status: int) -> HttpResponse:
    if is_machine(request):
        return error_outside_views(status)
    # Messages wait for a page that works.
    request.is_private_page = False  # type: ignore[attr-defined]  # read by base.html
    context = {"status": status, "request_id": getattr(request, "request_id", "")}
    return render(request, f"errors/{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_machine(request):
        response: HttpResponse = error_outside_views(500)
        response["Cache-Control"] = "private, no-store"
        return response
    context = {
        "site_name": settings.SITE_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "language": get_language() or settings.LANGUAGE_CODE,
        "request_id": getattr(request, "request_id", ""),
        "stylesheet": _stylesheet(),
    }
    text = loader.get_template("errors/500.html").render(context)
    return HttpResponse(text, status=500, headers={"Cache-Control": "private, no-store"})


def _stylesheet() -> str:
    """Return the stylesheet's address; a missing manifest must not break the page of what broke."""
    try:
        return static("css/shop.css")
    except ValueError:
        return ""

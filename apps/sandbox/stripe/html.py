"""How the sandbox's own pages are answered: one set of headers, rendered from templates."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from apps.sandbox.stripe.wire import Response

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(name: str, context: dict[str, Any], *, language: str, status: int = 200) -> Response:
    with translation.override(language):
        text = render_to_string(f"sandbox/stripe/{name}.html", context | {"language": language})
    return Response(status, text.encode(), dict(HEADERS))


def redirect(url: str) -> Response:
    return Response(303, b"", {"Location": url, "Cache-Control": "no-store"})

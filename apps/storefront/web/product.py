"""Browse pages."""

from typing import Any

from django.http import HttpResponse

from apps.core.web.requests import ShopRequest


def show(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()


def note_viewed(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()

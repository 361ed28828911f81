"""Browse pages."""

from typing import Any

from django.http import HttpResponse

from apps.core.web.requests import ShopRequest


def category(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()


def search(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()


def suggest(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()

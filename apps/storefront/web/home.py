"""Browse pages."""

from typing import Any

from django.http import HttpResponse

from apps.core.web.requests import ShopRequest


def show(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()


def personal(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()

"""Pages of trade."""

from typing import Any

from django.http import HttpResponse

from apps.core.web.caching import private_page
from apps.core.web.requests import ShopRequest


@private_page
def index(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()


@private_page
def open_link(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()


@private_page
def show(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()


@private_page
def cancel(request: ShopRequest, **parts: Any) -> HttpResponse:
    return HttpResponse()

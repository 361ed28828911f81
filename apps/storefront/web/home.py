"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.web.caching import public_page


@require_GET
@public_page
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "storefront/home.html")

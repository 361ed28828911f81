"""What every page's template knows. No I/O: error pages and cached pages are made with it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language_info

from apps.storefront.currency import currency_of


def shop(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "live_url": settings.LIVE_URL,
        "currency": currency_of(request),
        "currencies": settings.SHOP_CURRENCIES,
        "language_links": language_links(request),
    }


def language_links(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return (code, own name, address) of this page in each language."""
    here = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    links = []
    for code, _name in settings.LANGUAGES:
        there = translate_url(here, code)
        if there == here and not here.startswith(f"/{code}/"):
            there = f"/{code}/"  # an address without a language: its front page
        links.append((code, get_language_info(code)["name_local"].capitalize(), there))
    return links

"""What every page's template knows. No I/O: error pages and cached pages are made with it."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_info

from apps.storefront.currency import currency_of

TABS = ("home", "catalogue", "cart", "favorites", "account")


def shop(request: HttpRequest) -> dict[str, Any]:
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "site_name": settings.SITE_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "live_url": settings.LIVE_URL,
        "currency": currency_of(request),
        "currencies": tuple(settings.SHOP_CURRENCIES),
        "language_links": language_links(request),
        "tab_path": request.path if request.path in _tab_paths(language) else "",
    }


@lru_cache
def _tab_paths(_language: str) -> frozenset[str]:
    """The pages of the tab bar, in the language that is active."""
    return frozenset(reverse(f"storefront:{name}") for name in TABS)


def language_links(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return (code, own name, address) of this page in each language.

    Addresses differ by their prefix alone; what has no page in the languages leads to the front page.
    """
    here = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    prefix = f"/{get_language()}/"
    is_page = request.resolver_match is not None and here.startswith(prefix)
    rest = here.removeprefix(prefix) if is_page else ""
    return [(code, name, f"/{code}/{rest}") for code, name in _names()]


@lru_cache
def _names() -> list[tuple[str, str]]:
    return [
        (code, get_language_info(code)["name_local"].capitalize())
        for code, _name in settings.LANGUAGES
    ]

"""What every page's template knows. No I/O: error pages and cached pages are made with it."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from apps.storefront.currency import currency_of

TABS = ("home", "catalogue", "cart", "favorites", "account")


def shop(request: HttpRequest) -> dict[str, Any]:
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "site_name": settings.SITE_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "live_url": settings.LIVE_URL,
        "currency": currency_of(request),
        "tab_path": _tab_path(request.path, language),
    }


def _tab_path(path: str, language: str) -> str:
    """The page of the tab bar that a page is part of."""
    if path in _tab_paths(language):
        return path
    is_own = path.startswith(_own_paths(language))
    return reverse("storefront:account") if is_own else ""


@lru_cache
def _own_paths(_language: str) -> tuple[str, ...]:
    """Below these lies what belongs to the account."""
    names = ("storefront:account", "storefront:orders", "storefront:returns", "account_email")
    return tuple(reverse(name) for name in names)


@lru_cache
def _tab_paths(_language: str) -> frozenset[str]:
    """The pages of the tab bar, in the language that is active."""
    return frozenset(reverse(f"storefront:{name}") for name in TABS)

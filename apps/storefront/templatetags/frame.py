"""What stands around every page: it differs by language and currency, and by the page's own address."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from apps.core.skeletons import filled

register = template.Library()


@register.simple_tag(name="frame", takes_context=True)
def frame_tag(context: Mapping[str, Any], template_name: str) -> SafeString:
    """Fill a part of the frame. Its texts: this page's address whole (`next`), without its language
    (`rest`), and what was searched for (`query`).
    """
    request: HttpRequest | None = context.get("request")
    return filled(
        template_name,
        shape={
            "site_name": settings.SITE_NAME,
            "language": get_language() or settings.LANGUAGE_CODE,
            "languages": _languages(),
            "currency": context.get("currency", ""),
            "currencies": tuple(settings.SHOP_CURRENCIES),
        },
        text={
            "next": request.get_full_path() if request else "",
            "rest": rest_of_address(request) if request else "",
            "query": request.GET.get("q", "") if request else "",
        },
    )


def rest_of_address(request: HttpRequest) -> str:
    """Return what follows the language in this page's address: the same page in each language.

    What has no page in the languages leads to the front page.
    """
    here = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    prefix = f"/{get_language()}/"
    is_page = request.resolver_match is not None and here.startswith(prefix)
    return here.removeprefix(prefix) if is_page else ""


@lru_cache
def _languages() -> tuple[tuple[str, str, str], ...]:
    """Return (code, own name, how its addresses begin) of each language."""
    return tuple(
        (code, get_language_info(code)["name_local"].capitalize(), f"/{code}/")
        for code, _name in settings.LANGUAGES
    )

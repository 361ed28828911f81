"""The addresses of one page in every language, for search engines."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation


@dataclass(frozen=True, slots=True)
class Alternates:
    """`canonical` is this page's own address; `links` are (language, address)."""

    canonical: str
    links: tuple[tuple[str, str], ...]


def alternates(address: Callable[[str], str]) -> Alternates:
    """Build absolute addresses; `address(language)` is called with that language active."""
    links = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            links.append((code, settings.SITE_URL + address(code)))
    here = translation.get_language() or settings.LANGUAGE_CODE
    return Alternates(canonical=dict(links)[here], links=tuple(links))

"""Content in several languages: choose by the reader's language, then by the fallback order."""

from collections.abc import Iterable, Mapping

from django.conf import settings


def in_language[T](texts: Mapping[str, T], language: str) -> T | None:
    """Return the text of a language, else the first of the fallback order that exists."""
    for candidate in (language, *settings.CONTENT_LANGUAGE_FALLBACK):
        if candidate in texts:
            return texts[candidate]
    return None


def language_order(language: str) -> Iterable[str]:
    return dict.fromkeys((language, *settings.CONTENT_LANGUAGE_FALLBACK))

"""Content in several languages: choose by the reader's language, then by the fallback order."""

from collections.abc import Iterable, Mapping

from django.conf import settings


def in_language[T](texts: Mapping[str, T], language: str) -> T | None:
    """Return the text of a language, else the first of the fallback order that exists."""
    for candidate in (language, *settings.CONTENT_LANGUAGE_FALLBACK):
        if candidate in texts:
            return texts[candidate]
    return None


def in_language_sql(column: str, *, operator: str = "->") -> str:
    """Write the same choice in SQL, from a JSON column; the parameter `language` is the reader's."""
    choices = ["%(language)s::text", *(f"'{code}'" for code in settings.CONTENT_LANGUAGE_FALLBACK)]
    return f"coalesce({', '.join(f'{column} {operator} {choice}' for choice in choices)})"


def language_order(language: str) -> Iterable[str]:
    return dict.fromkeys((language, *settings.CONTENT_LANGUAGE_FALLBACK))

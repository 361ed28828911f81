"""Parts of pages that are kept as HTML by what they show: most of a page is the same for the next visitor."""

from collections.abc import Hashable
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
KEPT = 4096


@register.simple_tag
def kept(template_name: str, **values: Hashable) -> SafeString:
    """Include a template that sees these values alone, and no clock.

    The same values in the same language are the same HTML, so nothing has to be forgotten.
    """
    return _html(template_name, get_language() or "en", tuple(values.items()))


@lru_cache(maxsize=KEPT)
def _html(
    template_name: str, _language: str, values: tuple[tuple[str, Hashable], ...]
) -> SafeString:
    return render_to_string(template_name, dict(values))

"""Cards as HTML, kept by what they show: rendering them is most of a listing's work."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from apps.storefront.presenting import ShownCard

register = template.Library()
# About 4 KB each.
KEPT = 4096


@register.simple_tag
def product_card(card: ShownCard, *, is_favorite: bool = False) -> SafeString:
    """Show a card. The same card in the same language is the same HTML, so nothing has to be forgotten."""
    return _html(card, is_favorite, get_language() or "en")


@lru_cache(maxsize=KEPT)
def _html(card: ShownCard, is_favorite: bool, language: str) -> SafeString:  # noqa: FBT001  a key of the cache
    return render_to_string("components/card.html", {"card": card, "is_favorite": is_favorite})

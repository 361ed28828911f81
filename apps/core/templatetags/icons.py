"""The `lucide` tag, whose pictures are drawn once per process: a page shows a hundred of them.

Settings put this library in the place of the package's own.
"""

from functools import cache

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags import lucide as package

register = template.Library()


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: str) -> SafeString:
    return _drawn(name, size, tuple(attributes.items()))


@cache
def _drawn(name: str, size: int | None, attributes: tuple[tuple[str, str], ...]) -> SafeString:
    return mark_safe(package.lucide(Context(), name, size=size, **dict(attributes)))  # noqa: S308  the package escapes

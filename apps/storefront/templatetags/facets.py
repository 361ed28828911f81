"""The options of a filter: a page has fifty of them, and each search has its own counts."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from apps.core.skeletons import filled
from apps.storefront.facets import FacetOption

register = template.Library()


@register.simple_tag
def facet_options(name: str, options: Sequence[FacetOption]) -> SafeString:
    """Write out options that one parameter may have, one after the other."""
    language = get_language() or "en"
    return mark_safe("".join(_option(name, option, language) for option in options))  # noqa: S308  escaped when filled


def _option(name: str, option: FacetOption, language: str) -> SafeString:
    return filled(
        "storefront/partials/facet_option.html",
        shape={
            "is_empty": not option.count,
            "is_on": option.is_on,
            "has_swatch": bool(option.swatch),
        },
        text={
            "name": name,
            "value": option.value,
            "swatch": option.swatch,
            "label": option.label,
            "count": str(option.count),
        },
        language=language,
    )

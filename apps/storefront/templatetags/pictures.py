"""Addresses of a picture's renditions for `src` and `srcset`."""

from django import template

from apps.catalog.selectors.pictures import image_url
from apps.catalog.types import Picture

register = template.Library()
_MIDDLE = 400


@register.filter
def picture_url(picture: Picture) -> str:
    """The rendition nearest above 400 px: what a browser without srcset shows."""
    widths = sorted(picture.widths)
    width = next((width for width in widths if width >= _MIDDLE), widths[-1])
    return image_url(picture.content_hash, width)


@register.filter
def picture_srcset(picture: Picture) -> str:
    return ", ".join(
        f"{image_url(picture.content_hash, width)} {width}w" for width in sorted(picture.widths)
    )


@register.filter
def picture_large(picture: Picture) -> str:
    """The widest rendition."""
    return image_url(picture.content_hash, max(picture.widths))

"""Pictures with the addresses of their renditions."""

from django import template
from django.utils.safestring import SafeString

from apps.catalog.selectors.pictures import image_url
from apps.catalog.types import Picture
from apps.core.skeletons import filled

register = template.Library()
_MIDDLE = 400


@register.simple_tag(name="picture")
def picture_tag(
    picture: Picture | None,
    *,
    sizes: str = "(min-width: 64rem) 240px, 50vw",
    loading: str = "lazy",
    css_class: str = "",
    has_preview: bool = False,
    language: str = "",
) -> SafeString | str:
    """The picture as `<img>`, or nothing without one; `has_preview` puts its blurred preview under it."""
    if not picture:
        return ""
    return filled(
        "components/picture.html",
        shape={
            "sizes": sizes,
            "loading": loading,
            "css_class": css_class,
            "has_preview": has_preview and bool(picture.preview),
        },
        text={
            "src": picture_url(picture),
            "srcset": picture_srcset(picture),
            "width": str(picture.width),
            "height": str(picture.height),
            "alt": picture.alt,
            "preview": picture.preview,
        },
        language=language,
    )


def picture_url(picture: Picture) -> str:
    """The rendition nearest above 400 px: what a browser without srcset shows."""
    widths = sorted(picture.widths)
    width = next((width for width in widths if width >= _MIDDLE), widths[-1])
    return image_url(picture.content_hash, width)


def picture_srcset(picture: Picture) -> str:
    return ", ".join(
        f"{image_url(picture.content_hash, width)} {width}w" for width in sorted(picture.widths)
    )


@register.filter
def picture_large(picture: Picture) -> str:
    """The widest rendition."""
    return image_url(picture.content_hash, max(picture.widths))

"""Addresses of pictures."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.core.files.storage import default_storage

from apps.catalog.selectors.texts import in_language
from apps.catalog.services.images import rendition_key
from apps.catalog.types import Picture


@lru_cache(maxsize=8192)
def image_url(content_hash: str, width: int) -> str:
    """Return the address of one rendition; it never changes its content."""
    return default_storage.url(rendition_key(content_hash, width))


def thumb_of(picture: Picture, size: int = 160) -> tuple[str, str, str]:
    """Return the addresses of the largest rendition and of the widest up to `size`, and what it shows."""
    widths = picture.widths
    near = max((width for width in widths if width <= size), default=widths[0])
    large, small = (image_url(picture.content_hash, width) for width in (widths[-1], near))
    return large, small, picture.alt


def picture_of(stored: Mapping[str, Any], language: str) -> Picture:
    """Read a picture as ListingCard.images and OrderLine.image keep it."""
    return Picture(
        content_hash=stored["hash"],
        widths=tuple(stored["widths"]),
        width=stored["width"],
        height=stored["height"],
        preview=stored.get("preview", ""),
        alt=in_language(stored.get("alt") or {}, language) or "",
    )

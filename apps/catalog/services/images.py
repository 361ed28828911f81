"""Pictures: decode, copy the pixels, encode renditions in WebP under the hash of the content.

Invariant: nothing is stored as it was sent; a key never changes its content, so it may be cached
for ever.
"""

import base64
import io
import warnings
from dataclasses import dataclass
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.core.errors import InvalidInput

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
WIDTHS = (160, 320, 640, 960)
QUALITY = 80
PREVIEW_WIDTH = 12


class UnusablePicture(InvalidInput):
    code = "catalog.unusable_picture"
    message = _(
        "This is not a picture we can use: send JPEG, PNG or WebP, at most 10 MB and 25 megapixels."
    )


@dataclass(frozen=True, slots=True)
class StoredPicture:
    content_hash: str
    width: int
    height: int
    widths: list[int]
    preview: str


def rendition_key(content_hash: str, width: int) -> str:
    return f"p/{content_hash[:2]}/{content_hash}-{width}.webp"


def decode(content: bytes) -> Image.Image:
    """Return the upright pixels of an upload, without its metadata.

    :raises UnusablePicture: another format, too large, broken, or animated
    """
    if len(content) > MAX_BYTES:
        raise UnusablePicture
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as source:
                if source.width * source.height > MAX_PIXELS or getattr(source, "n_frames", 1) > 1:
                    raise UnusablePicture
                upright = ImageOps.exif_transpose(source).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning) as error:
        raise UnusablePicture from error
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright)
    return clean


def store_picture(content: bytes, *, storage: Storage | None = None) -> StoredPicture:
    """Store every rendition of a picture; the same content is stored once.

    :raises UnusablePicture: see `decode`
    """
    storage = storage or default_storage
    picture = decode(content)
    content_hash = sha256(content).hexdigest()
    widths = [width for width in WIDTHS if width <= picture.width] or [picture.width]
    for width in widths:
        key = rendition_key(content_hash, width)
        if not storage.exists(key):
            storage.save(key, ContentFile(_encode(picture, width)))
    return StoredPicture(
        content_hash=content_hash,
        width=picture.width,
        height=picture.height,
        widths=widths,
        preview=_preview(picture),
    )


def _encode(picture: Image.Image, width: int) -> bytes:
    height = max(1, round(picture.height * width / picture.width))
    resized = picture.resize((width, height), Image.Resampling.LANCZOS)
    output = io.BytesIO()
    resized.save(output, "WEBP", quality=QUALITY, method=4)
    return output.getvalue()


def _preview(picture: Image.Image) -> str:
    height = max(1, round(picture.height * PREVIEW_WIDTH / picture.width))
    output = io.BytesIO()
    picture.resize((PREVIEW_WIDTH, height)).save(output, "WEBP", quality=30)
    return "data:image/webp;base64," + base64.b64encode(output.getvalue()).decode()

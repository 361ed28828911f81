"""Pictures: decode, copy the pixels, encode renditions in WebP under the hash of the content.

What strangers send is decoded by picture_worker.py, a process with little memory, time and nothing else.
Invariant: nothing is stored as it was sent; a key never changes its content, so it may be cached
for ever.
"""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.utils.translation import gettext_lazy as _
from PIL import Image

from apps.catalog.services import picture_worker
from apps.core.errors import InvalidInput

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = picture_worker.MAX_PIXELS
WIDTHS = picture_worker.WIDTHS
# The worker may use 10 seconds of a processor; a busy machine takes longer for them.
PATIENCE_SECONDS = 20
_WORKER = Path(picture_worker.__file__)
_PNG, _JPEG, _RIFF, _WEBP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"WEBP"


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
    about, pixels = _ask_worker("pixels", content)
    width, height = about["size"]
    if len(pixels) != width * height * 3:
        raise UnusablePicture
    return Image.frombytes("RGB", (width, height), pixels)


def store_picture(
    content: bytes, *, storage: Storage | None = None, is_own: bool = False
) -> StoredPicture:
    """Store every rendition of a picture; the same content is stored once.

    `is_own`: drawn by our own code, or from a folder that the operator names, so it is read here,
    without the cost of a process.

    :raises UnusablePicture: see `decode`
    """
    storage = storage or default_storage
    if is_own:
        about, parts = picture_worker.read(content, "renditions")
        files = b"".join(parts)
    else:
        about, files = _ask_worker("renditions", content)
    if len(files) != sum(about["lengths"]):
        raise UnusablePicture
    content_hash = sha256(content).hexdigest()
    start = 0
    for width, length in zip(about["widths"], about["lengths"], strict=True):
        key = rendition_key(content_hash, width)
        if not storage.exists(key):
            storage.save(key, ContentFile(files[start : start + length]))
        start += length
    return StoredPicture(
        content_hash=content_hash,
        width=about["width"],
        height=about["height"],
        widths=about["widths"],
        preview="data:image/webp;base64," + about["preview"],
    )


def looks_like_picture(content: bytes) -> bool:
    """Tell by the first bytes whether it can be JPEG, PNG or WebP; names and types that came along count for nothing."""
    return content.startswith((_JPEG, _PNG)) or (
        content.startswith(_RIFF) and content[8:12] == _WEBP
    )


def _ask_worker(wish: str, content: bytes) -> tuple[dict[str, Any], bytes]:
    """Run the worker over one file: what it says of the picture, and the bytes that follow.

    :raises UnusablePicture: the file is not one, or the worker did not live through it
    """
    if len(content) > MAX_BYTES or not looks_like_picture(content):
        raise UnusablePicture
    try:
        # Isolated (-I): no variable, folder or file of ours reaches it.
        done = subprocess.run(  # noqa: S603  our own script, no argument of a stranger
            [sys.executable, "-I", str(_WORKER), wish],
            input=content,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            env={},
            cwd="/",
            check=True,
        )
        line, _newline, rest = done.stdout.partition(b"\n")
        about: dict[str, Any] = json.loads(line)
    except (subprocess.SubprocessError, ValueError) as error:
        raise UnusablePicture from error
    base64.b64decode(about.get("preview", ""), validate=True)
    return about, rest

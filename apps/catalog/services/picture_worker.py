"""Decode a picture that a stranger sent, in a process of its own that may do little else.

Run by images.py as a script, without Django: `python -I picture_worker.py pixels|renditions`. It reads
the file from its input and writes one line of JSON and then bytes: raw RGB pixels, or WebP files one
after another. Exit status 3 says that the picture cannot be used; any other failure means the same.

Invariant: memory, processor time and open files are limited, and where the kernel lets it the network is
gone, before the first byte is looked at; what leaves are copied pixels without any metadata.
"""

import base64
import contextlib
import io
import json
import os
import resource
import sys
import warnings
from typing import Any

MAX_MEMORY = 512 * 1024 * 1024
MAX_SECONDS = 10
MAX_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
WIDTHS = (160, 320, 640, 960)
# A JPEG decodes to a fraction of its size at a fraction of the cost; twice the widest rendition is plenty.
ENOUGH = (1920, 1920)
QUALITY, PREVIEW_QUALITY, PREVIEW_WIDTH = 80, 30, 12
UNUSABLE = 3
_SIDEWAYS = range(5, 9)
_ORIENTATION = 0x0112


def confine() -> None:
    """Give up what decoding does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    # Not every kernel lets an ordinary process do it; the limits above hold in any case.
    with contextlib.suppress(OSError, AttributeError):
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)


class Unusable(Exception):
    """Too large, or moving."""


def read(content: bytes, wish: str) -> tuple[dict[str, Any], list[bytes]]:
    """Return what is to be said of a picture, and its pixels or its renditions.

    :raises Unusable: more pixels or more frames than we take
    """
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(content), formats=FORMATS) as source:
            if source.width * source.height > MAX_PIXELS or getattr(source, "n_frames", 1) > 1:
                raise Unusable
            size = source.size
            if source.getexif().get(_ORIENTATION) in _SIDEWAYS:
                size = size[::-1]
            # Colour profiles are not applied, nor carried on.
            source.info.pop("icc_profile", None)
            if wish == "renditions" and source.format == "JPEG":
                source.draft("RGB", ENOUGH)
            upright = ImageOps.exif_transpose(source).convert("RGB")
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright)
    del upright
    if wish == "pixels":
        return {"size": clean.size}, [clean.tobytes()]
    widths = [width for width in WIDTHS if width <= size[0]] or [size[0]]
    files = [_encode(clean, width, size) for width in widths]
    return {
        "width": size[0],
        "height": size[1],
        "widths": widths,
        "lengths": [len(one) for one in files],
        "preview": base64.b64encode(_preview(clean)).decode(),
    }, files


def _encode(picture: Any, width: int, size: tuple[int, int]) -> bytes:
    from PIL import Image

    height = max(1, round(size[1] * width / size[0]))
    output = io.BytesIO()
    picture.resize((width, height), Image.Resampling.LANCZOS).save(
        output, "WEBP", quality=QUALITY, method=4
    )
    return output.getvalue()


def _preview(picture: Any) -> bytes:
    height = max(1, round(picture.height * PREVIEW_WIDTH / picture.width))
    output = io.BytesIO()
    picture.resize((PREVIEW_WIDTH, height)).save(output, "WEBP", quality=PREVIEW_QUALITY)
    return output.getvalue()


def main(wish: str) -> None:
    confine()
    about, parts = read(sys.stdin.buffer.read(), wish)
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n")
    for part in parts:
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Exception:  # noqa: BLE001  a border of a process: whatever a file provokes, it is unusable
        sys.exit(UNUSABLE)

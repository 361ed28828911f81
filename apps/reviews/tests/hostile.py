"""Uploads that are not what they say, as bytes; and a photo that tells where it was taken."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image


def _svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def _html() -> bytes:
    return b"<!doctype html><script>alert(1)</script>"


def _zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "a")
    return content.getvalue()


def _broken_png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (400, 400), "red").save(content, "PNG")
    return content.getvalue()[:120]


def _bomb() -> bytes:
    """A PNG of 13,000 by 13,000 pixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    size = 13_000
    header = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)
    row = b"\0" * (1 + (size + 7) // 8)
    pixels = zlib.compress(row * size, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def _animated() -> bytes:
    content = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), (number, 0, 0)) for number in range(20)]
    frames[0].save(content, "WEBP", save_all=True, append_images=frames[1:])
    return content.getvalue()


def _gif() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "GIF")
    return content.getvalue()


def _too_heavy() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"\0" * (10 * 1024 * 1024)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "page.svg.png": _svg,
    "page.html.png": _html,
    "archive.png": _zip,
    "broken.png": _broken_png,
    "bomb.png": _bomb,
    "film.webp": _animated,
    "picture.gif.png": _gif,
    "heavy.png": _too_heavy,
}


def gps_jpeg() -> bytes:
    """A JPEG with a place, a maker and a script in its metadata."""
    picture = Image.new("RGB", (64, 48), (10, 120, 90))
    exif = Image.Exif()
    exif[0x010F] = "GPSMAKER <script>"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (41.0, 18.0, 39.0)
    gps[3], gps[4] = "E", (69.0, 14.0, 25.0)
    content = io.BytesIO()
    picture.save(content, "JPEG", exif=exif)
    return content.getvalue()

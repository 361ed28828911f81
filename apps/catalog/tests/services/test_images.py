"""Uploads that mean harm: none is stored as it was sent, none takes the page's process along."""

import io
import struct
import subprocess
import sys
import zlib
from functools import cache

import pytest
from django.core.files.storage import InMemoryStorage
from PIL import Image, ImageDraw

from apps.catalog.models import CardDraft
from apps.catalog.services import picture_worker
from apps.catalog.services.draft_pictures import PictureQuotaSpent, add_draft_picture
from apps.catalog.services.drafts import start_draft
from apps.catalog.services.images import (
    UnusablePicture,
    decode,
    looks_like_picture,
    rendition_key,
    store_picture,
)
from apps.catalog.tests.seller_cards import png, viewer_in
from marketplace.tests.world import NOW, make_world

SCRIPT = b"<script>alert(1)</script>"


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    output = io.BytesIO()
    picture.save(output, kind, **options)
    return output.getvalue()


def noise(size: tuple[int, int] = (200, 100)) -> Image.Image:
    return Image.effect_noise(size, 60).convert("RGB")


@cache
def jpeg() -> bytes:
    return saved(noise(), "JPEG")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes that unpack to width x height pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def animated(kind: str, frames: int) -> bytes:
    pictures = [Image.new("RGB", (2, 2), (n % 256, n // 256, 0)) for n in range(frames)]
    return saved(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=10)


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = SCRIPT.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 18.0, 0.0)})
    xmp = b"<x:xmpmeta>" + SCRIPT + b"</x:xmpmeta>"
    return saved(noise(), "JPEG", exif=exif, xmp=xmp, comment=SCRIPT)


REFUSED = {
    "nothing": lambda: b"",
    "one byte": lambda: b"\xff",
    "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "SVG with a mark": lambda: b"\xef\xbb\xbf<?xml version='1.0'?><svg/>",
    "HTML": lambda: b"<!doctype html>" + SCRIPT,
    "EXE": lambda: b"MZ" + bytes(500),
    "ELF": lambda: b"\x7fELF" + bytes(500),
    "PDF": lambda: b"%PDF-1.7\n" + bytes(200),
    "ZIP": lambda: b"PK\x03\x04" + bytes(200),
    "PDF with a JPEG behind": lambda: b"%PDF-1.7\n" + jpeg(),
    "HTML with a JPEG behind": lambda: b"<html>" + jpeg(),
    "GIF": lambda: saved(noise(), "GIF"),
    "GIF of 1,000 frames": lambda: animated("GIF", 1000),
    "WebP of 1,000 frames": lambda: animated("WEBP", 1000),
    "PNG that moves": lambda: animated("PNG", 3),
    "TIFF": lambda: saved(noise(), "TIFF"),
    "BMP": lambda: saved(noise(), "BMP"),
    "EPS": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "half a JPEG": lambda: jpeg()[: len(jpeg()) // 2],
    "JPEG of noise": lambda: jpeg()[:20] + bytes(range(256)) * 20,
    "PNG of 13,000 by 13,000": lambda: png_claiming(13_000, 13_000),
    "PNG of 60,000 by 60,000": lambda: png_claiming(60_000, 60_000),
    "PNG of 5,001 by 5,000": lambda: png_claiming(5_001, 5_000),
    "PNG with too few rows": lambda: png_claiming(4_000, 4_000),
    "PNG with a broken sum": lambda: png()[:40] + b"\x00\x00" + png()[42:],
    "WebP in name alone": lambda: b"RIFF\x20\x00\x00\x00WEBPVP8 " + bytes(40),
    "11 MB": lambda: jpeg() + bytes(11 * 1024 * 1024),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_file_is_refused_and_nothing_is_stored(name: str) -> None:
    storage = InMemoryStorage()

    with pytest.raises(UnusablePicture):
        store_picture(REFUSED[name](), storage=storage)

    assert storage.listdir("")[0] == []


TAKEN = {
    "JPEG with a ZIP behind": lambda: jpeg() + b"PK\x03\x04" + SCRIPT,
    "JPEG with HTML behind": lambda: jpeg() + b"<html>" + SCRIPT,
    "JPEG with a PDF behind": lambda: jpeg() + b"%PDF-1.7 " + SCRIPT,
    "PNG with a text chunk": lambda: png()[:33] + chunk(b"tEXt", b"C\x00" + SCRIPT) + png()[33:],
    "GPS and script in EXIF and XMP": with_exif,
    "profile of a megabyte": lambda: saved(noise(), "JPEG", icc_profile=SCRIPT + bytes(1_000_000)),
    "transparent": lambda: saved(Image.new("RGBA", (200, 100), (9, 9, 9, 0)), "PNG"),
    "palette": lambda: saved(noise().convert("P"), "PNG"),
    "CMYK": lambda: saved(noise().convert("CMYK"), "JPEG"),
    "grey": lambda: saved(noise().convert("L"), "WEBP"),
    "16 bits": lambda: saved(Image.new("I;16", (200, 100), 1000), "PNG"),
    "one pixel": lambda: saved(Image.new("RGB", (1, 1)), "PNG"),
    "a long thin strip": lambda: saved(Image.new("RGB", (5000, 1)), "PNG"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_picture_with_something_in_it_leaves_as_pixels_alone(name: str) -> None:
    storage = InMemoryStorage()
    content = TAKEN[name]()

    stored = store_picture(content, storage=storage)

    for width in stored.widths:
        with storage.open(rendition_key(stored.content_hash, width)) as file:
            written = file.read()
        assert written != content
        assert b"script" not in written
        assert written[:4] + written[8:12] == b"RIFFWEBP"
        with Image.open(io.BytesIO(written)) as picture:
            assert (picture.mode, dict(picture.getexif()), "icc_profile" in picture.info) == (
                "RGB",
                {},
                False,
            )


def test_picture_that_lies_on_its_side_is_put_upright() -> None:
    stored = store_picture(with_exif(), storage=InMemoryStorage())

    assert (stored.width, stored.height) == (100, 200)
    assert decode(with_exif()).size == (100, 200)


def test_red_half_stays_where_it_was() -> None:
    picture = Image.new("RGB", (100, 50), "blue")
    ImageDraw.Draw(picture).rectangle((0, 0, 49, 49), fill="red")
    pixels = decode(saved(picture, "PNG"))

    assert [pixels.getpixel(at) for at in ((10, 10), (90, 10))] == [(255, 0, 0), (0, 0, 255)]


def test_largest_picture_that_is_allowed_fits_into_the_workers_memory() -> None:
    picture = Image.new("RGBA", (5000, 5000), (10, 20, 30, 40))

    stored = store_picture(saved(picture, "PNG", compress_level=1), storage=InMemoryStorage())

    assert (stored.width, stored.widths) == (5000, [160, 320, 640, 960])


def test_same_file_a_thousand_times_is_stored_once() -> None:
    storage, content = InMemoryStorage(), png("green", (20, 20))

    hashes = {
        store_picture(content, storage=storage, is_own=True).content_hash for _ in range(1000)
    }
    again = store_picture(content, storage=storage)

    assert hashes == {again.content_hash}
    folder = f"p/{again.content_hash[:2]}"
    assert storage.listdir(folder)[1] == [f"{again.content_hash}-20.webp"]


def test_confined_process_cannot_have_much_memory_write_files_or_run_for_long() -> None:
    deeds = (
        "bytearray(600 * 1024 * 1024)",
        "import os; os.write(os.open('/tmp', os.O_TMPFILE | os.O_RDWR), b'x'); print('written')",
        "import resource; assert resource.getrlimit(resource.RLIMIT_CPU)[1] == 10; raise SystemExit(7)",
    )
    path = picture_worker.__file__
    codes = []
    for deed in deeds:
        code = (
            "import runpy; w = runpy.run_path(%r); w['confine'](); " % path  # noqa: UP031  no braces
        ) + deed
        done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=False)
        codes.append((done.returncode, b"written" in done.stdout))

    assert codes[0] == (1, False)
    assert codes[1][1] is False
    assert codes[2] == (7, False)


def test_worker_that_dies_is_an_unusable_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.catalog.services.images._WORKER", "/dev/null/none")

    with pytest.raises(UnusablePicture):
        store_picture(png(), storage=InMemoryStorage())


def test_first_bytes_decide_whatever_the_name_says() -> None:
    assert looks_like_picture(jpeg())
    assert not looks_like_picture(b"GIF89a" + bytes(20))
    assert not looks_like_picture(b"RIFF1234WAVE")


@pytest.mark.django_db
def test_shop_that_keeps_too_much_is_told_so(settings: object) -> None:
    settings.SELLER_PICTURES_MAX = 1  # type: ignore[attr-defined]
    world = make_world(offers_each=1)
    actor = viewer_in(world.sellers[0])
    draft: CardDraft = start_draft(
        seller_id=world.sellers[0].id, title="A", gtin="", language="en", actor=actor, now=NOW
    )
    given = {"draft_id": draft.id, "actor": actor, "now": NOW}
    first = add_draft_picture(content=png("red", (10, 10)), **given)

    with pytest.raises(PictureQuotaSpent):
        add_draft_picture(content=png("blue", (10, 10)), **given)

    assert list(draft.pictures.all()) == [first]


@pytest.mark.django_db
def test_shop_that_sends_too_fast_is_told_so(settings: object) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "seller_pictures": (1, 3600)}  # type: ignore[attr-defined]
    world = make_world(offers_each=1)
    actor = viewer_in(world.sellers[0])
    draft = start_draft(
        seller_id=world.sellers[0].id, title="A", gtin="", language="en", actor=actor, now=NOW
    )
    given = {"draft_id": draft.id, "actor": actor, "now": NOW}
    same = [add_draft_picture(content=png("red", (10, 10)), **given)]

    with pytest.raises(PictureQuotaSpent):
        add_draft_picture(content=png("red", (10, 10)), **given)

    assert list(draft.pictures.all()) == same

"""The studio: draw what is wanted in as many processes as there are cores, and remember it.

The notebook (var/demo-pictures.json) maps the drawing's digest to the stored picture, so that a
second seed, or one of another database, draws nothing.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import resvg_py
from django.conf import settings
from django.core.files.storage import default_storage

from apps.catalog.services.images import StoredPicture, rendition_key, store_picture
from apps.sandbox.demo.compose import Picture
from apps.sandbox.demo.pictures.scene import scene

PIXELS = 640
Notebook = dict[str, dict[str, object]]


def prepare(
    wanted: Iterable[Picture], *, progress: Callable[[str, int, int], None]
) -> dict[Picture, StoredPicture]:
    """Return the stored form of every picture; what the notebook knows is not drawn again."""
    pictures = list(dict.fromkeys(wanted))
    drawings = {picture: scene(picture) for picture in pictures}
    digests = {picture: sha256(svg.encode()).hexdigest() for picture, svg in drawings.items()}
    notebook = _read()
    missing = sorted(
        {
            (digests[picture], drawings[picture])
            for picture in pictures
            if not _is_kept(notebook.get(digests[picture]))
        }
    )
    for done, (digest, stored) in enumerate(_draw_all(missing), start=1):
        notebook[digest] = stored
        if done % 20 == 0 or done == len(missing):
            progress("pictures", done, len(missing))
            _write(notebook)
    return {
        picture: StoredPicture(**notebook[digests[picture]])  # type: ignore[arg-type]  # as written
        for picture in pictures
    }


def _draw_all(missing: list[tuple[str, str]]) -> Iterable[tuple[str, dict[str, object]]]:
    if len(missing) < 8:  # noqa: PLR2004  a pool is not worth its start
        yield from map(_draw, missing)
        return
    with get_context("fork").Pool(os.cpu_count() or 1) as pool:
        yield from pool.imap_unordered(_draw, missing, chunksize=8)


def _draw(order: tuple[str, str]) -> tuple[str, dict[str, object]]:
    digest, svg = order
    return digest, asdict(store_picture(render(svg), is_own=True))


def render(svg: str) -> bytes:
    """Draw at the width of the largest rendition that is kept: nothing is resampled for it."""
    return resvg_py.svg_to_bytes(
        svg_string=svg, width=PIXELS, height=PIXELS, skip_system_fonts=True
    )


def _is_kept(entry: dict[str, object] | None) -> bool:
    if entry is None:
        return False
    widths: list[int] = entry["widths"]  # type: ignore[assignment]  # as written
    return default_storage.exists(rendition_key(str(entry["content_hash"]), widths[-1]))


def _path() -> Path:
    return Path(settings.VAR_DIR) / "demo-pictures.json"


def _read() -> Notebook:
    try:
        notebook: Notebook = json.loads(_path().read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return notebook


def _write(notebook: Notebook) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.part")
    draft.write_text(json.dumps(notebook))
    draft.replace(path)

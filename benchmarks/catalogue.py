"""Kept catalogues: the data folder of a PostgreSQL with N products, built once and copied for each run.

A folder is named by the size and by a digest of what the products are made of. Code that only reads
them (migrations, the search index) may change: the kept data is then brought up to date in place.
"""

import json
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks import stack
from benchmarks.stack import DEVELOPMENT, FOLDER, ROOT, BenchShop, say

CHILD = "--in-stack"
_SANDBOX = ROOT / "apps" / "sandbox"
_MADE_OF = (
    *sorted((_SANDBOX / "catalogues").glob("generated*.py")),
    _SANDBOX / "demo" / "compose.py",
    _SANDBOX / "demo" / "data",
)
_SEARCHED_BY = (
    ROOT / "apps" / "search" / "providers",
    *(ROOT / "apps" / "search" / name for name in ("models.py", "rules.py", "spelling.py")),
    ROOT / "apps" / "catalog" / "selectors" / "search_source.py",
)


def kept_catalogue(size: int) -> Path:
    """Return the folder of a catalogue of `size` products, built or brought up to date first."""
    folder = FOLDER / f"catalogue-{size}-{_digest(_MADE_OF)[:10]}"
    if not (folder / "note.json").exists():
        _build(size, folder)
    if _note(folder)["code"] != _code():
        _renew(folder)
    return folder


def _build(size: int, folder: Path) -> None:
    say(f"building a catalogue of {size:,} products in {folder} (once)")
    shutil.rmtree(folder, ignore_errors=True)
    with _open(folder) as shop:
        seconds = _fill(shop, "products", size)
    _write_note(folder, {"products": size, "seconds": {"products": seconds}, "code": {}})


def _renew(folder: Path) -> None:
    """Migrate; where the engine's code is another one now, index anew."""
    note, code = _note(folder), _code()
    say(f"bringing {folder.name} up to date")
    with _open(folder) as shop:
        if note["code"].get("search") != code["search"]:
            note["seconds"]["index"] = _fill(shop, "index", note["products"])
    _write_note(folder, note | {"code": code})


@contextmanager
def _open(folder: Path) -> Iterator[BenchShop]:
    """Start a server over the kept data itself, migrated; fast instead of safe: it is stopped in good order."""
    servers = stack.new_stack(folder, is_durable=False)
    servers.start()
    try:
        shop = stack.silent_shop(folder)
        for command in (("migrate", "--database", "owner"), ("prepare",)):
            stack.manage(shop, *command)
        yield shop
    finally:
        servers.stop()
        shutil.rmtree(folder / "valkey", ignore_errors=True)


def _fill(shop: BenchShop, what: str, size: int) -> int:
    begun = time.monotonic()
    arguments = ["-m", "benchmarks", CHILD, "filling", what, str(size)]
    stack.run(arguments, stack.environment(shop, DEVELOPMENT), is_shown=True)
    seconds = round(time.monotonic() - begun)
    say(f"  {what}: {seconds} s")
    return seconds


def _code() -> dict[str, str]:
    migrations = sorted((ROOT / "apps").glob("*/migrations"))
    return {"search": _digest(_SEARCHED_BY), "migrations": _digest(migrations)}


def _digest(paths: Iterable[Path]) -> str:
    digest = sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _note(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "note.json").read_text())  # type: ignore[no-any-return]  # as written


def _write_note(folder: Path, note: dict[str, Any]) -> None:
    (folder / "note.json").write_text(json.dumps(note, indent=1))

"""Choose the reader of an outside catalogue by what its folder holds."""

import gzip
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from apps.sandbox.catalogues import chorus, pictured
from apps.sandbox.catalogues.plans import Catalogue

FILE = "products.jsonl.gz"


class UnknownCatalogue(ValueError):
    """The folder is not in a format of docs/demo.md."""


def read(folder: Path, *, now: datetime, progress: Callable[[str, int, int], None]) -> Catalogue:
    """Read a catalogue folder.

    :raises UnknownCatalogue: no products.jsonl.gz, or its first line is of no known format
    """
    path = folder / FILE
    if not path.is_file():
        raise UnknownCatalogue(f"{folder} holds no {FILE}; docs/demo.md describes the formats")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        first = json.loads(next(lines, "null"))
    if isinstance(first, dict) and {"supplier", "ean", "id"} <= first.keys():
        return chorus.read(folder, now=now)
    if isinstance(first, dict) and {"sku", "category", "variants"} <= first.keys():
        return pictured.read(folder, now=now, progress=progress)
    raise UnknownCatalogue(f"{path} is in no format that docs/demo.md describes")

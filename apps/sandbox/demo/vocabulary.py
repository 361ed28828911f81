"""Read the demo's own vocabulary: departments, shelves and words in three languages (data/*.toml)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "ru", "uz")
_DATA = Path(__file__).parent / "data"
DEPARTMENTS = (
    *("home", "furniture", "electronics", "clothes"),
    *("leisure", "beauty", "tools", "kids", "books", "food"),
)

Triple = tuple[str, str, str]


def by_language(triple: Sequence[str]) -> dict[str, str]:
    return dict(zip(LANGUAGES, triple[:3], strict=True))


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category that holds products. `price` is a range in thousand soʻm."""

    code: str
    names: Triple
    picture: str
    price: tuple[int, int]
    colors: Sequence[str]
    materials: Sequence[str]
    weight: int
    size: tuple[int, int, int]
    types: Sequence[Triple]
    lines: Sequence[Triple]
    parent: str = ""
    patterns: Sequence[str] = ()
    axis: str = ""
    # Number attribute, its lowest and highest value and the step.
    feature: Sequence[Any] = ()
    tax: str = "STANDARD"


@dataclass(frozen=True, slots=True)
class Department:
    code: str
    names: Triple
    picture: str
    brands: Sequence[str]
    groups: Sequence[Mapping[str, Any]] = ()
    shelves: Sequence[Shelf] = field(default_factory=list)


@cache
def departments() -> tuple[Department, ...]:
    return tuple(_department(name) for name in DEPARTMENTS)


@cache
def words() -> dict[str, dict[str, Any]]:
    return tomllib.loads((_DATA / "words.toml").read_text(encoding="utf-8"))


def _department(name: str) -> Department:
    given = tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))
    return Department(
        **given["department"],
        groups=given.get("group", []),
        shelves=[Shelf(**shelf) for shelf in given["shelf"]],
    )

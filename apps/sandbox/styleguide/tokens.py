"""Tokens as the style guide shows them: read from tokens.css, contrast measured by WCAG 2.2's formula.

Invariant: every pair in PAIRS reaches its least contrast in both sets of colours (a test holds it).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

TEXT = 4.5  # WCAG 1.4.3
SHAPE = 3.0  # WCAG 1.4.11: borders of controls, icons that speak
# What is written or drawn, the grounds that it stands on, and the least contrast.
PAIRS = (
    ("text", ("ground", "surface", "surface-raised", "surface-sunken"), TEXT),
    ("text", ("brand-tint", "green-tint", "saffron-tint", "tomato-tint"), TEXT),
    ("muted", ("ground", "surface", "surface-raised", "surface-sunken", "brand-tint"), TEXT),
    ("brand", ("ground", "surface", "surface-raised", "brand-tint"), TEXT),
    ("brand-strong", ("surface", "brand-tint"), TEXT),
    ("on-brand", ("brand", "brand-strong"), TEXT),
    ("tomato", ("ground", "surface", "surface-raised", "tomato-tint"), TEXT),
    ("on-tomato", ("tomato",), TEXT),
    ("green", ("ground", "surface", "surface-raised", "green-tint"), TEXT),
    ("on-saffron", ("saffron",), TEXT),
    ("on-picture", ("picture-ground",), SHAPE),
    ("heart", ("picture-ground",), SHAPE),
    ("line-strong", ("ground", "surface"), SHAPE),
)

_DECLARATION = re.compile(r"^\s*--([a-z0-9-]+): ([^;]+);", re.MULTILINE)
_HEX = r"#[0-9a-f]{6}"
_TWO_COLOURS = re.compile(rf"light-dark\(({_HEX}), ({_HEX})\)")


@dataclass(frozen=True, slots=True)
class Colour:
    name: str
    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class Pair:
    """How `front` stands out from `ground`: two ratios, and the least that both must reach."""

    front: str
    ground: str
    light: float
    dark: float
    least: float

    @property
    def holds(self) -> bool:
        return min(self.light, self.dark) >= self.least


@cache
def tokens() -> Mapping[str, str]:
    """Return name and value of every token, as the first block of tokens.css declares it."""
    text = (Path(settings.STYLE_SOURCE_DIR) / "tokens.css").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for name, value in _DECLARATION.findall(text):
        found.setdefault(name, value)
    return found


def colours() -> list[Colour]:
    """Return the colours that are opaque in both sets."""
    found = []
    for name, value in tokens().items():
        if two := _TWO_COLOURS.fullmatch(value):
            found.append(Colour(name, *two.groups()))
        elif re.fullmatch(_HEX, value):
            found.append(Colour(name, value, value))
    return found


def pairs() -> list[Pair]:
    by_name = {colour.name: colour for colour in colours()}
    return [
        Pair(
            front,
            ground,
            contrast(by_name[front].light, by_name[ground].light),
            contrast(by_name[front].dark, by_name[ground].dark),
            least,
        )
        for front, grounds, least in PAIRS
        for ground in grounds
    ]


def lengths(prefix: str) -> list[tuple[str, str]]:
    """Return the tokens of one kind: `size`, `space`, `radius`."""
    return [(name, value) for name, value in tokens().items() if name.startswith(f"{prefix}-")]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  sRGB
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

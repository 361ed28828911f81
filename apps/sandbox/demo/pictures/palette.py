"""Colours of a drawing: tints and shades of the variant's colour, and what goes with it."""

import colorsys
from dataclasses import dataclass


def mix(first: str, second: str, share: float) -> str:
    """Blend two "#rrggbb" colours; `share` is the second's part."""
    a, b = _rgb(first), _rgb(second)
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in zip(a, b, strict=True))


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def turned(color: str, degrees: float, *, saturation: float = 1.0) -> str:
    """Turn the hue of a colour."""
    hue, light, chroma = colorsys.rgb_to_hls(*(part / 255 for part in _rgb(color)))
    parts = colorsys.hls_to_rgb((hue + degrees / 360) % 1, light, min(1, chroma * saturation))
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


@dataclass(frozen=True, slots=True)
class Tone:
    """`base` with its lights and darks; `accent` sits well beside it."""

    base: str
    light: str
    lighter: str
    dark: str
    darker: str
    accent: str
    accent_dark: str


# The colour of patterns on a ground of each lightness.
_ACCENTS = {
    "white": "#2f6f8f",
    "black": "#c9a35a",
    "grey": "#f0e6d2",
    "silver": "#5b6672",
    "beige": "#9c4a34",
    "brown": "#ecd3a4",
    "red": "#f6e3c0",
    "burgundy": "#e8c27a",
    "orange": "#fdf0d6",
    "yellow": "#a8452e",
    "green": "#f3e3b0",
    "mint": "#2d6a5c",
    "turquoise": "#fbf3dc",
    "blue": "#f4e9d0",
    "sky": "#2b4f86",
    "purple": "#f3d69b",
    "pink": "#8f3a5b",
    "gold": "#5c3b1e",
}


def tone(code: str, base: str) -> Tone:
    accent = _ACCENTS.get(code, "#ffffff")
    return Tone(
        base=base,
        light=mix(base, "#ffffff", 0.28),
        lighter=mix(base, "#ffffff", 0.6),
        dark=mix(base, "#1c1626", 0.24),
        darker=mix(base, "#15101c", 0.5),
        accent=accent,
        accent_dark=mix(accent, "#15101c", 0.3),
    )

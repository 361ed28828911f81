"""The strokes that all silhouettes share: a part is its colour, its pattern and its shading.

Coordinates are of a square of 800; a thing stands on y = 640, its middle at x = 400.
"""

from collections.abc import Callable

from apps.sandbox.demo.pictures.palette import Tone

Shape = Callable[[Tone], str]

STEEL, STEEL_DARK, INK, WOOD, CREAM, GOLD, LEAF = (
    "#cdd3d9",
    "#7d868f",
    "#2c2d33",
    "#b9814f",
    "#f3ead9",
    "#d0a653",
    "#4f8a52",
)


def path(d: str, fill: str, extra: str = "") -> str:
    return f'<path d="{d}" fill="{fill}" {extra}/>'


def body(d: str, color: str, *, pattern: bool = False, shade: str = "shade") -> str:
    """A filled outline with its pattern and its light from the upper left."""
    worn = path(d, "url(#pattern)") if pattern else ""
    return path(d, color) + worn + path(d, f"url(#{shade})")


def line(d: str, color: str, width: float, extra: str = "") -> str:
    return (
        f'<path d="{d}" fill="none" stroke="{color}" stroke-width="{width}"'
        f' stroke-linecap="round" stroke-linejoin="round" {extra}/>'
    )


def tube(d: str, color: str, width: float) -> str:
    """A rounded rod: dark edge, colour, a light along it."""
    return (
        line(d, color, width)
        + line(d, "#000000", width, 'opacity=".13"')
        + line(d, color, width * 0.78)
        + line(d, "#ffffff", width * 0.26, 'opacity=".34"')
    )


def oval(cx: float, cy: float, rx: float, ry: float) -> str:
    """The outline of an ellipse, as a path."""
    return f"M{cx - rx} {cy}A{rx} {ry} 0 1 1 {cx + rx} {cy}A{rx} {ry} 0 1 1 {cx - rx} {cy}Z"


def box(x: float, y: float, width: float, height: float, r: float) -> str:
    """The outline of a rectangle with round corners, as a path."""
    return (
        f"M{x + r} {y}H{x + width - r}A{r} {r} 0 0 1 {x + width} {y + r}V{y + height - r}"
        f"A{r} {r} 0 0 1 {x + width - r} {y + height}H{x + r}A{r} {r} 0 0 1 {x} {y + height - r}"
        f"V{y + r}A{r} {r} 0 0 1 {x + r} {y}Z"
    )


def gleam(d: str, opacity: float = 0.4) -> str:
    """A soft reflection."""
    return path(d, "url(#gleam)", f'opacity="{opacity}"')


def shadow(d: str, opacity: float = 0.3) -> str:
    """A soft shadow that one part throws on another."""
    return path(d, "url(#cast)", f'opacity="{opacity}"')


def at(x: float, y: float, drawing: str, *, scale: float = 1.0, turn: float = 0.0) -> str:
    """Move, scale and turn a drawing about the origin."""
    return f'<g transform="translate({x} {y}) rotate({turn}) scale({scale})">{drawing}</g>'

"""Patterns of textiles and tableware: stripes, dots, checks and ikat in the accent of a tone."""

from apps.sandbox.demo.pictures.palette import Tone


def pattern(name: str, tone: Tone, design: int) -> str:
    """Return the <pattern id="pattern"> of a tone; nothing is drawn on a plain thing."""
    draw = {"stripes": _stripes, "dots": _dots, "check": _check, "ikat": _ikat}.get(name)
    size, content = draw(tone, design) if draw else (10, "")
    width, height = size if isinstance(size, tuple) else (size, size)
    return (
        f'<pattern id="pattern" patternUnits="userSpaceOnUse" width="{width}" height="{height}">'
        f"{content}</pattern>"
    )


def _stripes(tone: Tone, design: int) -> tuple[tuple[int, int], str]:
    thin = f'<rect y="34" width="80" height="5" fill="{tone.accent}" opacity=".85"/>'
    return (80, 56), f'<rect y="6" width="80" height="18" fill="{tone.accent}"/>{thin}'


def _dots(tone: Tone, design: int) -> tuple[int, str]:
    spots = "".join(
        f'<circle cx="{x}" cy="{y}" r="9" fill="{tone.accent}"/>' for x, y in ((14, 14), (42, 42))
    )
    return 56, spots


def _check(tone: Tone, design: int) -> tuple[int, str]:
    return 90, (
        f'<rect x="8" width="30" height="90" fill="{tone.accent}" opacity=".38"/>'
        f'<rect y="8" width="90" height="30" fill="{tone.accent}" opacity=".38"/>'
        f'<rect x="62" width="5" height="90" fill="{tone.accent}" opacity=".7"/>'
        f'<rect y="62" width="90" height="5" fill="{tone.accent}" opacity=".7"/>'
    )


def _ikat(tone: Tone, design: int) -> tuple[tuple[int, int], str]:
    """Lozenges with feathered edges, as warp threads bleed when they are tied and dyed."""
    feathers = ""
    for step in range(-4, 5):
        reach = 50 - abs(step) * 11
        x = 45 + step * 8
        feathers += f'<rect x="{x}" y="{60 - reach - step % 3 * 5}" width="8.4" height="{2 * reach + step % 3 * 8}" fill="{tone.accent}"/>'
    heart = ""
    for step in range(-2, 3):
        reach = 25 - abs(step) * 9
        heart += f'<rect x="{45 + step * 8}" y="{60 - reach}" width="8.4" height="{2 * reach}" fill="{tone.dark}"/>'
    eye = f'<rect x="45" y="48" width="8" height="24" fill="{tone.accent}"/>'
    side = (
        f'<rect x="0" y="0" width="6" height="120" fill="{tone.darker}" opacity=".55"/>'
        f'<rect x="92" y="18" width="6" height="84" fill="{tone.accent}" opacity=".7"/>'
    )
    return (100, 120), side + feathers + heart + eye

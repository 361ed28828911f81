"""Scenes: a thing on a soft ground with its contact shadow; three views of it."""

from random import Random

from apps.sandbox.demo.compose import Picture
from apps.sandbox.demo.pictures import patterns, shapes
from apps.sandbox.demo.pictures.brush import CREAM, LEAF, body, box, line, oval, path
from apps.sandbox.demo.pictures.palette import mix, tone
from apps.sandbox.demo.vocabulary import words

SIZE = 800
WIDE = 500  # what stands wider is drawn a little smaller
# Walls and floors of the shop window; each design takes another pair.
GROUNDS = (
    ("#f3eee6", "#ddd3c4"),
    ("#e9eef0", "#cbd6db"),
    ("#f1e8e6", "#dcc9c5"),
    ("#e8eee6", "#cbd7c8"),
    ("#ece9f1", "#d2cbdd"),
    ("#f4efdf", "#e0d5b8"),
)


def scene(picture: Picture) -> str:
    """Return the SVG of a picture; the same picture gives the same text."""
    shades = tone(picture.color, words()["colors"][picture.color][3])
    drawing = shapes.SHAPES[picture.kind](shades)
    ground = GROUNDS[(picture.design + len(picture.kind)) % len(GROUNDS)]
    dice = Random(f"{picture.kind}:{picture.design}")
    draw = {"front": _front, "detail": _detail, "use": _use}[picture.view]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}"'
        f' width="{SIZE}" height="{SIZE}"><defs>{_lights(ground)}'
        f"{patterns.pattern(picture.pattern, shades, picture.design)}</defs>"
        f"{draw(picture, drawing, ground, dice)}</svg>"
    )


def _stops(*stops: tuple[float, str, float]) -> str:
    return "".join(
        f'<stop offset="{offset}" stop-color="{color}" stop-opacity="{opacity}"/>'
        for offset, color, opacity in stops
    )


def _lights(ground: tuple[str, str]) -> str:
    wall, floor = ground
    side = _stops(
        (0, "#0e0a14", 0.1),
        (0.16, "#ffffff", 0.3),
        (0.38, "#ffffff", 0.06),
        (0.68, "#0e0a14", 0.1),
        (1, "#0e0a14", 0.36),
    )
    down = _stops(
        (0, "#ffffff", 0.34), (0.35, "#ffffff", 0.04), (0.6, "#0e0a14", 0.04), (1, "#0e0a14", 0.34)
    )
    ball = _stops(
        (0, "#ffffff", 0.55), (0.4, "#ffffff", 0.06), (0.7, "#0e0a14", 0.1), (1, "#0e0a14", 0.42)
    )
    flat = _stops((0, "#ffffff", 0.2), (0.5, "#ffffff", 0), (1, "#0e0a14", 0.2))
    wall_stops = _stops((0, mix(wall, "#ffffff", 0.75), 1), (0.62, wall, 1), (1, floor, 1))
    return (
        f'<linearGradient id="shade">{side}</linearGradient>'
        f'<linearGradient id="down" x2="0" y2="1">{down}</linearGradient>'
        f'<linearGradient id="flat" x2="1" y2="1">{flat}</linearGradient>'
        f'<radialGradient id="ball" cx=".36" cy=".3" r=".78">{ball}</radialGradient>'
        f'<radialGradient id="wall" cx=".42" cy=".34" r=".85">{wall_stops}</radialGradient>'
        '<radialGradient id="gleam"><stop offset="0" stop-color="#fff"/><stop offset=".45"'
        ' stop-color="#fff" stop-opacity=".7"/><stop offset="1" stop-color="#fff"'
        ' stop-opacity="0"/></radialGradient>'
        '<radialGradient id="cast"><stop offset="0" stop-color="#1c1420"/><stop offset=".5"'
        ' stop-color="#1c1420" stop-opacity=".55"/><stop offset="1" stop-color="#1c1420"'
        ' stop-opacity="0"/></radialGradient>'
        '<radialGradient id="glow"><stop offset="0" stop-color="#fff3cf"/><stop offset="1"'
        ' stop-color="#fff3cf" stop-opacity="0"/></radialGradient>'
    )


def _cast(width: float, strength: float = 1.0) -> str:
    """The contact shadow: wide and faint, then narrow and dark."""
    return path(
        oval(420, 646, width * 0.86, 52), "url(#cast)", f'opacity="{0.3 * strength}"'
    ) + path(oval(404, 640, width * 0.6, 22), "url(#cast)", f'opacity="{0.72 * strength}"')


def _front(picture: Picture, drawing: str, ground: tuple[str, str], dice: Random) -> str:
    width, hangs = shapes.STANDS.get(picture.kind, (400, False))
    cast = _cast(width, 0.5 if hangs else 1.0)
    size = 1.16 if width < WIDE else 1.08
    return (
        f'<rect width="{SIZE}" height="{SIZE}" fill="url(#wall)"/>'
        f'<g transform="translate(400 424) scale({size}) translate(-400 -420)">{cast}{drawing}</g>'
    )


def _detail(picture: Picture, drawing: str, ground: tuple[str, str], dice: Random) -> str:
    x, y = shapes.FOCUS.get(picture.kind, (360, 360))
    width, _hangs = shapes.STANDS.get(picture.kind, (400, False))
    return (
        f'<rect width="{SIZE}" height="{SIZE}" fill="url(#wall)"/>'
        f'<g transform="translate(400 400) rotate({dice.choice((-7, -4, 5))}) scale(2.15)'
        f' translate({-x} {-y})">{_cast(width)}{drawing}</g>'
    )


def _use(picture: Picture, drawing: str, ground: tuple[str, str], dice: Random) -> str:
    wall, floor = ground
    board = mix(floor, "#8a5a3b", 0.55)
    width, hangs = shapes.STANDS.get(picture.kind, (400, False))
    room = (
        f'<rect width="{SIZE}" height="{SIZE}" fill="{mix(wall, floor, 0.35)}"/>'
        f'<rect width="{SIZE}" height="600" fill="url(#flat)"/>'
        # Light from a window falls on the wall.
        + path("M470 0L690 0L560 610L300 610Z", "#fffbe9", 'opacity=".3"')
        + path("M490 0L670 0L540 610L320 610Z", "#fffbe9", 'opacity=".22"')
        + path("M562 0L576 0L432 610L414 610Z", mix(wall, floor, 0.5), 'opacity=".45"')
    )
    table = (
        path("M0 610H800V800H0Z", board)
        + path("M0 610H800V626H0Z", mix(board, "#ffffff", 0.3))
        + "".join(
            line(
                f"M0 {y}C260 {y - 6} 520 {y + 8} 800 {y - 3}",
                mix(board, "#2a1a10", 0.25),
                2,
                'opacity=".4"',
            )
            for y in (662, 704, 752)
        )
        + path("M0 610H800V800H0Z", "url(#down)", 'opacity=".5"')
    )
    left = dice.choice((True, False))
    prop = (_vase_of_twigs if picture.design % 2 else _stack_of_books)(dice)
    place = 150 if left else 650
    shift = 60 if left else -60
    return (
        room
        + table
        + f'<g transform="translate({place} 668) scale(.62) translate(-400 -640)">{_cast(150)}{prop}</g>'
        + f'<g transform="translate({400 + shift} 700) scale(.84) translate(-400 -640)">'
        + f"{_cast(width, 0.6 if hangs else 1.2)}{drawing}</g>"
    )


def _vase_of_twigs(dice: Random) -> str:
    twigs = ""
    for bend in (-90, -30, 40, 100):
        tip = 200 + dice.randrange(60)
        twigs += line(
            f"M400 470C{400 + bend * 0.2} 400 {400 + bend} 330 {400 + bend * 1.3} {tip}",
            "#6f5a42",
            6,
        )
        for step in range(3):
            x, y = 400 + bend * (0.6 + 0.3 * step), 360 - step * 50
            twigs += path(oval(x, y, 20, 11), LEAF, f'transform="rotate({bend * 0.4} {x} {y})"')
    pot = "M345 470C300 520 310 620 350 640H450C490 620 500 520 455 470Z"
    return twigs + body(pot, CREAM)


def _stack_of_books(dice: Random) -> str:
    drawing, y = "", 640
    for color in dice.sample(("#7b2438", "#2f5fb3", "#4c8a55", "#c9a35a", "#5b6672"), 3):
        high, wide = 44 + dice.randrange(16), 250 + dice.randrange(60)
        y -= high
        drawing += body(box(400 - wide / 2, y, wide, high - 3, 6), color, shade="down")
        drawing += path(
            box(400 - wide / 2 + 14, y + 8, 12, high - 18, 2), "#ffffff", 'opacity=".35"'
        )
    return drawing

"""Silhouettes of the kitchen and the table."""

from apps.sandbox.demo.pictures.brush import (
    CREAM,
    GOLD,
    INK,
    STEEL,
    STEEL_DARK,
    WOOD,
    body,
    box,
    gleam,
    line,
    oval,
    path,
    shadow,
    tube,
)
from apps.sandbox.demo.pictures.palette import Tone


def teapot(t: Tone) -> str:
    pot = "M230 470C230 350 300 300 400 300C500 300 570 350 570 470C570 560 510 622 460 628H340C290 622 230 560 230 470Z"
    spout = "M250 520C180 505 165 420 140 360C150 348 172 346 182 356C205 400 220 420 262 432Z"
    return (
        tube("M556 380C660 350 690 470 556 545", t.base, 34)
        + body(spout, t.base, pattern=False)
        + body(pot, t.base, pattern=True, shade="ball")
        + body(box(335, 618, 130, 22, 8), t.dark)
        + body("M300 318C320 268 480 268 500 318C460 334 340 334 300 318Z", t.light)
        + line("M302 318C350 334 450 334 498 318", t.darker, 4, 'opacity=".4"')
        + body(oval(400, 256, 26, 24), t.dark, shade="ball")
        + line("M246 420C330 446 470 446 554 420", GOLD, 5, 'opacity=".85"')
        + gleam(oval(310, 400, 22, 58), 0.55)
    )


def mug(t: Tone) -> str:
    cup = "M240 270L258 590C262 624 290 640 320 640H460C490 640 518 624 522 590L540 270Z"
    return (
        tube("M528 340C650 320 650 520 516 524", t.base, 36)
        + body(cup, t.base, pattern=True)
        + body(oval(390, 270, 150, 34), t.light, shade="down")
        + path(oval(390, 274, 132, 26), "#4a2c1a")
        + path(oval(390, 280, 120, 19), "#7a4a2a")
        + gleam(oval(340, 276, 40, 7), 0.35)
        + gleam(box(286, 330, 22, 220, 11), 0.4)
        + line("M262 606C330 630 450 630 518 606", t.darker, 4, 'opacity=".3"')
    )


def plate(t: Tone) -> str:
    return (
        body(oval(400, 410, 232, 232), t.base, pattern=True, shade="ball")
        + line(oval(400, 410, 228, 228), GOLD, 5, 'opacity=".8"')
        + shadow(oval(404, 418, 152, 152), 0.35)
        + body(oval(400, 410, 150, 150), CREAM, shade="flat")
        + line(oval(400, 410, 150, 150), t.dark, 6)
        + line(oval(400, 410, 122, 122), t.base, 3, 'opacity=".7"')
        + "".join(
            path(
                oval(400, 352, 20, 46), t.base, f'transform="rotate({turn} 400 410)" opacity=".92"'
            )
            for turn in range(0, 360, 45)
        )
        + path(oval(400, 410, 20, 20), GOLD)
        + gleam(oval(300, 290, 70, 26), 0.4)
    )


def _bowl(t: Tone, x: float, y: float, k: float) -> str:
    cup = "M-150 -150C-150 -40 -90 -14 -60 -12V0H60V-12C90 -14 150 -40 150 -150Z"
    return (
        f'<g transform="translate({x} {y}) scale({k})">'
        + body(cup, t.base, pattern=True)
        + body(oval(0, -150, 150, 34), CREAM, shade="down")
        + path(oval(0, -144, 132, 24), "#c9942f")
        + path(oval(0, -140, 118, 18), "#e0b252")
        + line(oval(0, -150, 149, 33), GOLD, 4)
        + gleam(oval(-84, -100, 16, 34), 0.5)
        + "</g>"
    )


def piala(t: Tone) -> str:
    return _bowl(t, 285, 600, 0.92) + _bowl(t, 540, 590, 0.84) + _bowl(t, 410, 640, 1.18)


def kettle(t: Tone) -> str:
    jug = "M290 250L252 590C250 612 262 622 280 622H500C518 622 530 612 528 590L490 250Z"
    return (
        tube("M500 286C650 270 640 520 560 560", INK, 40)
        + body("M296 300L210 268C206 288 236 330 284 372Z", t.base)
        + body(jug, t.base)
        + body("M300 252C310 200 470 200 480 252Z", INK, shade="down")
        + body(oval(390, 198, 22, 16), INK, shade="ball")
        + path(box(428, 340, 26, 200, 13), "#bfe0ea", 'opacity=".85"')
        + path(box(428, 430, 26, 110, 13), "#6fb3cc", 'opacity=".8"')
        + gleam(box(306, 300, 26, 280, 13), 0.55)
        + body(box(236, 616, 310, 26, 12), INK, shade="down")
        + path(oval(300, 630, 6, 6), "#69c7f0")
    )


def pan(t: Tone) -> str:
    return (
        tube("M520 470L690 330", INK, 36)
        + body(box(640, 322, 40, 24, 12), STEEL)
        + body("M130 470C130 580 210 636 330 636C450 636 530 580 530 470Z", t.base)
        + body(oval(330, 470, 202, 76), t.light, shade="flat")
        + path(oval(330, 476, 180, 62), "#26262b")
        + path(oval(330, 476, 180, 62), "url(#flat)")
        + path(
            "M270 480C250 448 330 430 366 446C420 440 430 486 396 498C360 520 290 516 270 480Z",
            "#fdfbf4",
        )
        + path(oval(336, 474, 34, 19), "#eeb32f")
        + gleam(oval(326, 467, 10, 5), 0.8)
        + gleam(oval(220, 450, 34, 9), 0.3)
    )


def knife(t: Tone) -> str:
    blade = "M170 560C240 360 380 250 560 170L520 262C440 400 320 500 214 588Z"
    return (
        '<g transform="rotate(6 400 400)">'
        + shadow("M190 590C300 480 480 330 570 200L600 220C520 380 320 560 220 620Z", 0.3)
        + body(
            "M500 260L600 110C616 92 650 96 660 118C666 134 660 150 650 162L546 286Z",
            t.base,
            shade="flat",
        )
        + body("M486 268L512 230L562 268L536 300Z", GOLD, shade="down")
        + body(blade, STEEL, shade="flat")
        + path(
            "M170 560C240 400 380 280 548 196L520 262C440 400 320 500 214 588Z",
            "#ffffff",
            'opacity=".42"',
        )
        + "".join(path(oval(x, y, 8, 8), GOLD) for x, y in ((560, 226), (596, 180), (628, 136)))
        + line("M186 566C260 420 390 300 540 216", STEEL_DARK, 2, 'opacity=".5"')
        + "</g>"
        + body(
            "M130 600H670C682 600 690 610 690 620V640H110V620C110 610 118 600 130 600Z",
            WOOD,
            shade="down",
        )
    )

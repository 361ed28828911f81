"""Silhouettes of rooms: light, textiles, plants, furniture."""

from apps.sandbox.demo.pictures.brush import (
    CREAM,
    GOLD,
    INK,
    LEAF,
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
from apps.sandbox.demo.pictures.palette import Tone, mix


def lamp(t: Tone) -> str:
    shade = "M310 190H490L580 400C520 424 280 424 220 400Z"
    return (
        path(oval(400, 470, 330, 210), "url(#glow)", 'opacity=".9"')
        + tube("M400 400V600", GOLD, 18)
        + body(oval(400, 500, 44, 54), GOLD, shade="ball")
        + body("M300 640C300 606 350 596 400 596C450 596 500 606 500 640Z", GOLD)
        + body(shade, t.base, pattern=True)
        + path(oval(400, 402, 178, 18), "#fff0bd")
        + line("M310 190H490", t.darker, 6, 'opacity=".35"')
        + line("M452 416V470", GOLD, 4)
        + body(oval(452, 478, 8, 8), GOLD, shade="ball")
    )


def vase(t: Tone) -> str:
    pot = "M352 268C372 330 352 356 300 420C250 484 280 600 330 640H470C520 600 550 484 500 420C448 356 428 330 448 268Z"
    twigs = ""
    for bend, high in ((-110, 120), (-40, 70), (40, 100), (120, 140)):
        twigs += line(
            f"M400 290C{400 + bend * 0.2} 240 {400 + bend * 0.8} 200 {400 + bend} {high}",
            "#8a7350",
            5,
        )
        for step in range(5):
            x, y = 400 + bend * (0.5 + 0.12 * step), high + 110 - 24 * step
            twigs += path(oval(x - 9, y, 12, 7), "#e9d3a6") + path(
                oval(x + 9, y - 8, 12, 7), "#d8b878"
            )
    return (
        twigs
        + body(pot, t.base, pattern=True)
        + body(oval(400, 268, 49, 13), t.dark, shade="down")
        + path(oval(400, 270, 36, 8), t.darker)
        + line("M286 470C340 500 460 500 514 470", t.accent, 6, 'opacity=".8"')
        + gleam(oval(330, 470, 18, 64), 0.5)
    )


def plant(t: Tone) -> str:
    leaves = ""
    for turn, long, tint in (
        (-62, 230, "#3f7a45"),
        (58, 236, "#447f49"),
        (-40, 290, "#4f8a52"),
        (38, 286, "#5a9a5a"),
        (-18, 330, "#5fa463"),
        (16, 336, "#4f8f55"),
        (0, 350, "#6cb06a"),
    ):
        leaf = f"M0 0C-52 {-long * 0.35} -46 {-long * 0.75} 0 {-long}C46 {-long * 0.75} 52 {-long * 0.35} 0 0Z"
        leaves += (
            f'<g transform="translate(400 476) rotate({turn})">'
            + body(leaf, tint, shade="flat")
            + line(f"M0 -10V{-long + 24}", "#dcebc8", 3, 'opacity=".55"')
            + "</g>"
        )
    pot = "M290 470H510L486 622C484 634 476 640 466 640H334C324 640 316 634 314 622Z"
    return (
        leaves
        + body(pot, t.base, pattern=True)
        + body(box(276, 450, 248, 44, 12), t.light)
        + shadow("M292 494H508L506 508H294Z", 0.3)
        + gleam(box(320, 520, 20, 90, 10), 0.4)
    )


def carpet(t: Tone) -> str:
    fringe = "".join(
        line(f"M{x} 208V182", CREAM, 4) + line(f"M{x} 612V640", CREAM, 4)
        for x in range(234, 572, 12)
    )
    return (
        fringe
        + body(box(224, 206, 352, 408, 6), t.base, shade="flat")
        + path(box(240, 222, 320, 376, 4), t.accent, 'opacity=".9"')
        + body(box(252, 234, 296, 352, 3), t.dark, shade="flat")
        + "".join(
            path(f"M{x} {y}l11 -11l11 11l-11 11Z", t.accent)
            for x, y in [
                *[(x, 250) for x in range(256, 530, 30)],
                *[(x, 570) for x in range(256, 530, 30)],
                *[(256, y) for y in range(280, 560, 30)],
                *[(520, y) for y in range(280, 560, 30)],
            ]
        )
        + path(box(288, 272, 224, 276, 2), t.base)
        + path(box(288, 272, 224, 276, 2), "url(#pattern)")
        + path("M400 300L492 410L400 520L308 410Z", t.darker)
        + path("M400 326L470 410L400 494L330 410Z", t.accent)
        + path("M400 352L448 410L400 468L352 410Z", t.base)
        + path("M400 380L424 410L400 440L376 410Z", t.accent)
        + path(box(224, 206, 352, 408, 6), "url(#flat)")
    )


def pillow(t: Tone) -> str:
    cover = "M190 250C300 268 500 268 610 250C628 246 634 256 630 270C612 380 612 500 630 616C632 632 624 640 610 636C500 618 300 618 190 636C176 640 168 632 170 616C188 500 188 380 170 270C166 256 172 246 190 250Z"
    return (
        body(cover, t.base, pattern=True, shade="ball")
        + line(cover, t.dark, 7)
        + line(
            "M206 286C240 320 262 340 300 352M594 286C560 320 538 340 500 352M206 604C236 566 262 548 300 536M594 604C564 566 538 548 500 536",
            t.darker,
            5,
            'opacity=".22"',
        )
        + gleam(oval(330, 380, 90, 56), 0.28)
    )


def blanket(t: Tone) -> str:
    folds = ""
    for number, y in enumerate((560, 478, 396)):
        inset = number * 8
        fold = f"M{190 + inset} {y}C{176 + inset} {y} {170 + inset} {y + 80} {190 + inset} {y + 80}H{610 - inset}C{634 - inset} {y + 80} {634 - inset} {y} {610 - inset} {y}Z"
        folds += body(fold, t.base, pattern=True, shade="down") + line(
            f"M{200 + inset} {y + 78}H{604 - inset}", t.darker, 5, 'opacity=".4"'
        )
    fringe = "".join(
        line(f"M{300 + step * 18} 540l{-3 + step % 3 * 3} 30", t.light, 6) for step in range(12)
    )
    drape = "M268 330C330 318 500 318 540 334C560 342 556 372 530 380L512 540H296L282 392C252 384 246 338 268 330Z"
    top = "M222 330C206 330 200 410 222 412H580C604 410 604 330 580 330C470 312 330 312 222 330Z"
    return (
        folds
        + body(top, t.base, pattern=True, shade="down")
        + fringe
        + shadow("M280 350H560V560H290Z", 0.25)
        + body(drape, t.light, pattern=True, shade="flat")
    )


def chair(t: Tone) -> str:
    wood = mix(t.base, WOOD, 0.45)
    legs = "".join(
        tube(d, wood, 20)
        for d in ("M300 470L282 632", "M500 470L518 632", "M330 460L322 596", "M470 460L478 596")
    )
    return (
        legs
        + tube("M312 160L296 470", wood, 22)
        + tube("M488 160L504 470", wood, 22)
        + body(
            "M296 170C350 150 450 150 504 170L500 262C450 246 350 246 300 262Z",
            t.base,
            shade="flat",
        )
        + line("M300 330C350 316 450 316 500 330", wood, 16)
        + line("M300 386C350 372 450 372 500 386", wood, 16)
        + body(
            "M262 440C300 422 500 422 538 440C556 452 552 482 532 486C460 500 340 500 268 486C248 482 244 452 262 440Z",
            t.base,
            shade="down",
        )
        + line("M292 556H508", wood, 12)
        + gleam(oval(380, 446, 90, 9), 0.35)
    )


def sofa(t: Tone) -> str:
    return (
        "".join(body(f"M{x} 600H{x + 26}L{x + 20} 640H{x + 6}Z", WOOD) for x in (170, 604))
        + body(box(160, 330, 480, 200, 40), t.dark, shade="down")
        + body(box(190, 318, 208, 170, 34), t.base, shade="flat")
        + body(box(402, 318, 208, 170, 34), t.base, shade="flat")
        + shadow(box(190, 466, 420, 30, 14), 0.35)
        + body(box(186, 470, 216, 92, 26), t.light, shade="down")
        + body(box(398, 470, 216, 92, 26), t.light, shade="down")
        + body(box(124, 410, 92, 196, 40), t.base)
        + body(box(584, 410, 92, 196, 40), t.base)
        + body(box(150, 552, 500, 56, 18), t.dark, shade="down")
        + '<g transform="rotate(-9 270 430)">'
        + body(box(222, 372, 110, 110, 22), t.accent, shade="ball")
        + "</g>"
    )


def table(t: Tone) -> str:
    wood = mix(t.base, WOOD, 0.35)
    return (
        tube("M236 420L206 632", wood, 24)
        + tube("M564 420L594 632", wood, 24)
        + tube("M300 420L288 580", mix(wood, "#000000", 0.18), 20)
        + tube("M500 420L512 580", mix(wood, "#000000", 0.18), 20)
        + body("M210 400H590L580 446H220Z", mix(wood, "#000000", 0.15), shade="down")
        + body("M250 322H550L660 396H140Z", mix(wood, "#ffffff", 0.16), shade="flat")
        + body(
            "M140 396H660V414C660 420 656 424 650 424H150C144 424 140 420 140 414Z",
            wood,
            shade="down",
        )
        + "".join(
            line(
                f"M{262 - s * 34} {336 + s * 18}C380 {330 + s * 18} 460 {344 + s * 18} {540 + s * 34} {336 + s * 18}",
                mix(wood, "#3a2413", 0.35),
                2,
                'opacity=".5"',
            )
            for s in range(3)
        )
        + body("M372 350C366 310 434 310 428 350C426 364 374 364 372 350Z", CREAM, shade="ball")
        + path(oval(400, 322, 24, 6), LEAF)
        + line(
            "M400 322C392 290 380 280 366 270M400 322C408 286 424 276 440 270M400 322V262", LEAF, 6
        )
    )


def book(t: Tone) -> str:
    return (
        '<g transform="rotate(-4 400 420)">'
        + body(
            "M262 208L560 190C572 190 578 198 578 208V606C578 616 572 622 562 624L262 640C244 640 236 630 236 612V236C236 218 246 210 262 208Z",
            mix(t.base, "#000000", 0.25),
            shade="flat",
        )
        + path("M270 610L572 592V616L268 634C252 632 252 612 270 610Z", "#f6efdf")
        + "".join(line(f"M262 {616 + s * 5}L572 {598 + s * 5}", "#cbbfa8", 1.5) for s in range(4))
        + body(
            "M270 200L570 182V590L270 608C258 608 248 612 244 620V226C246 210 256 202 270 200Z",
            t.base,
            shade="flat",
        )
        + line("M282 204V604", t.darker, 5, 'opacity=".35"')
        + line("M312 232L542 218V556L312 570Z", t.accent, 4, 'opacity=".85"')
        + path("M427 290L486 380L427 470L368 380Z", t.accent, 'opacity=".92"')
        + path("M427 322L464 380L427 438L390 380Z", t.base)
        + path(oval(427, 380, 14, 14), t.accent)
        + line("M360 520L494 512", t.accent, 8, 'opacity=".8"')
        + path("M520 182V246L532 234L544 245V181Z", "#b23a3a")
        + "</g>"
        + line("M238 640H566", INK, 2, 'opacity=".2"')
    )

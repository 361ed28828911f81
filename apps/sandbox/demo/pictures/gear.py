"""Silhouettes of electronics, tools, luggage and sport."""

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
from apps.sandbox.demo.pictures.palette import Tone, mix, turned


def phone(t: Tone) -> str:
    sky, dusk = turned(t.light, 24, saturation=1.2), mix(t.base, "#2b2350", 0.55)
    return (
        '<g transform="translate(36 0)">'
        # The back, behind.
        + body(box(190, 214, 210, 424, 34), t.base, shade="flat")
        + body(box(208, 232, 92, 118, 26), t.dark, shade="flat")
        + "".join(
            body(oval(x, y, 19, 19), INK, shade="ball")
            + path(oval(x - 5, y - 5, 5, 5), "#ffffff", 'opacity=".5"')
            for x, y in ((232, 262), (276, 290), (232, 318))
        )
        + shadow(box(312, 190, 200, 446, 34), 0.4)
        # The front.
        + body(box(320, 186, 220, 454, 36), INK, shade="flat")
        + path(box(331, 197, 198, 432, 28), dusk)
        + path(
            "M331 500C380 440 430 520 529 420V601C529 616 516 629 501 629H359C344 629 331 616 331 601Z",
            t.base,
            'opacity=".9"',
        )
        + path(
            "M331 560C400 500 460 580 529 520V601C529 616 516 629 501 629H359C344 629 331 616 331 601Z",
            sky,
            'opacity=".75"',
        )
        + path(oval(476, 300, 30, 30), "#fff3d0", 'opacity=".9"')
        + path(oval(430, 214, 8, 8), "#08080c")
        + path(box(392, 614, 76, 5, 2), "#ffffff", 'opacity=".8"')
        + path("M331 225C331 208 344 197 359 197H470L331 470Z", "#ffffff", 'opacity=".1"')
        + "</g>"
    )


def laptop(t: Tone) -> str:
    return (
        body(
            "M226 236C226 222 236 214 250 214H550C564 214 574 222 574 236V560H226Z",
            t.base,
            shade="flat",
        )
        + path(box(242, 230, 316, 318, 6), "#161821")
        + path("M242 236H558V548H242Z", mix(t.base, "#20305c", 0.7))
        + path(
            "M242 470C320 380 380 470 440 420C490 380 520 400 558 360V548H242Z",
            turned(t.light, 30),
            'opacity=".75"',
        )
        + path("M242 510C330 450 430 540 558 450V548H242Z", "#f2d39b", 'opacity=".5"')
        + path("M242 236H420L300 548H242Z", "#ffffff", 'opacity=".08"')
        + body(
            "M130 600L214 556H586L670 600V616C670 632 660 640 646 640H154C140 640 130 632 130 616Z",
            t.light,
            shade="down",
        )
        + path("M236 566H564L596 590H204Z", "#2b2d35", 'opacity=".9"')
        + "".join(
            line(
                f"M{232 - n * 9} {571 + n * 6}H{568 + n * 9}",
                t.light,
                1.6,
                'opacity=".5" stroke-dasharray="16 5"',
            )
            for n in range(4)
        )
        + path("M348 604H452C456 604 456 612 450 612H350C344 612 344 604 348 604Z", t.dark)
    )


def keyboard(t: Tone) -> str:
    keys = ""
    key = mix(t.base, "#ffffff", 0.82) if t.base != "#f4f1ea" else "#ffffff"
    for row, (count, offset) in enumerate(((13, 0), (13, 10), (12, 18), (11, 28))):
        for n in range(count):
            x, y = 152 + offset + n * 38, 408 + row * 40
            color = t.accent if (row, n) in {(0, 0), (3, 10), (1, 12)} else key
            keys += path(box(x, y + 4, 33, 33, 7), t.darker) + body(
                box(x, y, 33, 32, 7), color, shade="down"
            )
    keys += path(box(270, 572, 230, 32, 7), t.darker) + body(
        box(270, 568, 230, 32, 7), key, shade="down"
    )
    return (
        '<g transform="rotate(-5 400 500)">'
        + body(box(120, 384, 560, 240, 26), t.dark, shade="down")
        + body(box(120, 376, 560, 240, 26), t.base, shade="flat")
        + path(box(138, 396, 524, 214, 14), t.darker, 'opacity=".35"')
        + keys
        + "</g>"
    )


def mouse(t: Tone) -> str:
    shell = "M272 480C272 330 320 232 400 232C480 232 528 330 528 480C528 580 480 640 400 640C320 640 272 580 272 480Z"
    return (
        body(shell, t.base, shade="ball")
        + line("M400 234V400M276 424C330 396 470 396 524 424", t.darker, 5, 'opacity=".5"')
        + body(box(384, 284, 32, 84, 16), INK, shade="shade")
        + "".join(line(f"M386 {y}H414", "#8f96a0", 3) for y in (304, 318, 332, 346))
        + gleam(oval(340, 350, 22, 70), 0.5)
        + path(oval(400, 500, 26, 26), t.light, 'opacity=".5"')
        + body("M280 500C280 560 300 600 330 620C300 610 270 560 272 490Z", t.dark)
    )


def headphones(t: Tone) -> str:
    return (
        tube("M208 480C196 150 604 150 592 480", t.dark, 34)
        + line("M262 282C310 214 490 214 538 282", t.base, 30)
        + line("M270 278C318 220 482 220 530 278", "#ffffff", 6, 'opacity=".35"')
        + tube("M206 440V500M594 440V500", STEEL, 14)
        + body(box(236, 424, 70, 190, 34), INK)
        + body(box(494, 424, 70, 190, 34), INK)
        + body(box(164, 414, 100, 212, 48), t.base)
        + body(box(536, 414, 100, 212, 48), t.base)
        + line(oval(206, 520, 28, 66), t.accent, 5, 'opacity=".7"')
        + line(oval(594, 520, 28, 66), t.accent, 5, 'opacity=".7"')
        + gleam(box(182, 440, 16, 150, 8), 0.5)
        + gleam(box(554, 440, 16, 150, 8), 0.4)
    )


def speaker(t: Tone) -> str:
    holes = "".join(
        path(oval(200 + x * 22 + (y % 2) * 11, 404 + y * 19, 4.6, 4.6), t.darker, 'opacity=".7"')
        for x in range(1, 18)
        for y in range(10)
    )
    return (
        tube("M560 380C640 330 670 380 640 430", INK, 16)
        + body(box(140, 366, 520, 270, 120), t.base, shade="down")
        + body(box(180, 384, 440, 234, 104), mix(t.base, "#000000", 0.18), shade="flat")
        + holes
        + body(oval(400, 500, 62, 62), INK, shade="ball")
        + line(oval(400, 500, 62, 62), STEEL, 6)
        + body(oval(400, 500, 30, 30), STEEL_DARK, shade="ball")
        + "".join(path(oval(x, 352, 10, 6), INK) for x in (350, 400, 450))
        + body(box(322, 344, 156, 26, 12), t.dark, shade="down")
        + gleam(box(230, 380, 300, 12, 6), 0.5)
    )


def camera(t: Tone) -> str:
    grip = mix(t.base, "#26262b", 0.5)
    return (
        body(box(322, 268, 156, 70, 18), STEEL, shade="down")
        + body(box(140, 316, 520, 290, 36), STEEL, shade="down")
        + path("M140 376H660V570H140Z", t.base)
        + path("M140 376H660V570H140Z", "url(#shade)")
        + body(box(140, 336, 84, 270, 34), grip)
        + body(oval(400, 470, 150, 150), INK, shade="ball")
        + line(oval(400, 470, 132, 132), STEEL_DARK, 10)
        + body(oval(400, 470, 104, 104), "#17181d", shade="ball")
        + body(oval(400, 470, 76, 76), "#26304c", shade="ball")
        + path(oval(400, 470, 44, 44), "#3c2a5c")
        + gleam(oval(362, 430, 26, 18), 0.75)
        + path(oval(434, 506, 10, 8), "#9fd7ff", 'opacity=".7"')
        + body(box(180, 290, 76, 30, 10), INK, shade="down")
        + body(oval(560, 306, 40, 14), STEEL, shade="down")
        + path(oval(600, 352, 16, 16), "#fdf6d8")
        + path(oval(184, 352, 7, 7), "#c8382f")
        + tube("M142 346C90 330 90 260 130 220", WOOD, 14)
        + tube("M658 346C710 330 710 260 670 220", WOOD, 14)
    )


def drill(t: Tone) -> str:
    return (
        body("M392 420L372 560C370 572 376 580 388 580H486C498 580 504 572 502 560L500 420Z", INK)
        + body(box(344, 566, 190, 72, 18), t.base, shade="down")
        + path(box(362, 582, 154, 18, 6), INK, 'opacity=".8"')
        + body(
            "M278 260H540C580 260 600 290 600 340C600 396 580 424 540 424H278C258 424 250 410 250 396V288C250 272 258 260 278 260Z",
            t.base,
            shade="down",
        )
        + body(
            "M540 260C580 260 600 290 600 340C600 396 580 424 540 424H510V260Z", INK, shade="down"
        )
        + "".join(line(f"M{x} 300V384", STEEL_DARK, 6) for x in (532, 550, 568))
        + body("M250 290L196 306V380L250 396Z", INK, shade="down")
        + body("M196 312L156 328V358L196 374Z", STEEL_DARK, shade="down")
        + body("M156 336L60 341V346L156 352Z", STEEL, shade="down")
        + "".join(line(f"M{x} 335L{x + 10} 352", STEEL_DARK, 4) for x in range(76, 150, 16))
        + body("M394 424C360 430 356 460 366 476H396Z", "#c8382f" if t.base != "#c8382f" else GOLD)
        + path(oval(310, 342, 26, 26), t.darker, 'opacity=".55"')
        + path("M304 326L316 326L310 340H320L302 362L306 346H298Z", t.lighter)
        + gleam(box(290, 276, 200, 14, 7), 0.5)
    )


def hammer(t: Tone) -> str:
    return (
        '<g transform="rotate(38 400 420)">'
        + body("M378 250H422L430 600C430 640 420 660 400 660C380 660 370 640 370 600Z", WOOD)
        + body("M372 450H428L432 600C432 642 420 664 400 664C380 664 368 642 368 600Z", t.base)
        + "".join(line(f"M374 {y}H426", t.darker, 4, 'opacity=".5"') for y in range(480, 630, 24))
        + body(
            "M290 196H470C500 196 530 176 566 150L576 172C556 206 530 250 470 262H340V252H290Z",
            STEEL,
            shade="down",
        )
        + body(box(262, 184, 64, 88, 12), STEEL_DARK, shade="down")
        + path("M330 204H460C490 204 520 190 548 170L470 214H330Z", "#ffffff", 'opacity=".5"')
        + "</g>"
    )


def backpack(t: Tone) -> str:
    return (
        tube("M350 200C350 140 450 140 450 200", t.darker, 20)
        + body("M226 330C190 350 180 560 210 610H260V330Z", t.dark)
        + body("M574 330C610 350 620 560 590 610H540V330Z", t.dark)
        + body(
            "M240 330C240 230 310 180 400 180C490 180 560 230 560 330V590C560 622 542 640 510 640H290C258 640 240 622 240 590Z",
            t.base,
            pattern=False,
        )
        + line(
            "M264 316C280 236 340 212 400 212C460 212 520 236 536 316", t.darker, 6, 'opacity=".6"'
        )
        + body(
            "M268 440C268 416 280 404 304 404H496C520 404 532 416 532 440V580C532 604 520 616 496 616H304C280 616 268 604 268 580Z",
            t.light,
            shade="down",
        )
        + line("M280 452H520", t.darker, 8, 'opacity=".75"')
        + body(box(476, 446, 12, 40, 5), GOLD)
        + body(box(330, 300, 140, 62, 12), t.dark, shade="down")
        + path(box(352, 318, 96, 26, 5), t.accent)
        + line("M300 404V372M500 404V372", t.darker, 14)
        + gleam(oval(292, 330, 18, 70), 0.3)
    )


def suitcase(t: Tone) -> str:
    ribs = "".join(
        line(f"M{x} 256V590", t.darker, 7, 'opacity=".3"')
        + line(f"M{x + 7} 256V590", "#ffffff", 4, 'opacity=".3"')
        for x in range(308, 510, 36)
    )
    return (
        tube("M346 226V130C346 118 352 112 364 112H436C448 112 454 118 454 130V226", STEEL_DARK, 14)
        + body(box(340, 104, 120, 28, 12), INK, shade="down")
        + "".join(body(oval(x, 628, 17, 17), INK, shade="ball") for x in (300, 500))
        + body(box(256, 222, 288, 398, 40), t.base)
        + ribs
        + line(box(268, 234, 264, 374, 32), t.darker, 4, 'opacity=".3"')
        + body(box(360, 214, 80, 22, 10), INK, shade="down")
        + body(box(520, 392, 34, 60, 8), STEEL, shade="down")
        + "".join(
            body(d, t.dark)
            for d in (
                box(254, 220, 44, 44, 18),
                box(502, 220, 44, 44, 18),
                box(254, 578, 44, 44, 18),
                box(502, 578, 44, 44, 18),
            )
        )
    )


def ball(t: Tone) -> str:
    spots = "M400 356L462 402L438 474H362L338 402Z"
    dark = t.darker if t.base != "#2b2b30" else CREAM
    edges = "".join(
        line("M400 356V276", dark, 6, f'transform="rotate({n * 72} 400 418)"')
        + path(
            "M400 212L452 246L436 292L364 292L348 246Z",
            dark,
            f'transform="rotate({n * 72 + 0} 400 418)"',
        )
        for n in range(5)
    )
    return (
        f'<clipPath id="round"><path d="{oval(400, 424, 216, 216)}"/></clipPath>'
        + path(oval(400, 424, 216, 216), t.base)
        + f'<g clip-path="url(#round)" transform="rotate(-12 400 424)">{path(spots, dark)}{edges}</g>'
        + path(oval(400, 424, 216, 216), "url(#ball)")
        + gleam(oval(312, 318, 60, 40), 0.5)
    )


def bicycle(t: Tone) -> str:
    def wheel(x: float) -> str:
        spokes = "".join(
            line("M0 0V-112", "#aab0b8", 2, f'transform="translate({x} 520) rotate({n * 20})"')
            for n in range(18)
        )
        return (
            spokes
            + line(oval(x, 520, 116, 116), INK, 14)
            + line(oval(x, 520, 104, 104), STEEL, 5)
            + body(oval(x, 520, 14, 14), STEEL_DARK, shade="ball")
        )

    return (
        wheel(212)
        + wheel(588)
        + tube("M212 520L320 346H520L376 520H212", t.base, 15)
        + tube("M320 346L376 520M520 346L588 520", t.base, 15)
        + tube("M520 346L504 286", t.base, 15)
        + line("M504 286C540 270 566 276 572 300", INK, 13)
        + tube("M320 346L308 300", STEEL, 10)
        + body(
            "M258 286C280 270 340 276 356 288C350 304 290 308 262 304C254 300 254 290 258 286Z",
            INK,
            shade="down",
        )
        + line(oval(376, 520, 30, 30), STEEL_DARK, 8)
        + line("M376 520L404 570M392 572H424", INK, 9)
        + line("M212 508L376 492M212 532L376 548", STEEL_DARK, 4)
        + line("M150 428C190 396 240 398 280 424", t.dark, 8)
        + line("M526 428C566 396 616 398 654 424", t.dark, 8)
        + body("M548 330H640L628 396H562Z", WOOD, shade="down")
    )


def tent(t: Tone) -> str:
    return (
        body("M400 232L660 620H140Z", t.dark, shade="down")
        + body("M300 262L400 232L470 620H110Z", t.base, shade="flat")
        + body("M400 232L500 262L690 620H470Z", t.light, shade="flat")
        + path("M300 262L340 620H236Z", mix(t.darker, "#000000", 0.3))
        + body("M300 262L236 620H180Z", t.light, shade="flat")
        + body("M300 262L340 620H384Z", t.light, shade="flat")
        + line("M300 262L110 620M300 262L400 232L500 262L690 620", t.darker, 6, 'opacity=".7"')
        + line("M300 262L96 640M500 262L706 640", CREAM, 3)
        + path("M92 630L100 642H84ZM710 630L718 642H702Z", STEEL_DARK)
        + line("M110 620H690", t.darker, 8, 'opacity=".6"')
        + path("M520 420L580 440L596 500L534 480Z", t.darker, 'opacity=".5"')
    )

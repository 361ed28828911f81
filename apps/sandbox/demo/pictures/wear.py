"""Silhouettes of clothes, shoes and accessories."""

from apps.sandbox.demo.pictures.brush import (
    GOLD,
    INK,
    STEEL,
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


def jacket(t: Tone) -> str:
    sleeves = "M286 226C226 250 196 330 172 560C170 576 180 584 196 586L246 590C256 590 262 584 264 574L292 400Z"
    right = "M514 226C574 250 604 330 628 560C630 576 620 584 604 586L554 590C544 590 538 584 536 574L508 400Z"
    coat = "M330 196C300 210 280 224 272 250L262 610C262 624 270 632 284 632H516C530 632 538 624 538 610L528 250C520 224 500 210 470 196Z"
    return (
        body(sleeves, t.base)
        + body(right, t.base)
        + body(coat, t.base)
        + body("M336 196C346 150 454 150 464 196C450 232 350 232 336 196Z", t.dark, shade="down")
        + path("M352 200C372 222 428 222 448 200L440 186H360Z", t.darker)
        + "".join(
            line(f"M270 {y}H530", t.darker, 5, 'opacity=".34"')
            + line(f"M270 {y + 6}H530", "#ffffff", 3, 'opacity=".22"')
            for y in (300, 376, 452, 528)
        )
        + line("M400 222V630", t.darker, 9)
        + line("M400 222V630", STEEL, 4, 'stroke-dasharray="3 6"')
        + body(box(394, 250, 12, 30, 5), GOLD)
        + line("M292 480L352 462M508 480L448 462", t.darker, 7, 'opacity=".75"')
        + body(box(262, 606, 276, 28, 10), t.dark, shade="down")
        + body(box(170, 560, 92, 30, 12), t.dark)
        + body(box(538, 560, 92, 30, 12), t.dark)
    )


def tshirt(t: Tone) -> str:
    shirt = "M318 200C250 214 200 240 166 292L228 372L284 336L278 612C278 624 286 632 298 632H502C514 632 522 624 522 612L516 336L572 372L634 292C600 240 550 214 482 200C470 244 330 244 318 200Z"
    return (
        body(shirt, t.base, pattern=True, shade="flat")
        + line("M318 200C330 244 470 244 482 200", t.dark, 14)
        + line("M284 336L290 268M516 336L510 268", t.darker, 4, 'opacity=".35"')
        + line("M182 306L236 358M618 306L564 358", t.darker, 3, 'opacity=".35"')
        + line("M280 604H520", t.darker, 3, 'opacity=".35"')
        + shadow("M330 420C350 500 340 560 318 628H336C352 560 356 500 340 420Z", 0.22)
        + shadow("M470 400C458 480 470 560 486 628H472C456 560 448 480 460 400Z", 0.22)
        + gleam("M300 360C296 420 298 480 302 540L320 520C316 470 318 420 322 370Z", 0.25)
    )


def dress(t: Tone) -> str:
    skirt = "M340 376C312 470 262 560 222 624C300 652 500 652 578 624C538 560 488 470 460 376Z"
    top = "M336 196C330 236 318 262 312 286C322 320 336 350 338 380H462C464 350 478 320 488 286C482 262 470 236 464 196L440 190C434 240 366 240 360 190Z"
    return (
        body(skirt, t.base, pattern=True)
        + body(top, t.base, pattern=True)
        + "".join(
            shadow(
                f"M{400 + x * 0.28} 392C{400 + x * 0.5} 470 {400 + x * 0.8} 560 {400 + x} 636L{414 + x} 634C{408 + x * 0.8} 560 {406 + x * 0.5} 470 {402 + x * 0.28} 392Z",
                0.3,
            )
            for x in (-130, -50, 40, 120)
        )
        + body(box(332, 366, 136, 26, 8), t.accent, shade="flat")
        + path("M452 372L500 356L496 380L506 402L456 388Z", t.accent_dark)
        + line("M360 190C366 240 434 240 440 190", t.accent, 6)
        + line("M336 196L360 190M464 196L440 190", t.dark, 6)
    )


def sneaker(t: Tone) -> str:
    upper = "M150 540C150 470 160 400 186 366C206 344 240 350 262 366C300 392 344 380 372 356C392 340 412 350 424 370C470 446 560 470 632 490C664 500 672 530 668 572H150Z"
    return (
        shadow("M150 600H670V640H150Z", 0.25)
        + body(upper, t.base, pattern=False, shade="down")
        + path("M150 540C152 490 160 440 172 404C210 470 200 530 214 572H150Z", t.dark)
        + path(
            "M300 572C330 500 400 500 470 440C520 470 600 480 640 500C610 520 560 520 520 572Z",
            t.light,
            'opacity=".55"',
        )
        + line("M268 520C340 540 440 500 486 452", t.accent, 17)
        + path(
            "M186 366C206 344 240 350 262 366C300 392 344 380 372 356L386 372C340 420 280 420 236 396C214 388 198 392 184 408Z",
            t.darker,
        )
        + "".join(
            line(
                f"M{376 + s * 34} {392 + s * 22}L{414 + s * 32} {360 + s * 20 + s * 4}",
                "#ffffff",
                10,
            )
            for s in range(4)
        )
        + body("M636 492C664 500 674 536 668 580H590C600 540 610 510 636 492Z", t.dark)
        + body(
            "M140 566C240 584 560 584 676 560C690 580 690 620 672 632C560 646 240 646 156 634C134 626 132 590 140 566Z",
            "#f7f5f0",
            shade="down",
        )
        + line("M146 606C260 622 560 622 682 600", t.base, 6)
        + line("M172 376C176 350 190 340 200 342", t.accent, 9)
    )


def scarf(t: Tone) -> str:
    fringe = "".join(line(f"M{x} 606l-3 34", t.light, 5) for x in range(300, 392, 11))
    fringe += "".join(line(f"M{x} 566l3 34", t.light, 5) for x in range(452, 544, 11))
    loop = "M214 300C214 196 586 196 586 300C600 384 530 452 400 452C270 452 200 384 214 300Z"
    return (
        fringe
        + body("M420 390H520L552 572H444Z", t.dark, pattern=True)
        + body("M300 400L420 390L398 612H290Z", t.base, pattern=True)
        + body(loop, t.base, pattern=True, shade="ball")
        + path("M292 290C310 236 490 236 508 290C490 322 310 322 292 290Z", t.darker)
        + path(
            "M292 290C310 236 490 236 508 290C470 266 330 266 292 290Z", "#000000", 'opacity=".3"'
        )
        + line("M222 330C270 388 420 420 574 336", t.darker, 6, 'opacity=".28"')
        + line("M230 366C290 420 430 440 560 376", "#ffffff", 5, 'opacity=".22"')
        + line("M226 308C270 350 400 376 560 306", t.darker, 5, 'opacity=".2"')
        + body(
            "M330 398C350 372 430 372 448 400C462 436 448 474 400 480C346 482 318 440 330 398Z",
            t.light,
            pattern=True,
            shade="ball",
        )
    )


def hat(t: Tone) -> str:
    dome = "M216 520C210 330 300 240 400 240C500 240 590 330 584 520Z"
    ribs = "".join(
        line(
            f"M{400 + x} 506C{400 + x * 0.98} 400 {400 + x * 0.72} 300 {400 + x * 0.24} 250",
            t.darker,
            7,
            'opacity=".25"',
        )
        for x in range(-162, 163, 36)
    )
    cuff_ribs = "".join(
        line(f"M{x} 506V622", t.darker, 6, 'opacity=".28"') for x in range(222, 590, 20)
    )
    tufts = "".join(
        line(
            "M0 0V-50",
            t.accent if n % 2 else t.light,
            13,
            f'transform="translate(400 214) rotate({n * 20})"',
        )
        for n in range(18)
    )
    return (
        tufts
        + body(oval(400, 212, 40, 38), t.light, shade="ball")
        + body(dome, t.base, shade="ball")
        + ribs
        + body(box(196, 492, 408, 146, 40), t.dark, shade="shade")
        + cuff_ribs
    )


def gloves(t: Tone) -> str:
    hand = "M-60 120V-30C-62 -120 -60 -190 -44 -196C-28 -198 -24 -150 -24 -80C-22 -160 -18 -226 0 -226C18 -226 20 -160 22 -82C26 -150 32 -210 48 -208C64 -206 62 -140 62 -66C70 -120 82 -150 96 -144C110 -136 100 -60 92 0C88 50 80 80 80 120Z"
    thumb = "M-58 60C-110 20 -140 -40 -128 -56C-112 -70 -80 -30 -52 -6Z"

    def one(x: float, flip: int, turn: int) -> str:
        return (
            f'<g transform="translate({x} 450) rotate({turn}) scale({flip * 1.18} 1.18)">'
            + body(thumb, t.base)
            + body(hand, t.base)
            + line("M-24 -80V0M22 -82V0M62 -66L58 6", t.darker, 4, 'opacity=".4"')
            + body(box(-70, 108, 160, 54, 14), t.dark)
            + line("M-62 126H82M-62 142H82", t.light, 3, 'opacity=".5"')
            + "</g>"
        )

    return one(285, 1, -8) + one(520, -1, 9)


def sunglasses(t: Tone) -> str:
    lens = mix("#39424f", t.base, 0.25)

    def glass(x: float) -> str:
        d = f"M{x - 116} 400C{x - 116} 366 {x + 116} 366 {x + 116} 400C{x + 122} 500 {x + 70} 548 {x} 548C{x - 70} 548 {x - 122} 500 {x - 116} 400Z"
        return (
            body(d, lens, shade="down")
            + line(d, t.base, 22)
            + line(d, "#ffffff", 5, 'opacity=".25"')
            + path(
                f"M{x - 80} 410L{x - 30} 410L{x - 84} 500C{x - 96} 470 {x - 94} 440 {x - 80} 410Z",
                "#ffffff",
                'opacity=".32"',
            )
        )

    return (
        tube("M142 396C120 330 150 260 236 250", t.dark, 18)
        + tube("M658 396C680 330 650 260 564 250", t.dark, 18)
        + path(oval(405, 590, 290, 40), "url(#cast)", 'opacity=".25"')
        + glass(268)
        + glass(532)
        + line("M376 408C390 388 410 388 424 408", t.base, 20)
        + path(oval(152, 396, 8, 5), GOLD)
        + path(oval(648, 396, 8, 5), GOLD)
    )


def watch(t: Tone) -> str:
    ticks = "".join(
        line(
            "M0 -104V-88",
            "#3a3d44",
            6 if n % 3 == 0 else 3,
            f'transform="translate(400 410) rotate({n * 30})"',
        )
        for n in range(12)
    )
    return (
        body("M330 170C332 158 340 150 352 150H448C460 150 468 158 470 170L486 300H314Z", t.base)
        + body("M314 520H486L470 628C468 640 460 646 448 646H352C340 646 332 640 330 628Z", t.base)
        + "".join(path(oval(400, y, 7, 9), t.darker) for y in (560, 590, 618))
        + line(
            "M338 168V296M462 168V296M334 524L344 632M466 524L456 632",
            "#ffffff",
            3,
            'opacity=".35" stroke-dasharray="9 7"',
        )
        + body(box(524, 392, 28, 36, 8), STEEL)
        + body(oval(400, 410, 140, 140), STEEL, shade="ball")
        + path(oval(400, 410, 118, 118), "#fbf8f1")
        + ticks
        + line("M400 410L352 356", INK, 10)
        + line("M400 410L462 344", INK, 7)
        + line("M400 430L388 484", t.base if t.base != "#f4f1ea" else "#c8382f", 4)
        + path(oval(400, 410, 11, 11), GOLD)
        + path(
            "M310 350C330 310 370 296 410 294L320 440C308 410 304 380 310 350Z",
            "#ffffff",
            'opacity=".4"',
        )
    )

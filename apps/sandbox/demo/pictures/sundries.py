"""Silhouettes of cosmetics, toys and food."""

from random import Random

from apps.sandbox.demo.pictures.brush import (
    CREAM,
    GOLD,
    INK,
    LEAF,
    STEEL,
    body,
    box,
    gleam,
    line,
    oval,
    path,
    shadow,
)
from apps.sandbox.demo.pictures.palette import Tone, mix


def perfume(t: Tone) -> str:
    return (
        body(box(352, 184, 96, 92, 12), GOLD)
        + body(box(368, 270, 64, 34, 6), STEEL, shade="shade")
        + path(box(262, 300, 276, 340, 34), mix(t.light, "#ffffff", 0.4), 'opacity=".75"')
        + path(
            "M284 420H516V596C516 610 506 618 494 618H306C294 618 284 610 284 596Z",
            t.base,
            'opacity=".8"',
        )
        + path(oval(400, 420, 116, 12), t.light)
        + path(box(262, 300, 276, 340, 34), "url(#shade)")
        + line(box(266, 304, 268, 332, 32), "#ffffff", 5, 'opacity=".6"')
        + body(box(326, 440, 148, 96, 8), CREAM, shade="flat")
        + path("M400 456L424 488L400 520L376 488Z", GOLD)
        + gleam(box(284, 330, 18, 270, 9), 0.7)
    )


def jar(t: Tone) -> str:
    return (
        body(box(238, 420, 324, 220, 40), t.base)
        + body(box(226, 330, 348, 106, 22), mix(t.base, "#ffffff", 0.5), shade="shade")
        + "".join(line(f"M{x} 344V424", t.darker, 2, 'opacity=".2"') for x in range(240, 566, 12))
        + body(oval(400, 332, 174, 24), mix(t.base, "#ffffff", 0.65), shade="down")
        + body(box(300, 480, 200, 110, 12), CREAM, shade="flat")
        + path("M400 498C440 520 440 556 400 574C360 556 360 520 400 498Z", LEAF)
        + line("M400 506V570", CREAM, 3)
        + gleam(box(262, 450, 16, 160, 8), 0.5)
    )


def soap(t: Tone) -> str:
    bar = "M190 470C190 430 210 420 250 416H550C590 420 610 430 610 470V590C610 626 590 640 550 640H250C210 640 190 626 190 590Z"
    bubbles = "".join(
        path(oval(x, y, r, r), "#ffffff", 'opacity=".35"')
        + line(oval(x, y, r, r), "#ffffff", 3, 'opacity=".8"')
        + path(oval(x - r * 0.35, y - r * 0.35, r * 0.2, r * 0.2), "#ffffff")
        for x, y, r in (
            (200, 330, 34),
            (262, 280, 20),
            (560, 320, 28),
            (610, 370, 16),
            (500, 270, 14),
        )
    )
    return (
        body(bar, t.base, shade="down")
        + body(
            "M214 452C214 424 240 414 280 412H520C560 414 586 424 586 452C586 484 556 496 520 498H280C244 496 214 484 214 452Z",
            t.light,
            shade="flat",
        )
        + path("M320 412H480V640H320Z", CREAM)
        + path("M320 412H480V640H320Z", "url(#down)")
        + line("M336 412V640M464 412V640", t.dark, 3)
        + path("M400 520C430 540 430 580 400 604C370 580 370 540 400 520Z", t.base)
        + line("M400 526V620M400 560L418 544M400 576L382 560", t.dark, 3)
        + bubbles
    )


def toycar(t: Tone) -> str:
    def wheel(x: float) -> str:
        return (
            body(oval(x, 576, 62, 62), INK, shade="ball")
            + body(oval(x, 576, 30, 30), STEEL, shade="ball")
            + path(oval(x, 576, 9, 9), t.base)
        )

    return (
        body(
            "M118 520C118 470 150 452 210 446L284 350C300 330 320 322 346 322H490C516 322 534 332 548 352L604 440C650 446 682 470 682 520V560C682 580 672 590 654 590H146C128 590 118 580 118 560Z",
            t.base,
            shade="down",
        )
        + path("M246 442L304 366C312 356 322 352 336 352H388V442Z", "#cfe6ee")
        + path("M412 352H484C500 352 512 358 520 370L564 442H412Z", "#bcdbe6")
        + path("M262 442L312 376L336 352H350L280 442Z", "#ffffff", 'opacity=".6"')
        + line("M400 350V580", t.darker, 5, 'opacity=".4"')
        + line("M420 478H456", t.darker, 9)
        + path("M118 500H682V522H118Z", t.accent, 'opacity=".85"')
        + path(oval(658, 482, 18, 22), "#fff3c0")
        + path(oval(136, 482, 13, 20), "#e0453a")
        + body(box(100, 552, 600, 34, 14), t.dark, shade="down")
        + wheel(238)
        + wheel(562)
        + gleam("M330 332H490C500 332 508 336 514 342H316C320 336 324 332 330 332Z", 0.6)
    )


def bear(t: Tone) -> str:
    muzzle = mix(t.base, "#fff6e6", 0.6)
    return (
        body(oval(290, 226, 46, 46), t.base, shade="ball")
        + body(oval(510, 226, 46, 46), t.base, shade="ball")
        + path(oval(290, 230, 24, 24), muzzle)
        + path(oval(510, 230, 24, 24), muzzle)
        + body(oval(252, 470, 46, 86), t.base, shade="ball")
        + body(oval(548, 470, 46, 86), t.base, shade="ball")
        + body(oval(400, 510, 136, 130), t.base, shade="ball")
        + path(oval(400, 524, 84, 86), muzzle, 'opacity=".9"')
        + body(oval(286, 592, 66, 50), t.base, shade="ball")
        + body(oval(514, 592, 66, 50), t.base, shade="ball")
        + path(oval(280, 596, 36, 30), muzzle)
        + path(oval(520, 596, 36, 30), muzzle)
        + body(oval(400, 300, 138, 118), t.base, shade="ball")
        + body(oval(400, 346, 62, 48), muzzle, shade="ball")
        + path(oval(346, 286, 13, 15), INK)
        + path(oval(454, 286, 13, 15), INK)
        + path(oval(342, 281, 4, 4), "#ffffff")
        + path(oval(450, 281, 4, 4), "#ffffff")
        + path(
            "M378 326C390 318 410 318 422 326C422 342 408 350 400 352C392 350 378 342 378 326Z", INK
        )
        + line("M400 352V366M374 370C384 382 396 380 400 366C404 380 416 382 426 370", INK, 4)
        + body("M400 424L330 396C318 420 318 436 330 452Z", "#c8382f", shade="flat")
        + body("M400 424L470 396C482 420 482 436 470 452Z", "#c8382f", shade="flat")
        + body(oval(400, 424, 20, 18), "#a82e27", shade="ball")
    )


def driedfruit(t: Tone) -> str:
    dice = Random("dried fruit")
    fruits = ""
    for _ in range(26):
        x, y, r = 286 + dice.random() * 228, 424 + dice.random() * 140, 21 + dice.random() * 9
        tint = mix(t.base, dice.choice(("#7a3b16", "#f2b45a", "#b0561f")), 0.45)
        fruits += body(oval(x, y, r, r * 0.82), tint, shade="ball") + line(
            f"M{x - r * 0.5} {y + 2}C{x - 4} {y - 5} {x + 4} {y + 6} {x + r * 0.5} {y - 2}",
            "#5b2c12",
            2,
            'opacity=".4"',
        )
    loose = "".join(
        body(oval(x, 622, 28, 20), mix(t.base, tint, 0.4), shade="ball")
        for x, tint in ((180, "#b0561f"), (230, "#f2b45a"), (588, "#b0561f"), (640, "#7a3b16"))
    )
    bag = "M252 220H548L566 600C566 626 552 640 528 640H272C248 640 234 626 234 600Z"
    return (
        body(bag, "#c9a57a", shade="shade")
        + f'<clipPath id="window"><path d="{box(284, 400, 232, 190, 28)}"/></clipPath>'
        + path(box(284, 400, 232, 190, 28), "#4a2b18")
        + f'<g clip-path="url(#window)">{fruits}</g>'
        + path("M284 430C284 410 296 400 312 400H420L290 560Z", "#ffffff", 'opacity=".2"')
        + line(box(284, 400, 232, 190, 28), t.dark, 6)
        + body("M248 180H552L548 244H252Z", t.base, shade="shade")
        + line("M252 244H548", "#7d5d38", 3, 'stroke-dasharray="8 6"')
        + path("M400 276C440 290 452 330 400 368C348 330 360 290 400 276Z", t.base)
        + path("M400 284C400 262 416 250 440 250C440 272 424 284 400 284Z", LEAF)
        + loose
    )


def tea(t: Tone) -> str:
    return (
        body("M500 250L580 224V610L500 640Z", t.darker, shade="flat")
        + body("M270 250H500V640H270Z", t.base, shade="flat")
        + body("M270 250L350 224H580L500 250Z", t.light, shade="flat")
        + path("M270 310H500V322H270ZM270 560H500V572H270Z", GOLD)
        + path("M385 348C460 384 460 490 385 534C310 490 310 384 385 348Z", CREAM)
        + path("M385 372C430 402 430 474 385 506C340 474 340 402 385 372Z", LEAF)
        + line(
            "M385 380V512M385 424L406 404M385 424L364 404M385 456L410 434M385 456L360 434", CREAM, 4
        )
        + path(
            "M500 310L580 282V294L500 322ZM500 560L580 531V543L500 572Z", mix(GOLD, "#000000", 0.3)
        )
        + shadow(oval(190, 630, 60, 10), 0.4)
        + body("M120 560C120 616 150 640 190 640C230 640 260 616 260 560Z", CREAM)
        + body(oval(190, 560, 70, 17), "#fffaf0", shade="down")
        + path(oval(190, 563, 58, 12), "#b5802a")
        + line(
            "M172 536C164 520 180 508 172 492M204 536C196 520 212 508 204 492",
            "#ffffff",
            6,
            'opacity=".6"',
        )
    )

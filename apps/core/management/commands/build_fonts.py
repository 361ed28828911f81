"""Subset Source Sans for the web: the letters of our languages, the signs of our currencies."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset

WEIGHTS = {"Regular": 400, "Semibold": 600, "Bold": 700}
# Latin with its western and Uzbek letters, Cyrillic with the Uzbek letters Ғ Қ Ҳ Ў.
LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *range(0x410, 0x450),
    *(ord(letter) for letter in "ЁёЎўҚқҒғҲҳЇїІіЄєӘәĞğŞşİıŒœŠšŽž"),
]
SIGNS = [ord(sign) for sign in "ʻʼ‘’“”„«»‹›–—−…·•×÷№₽€$₸¥™→←↑↓≈≤≥\u2009\u200a\u202f\u2011"]
FEATURES = ["kern", "mark", "ccmp", "locl", "tnum", "lnum", "case"]


class Command(BaseCommand):
    help = "Write source-sans-<weight>.woff2 into FONT_BUILD_DIR; what is up to date is left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.FONT_BUILD_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for style, weight in WEIGHTS.items():
            source = Path(settings.FONT_SOURCE_DIR) / f"SourceSansPro-{style}.ttf"
            target = folder / f"source-sans-{weight}.woff2"
            if is_fresh(target, source):
                continue
            write_subset(source, target)
            if options["verbosity"]:
                self.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes")


def is_fresh(target: Path, source: Path) -> bool:
    """Tell whether the built file is younger than the face and than this recipe."""
    made_of = max(source.stat().st_mtime, Path(__file__).stat().st_mtime)
    return target.exists() and target.stat().st_mtime >= made_of


def write_subset(source: Path, target: Path) -> None:
    options = subset.Options(
        flavor="woff2", layout_features=FEATURES, hinting=False, desubroutinize=True
    )
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[*LETTERS, *SIGNS])
    subsetter.subset(font)
    unfinished = target.with_suffix(".part")
    subset.save_font(font, str(unfinished), options)
    unfinished.replace(target)

"""Fill the shop with the demo world, or with an outside catalogue and the demo's people."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.sandbox.demo.world import RefusedHere, seed


class Command(BaseCommand):
    help = "Load the demo world. May be repeated: what is there already stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--catalogue", type=Path, help="folder of an outside catalogue")
        parser.add_argument(
            "--per-shelf", type=int, default=None, help="products per shelf of the own catalogue"
        )

        parser.add_argument(
            "--history", type=int, default=24, help="baskets that others bought before"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            report = seed(
                catalogue=options["catalogue"],
                per_shelf=options["per_shelf"],
                progress=self._progress,
                history=options["history"],
            )
        except RefusedHere as refusal:
            raise CommandError(str(refusal)) from refusal
        for line in report.lines():
            self.stdout.write(line)

    def _progress(self, step: str, done: int, total: int) -> None:
        """One line a step, redrawn in a terminal."""
        if not sys.stderr.isatty() and done < total:
            return
        width = 30
        filled = width * done // max(total, 1)
        bar = "#" * filled + "." * (width - filled)
        self.stderr.write(
            f"\r  {step:<12} [{bar}] {done}/{total}",
            str,  # not in the colour of errors
            ending="\n" if done >= total else "",
        )
        self.stderr.flush()

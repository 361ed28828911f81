"""Rebuild the search index while the shop goes on searching."""

import re
import time
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.search.services import rebuild


class Command(BaseCommand):
    help = "Index every visible product anew and drop what is no longer in the shop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--part",
            type=_part,
            default=(1, 1),
            metavar="1/4",
            help="of a work that so many processes share; the first part drops and counts",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        part, parts = options["part"]
        indexed, dropped = rebuild(part=part, parts=parts)
        seconds = time.monotonic() - started
        self.stdout.write(f"{indexed} products indexed, {dropped} dropped, {seconds:.1f} s")


def _part(given: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,3})/(\d{1,3})", given)
    if found and 1 <= int(found[1]) <= int(found[2]):
        return int(found[1]), int(found[2])
    raise ArgumentTypeError(f"{given} is not a part such as 1/4")

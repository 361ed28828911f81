"""Rebuild the search index while the shop goes on searching."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from apps.search.services import rebuild


class Command(BaseCommand):
    help = "Index every visible product anew and drop what is no longer in the shop."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        indexed, dropped = rebuild()
        seconds = time.monotonic() - started
        self.stdout.write(f"{indexed} products indexed, {dropped} dropped, {seconds:.1f} s")

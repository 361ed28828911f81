"""Make what is not committed: the font's subset, compiled messages, static files with hashed names."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Build fonts, compile messages, collect static files."

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.FONT_BUILD_DIR).mkdir(parents=True, exist_ok=True)
        call_command("build_fonts")
        call_command("compile_texts")
        call_command("collectstatic", interactive=False, verbosity=0)

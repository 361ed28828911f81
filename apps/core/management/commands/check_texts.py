"""Prove that every own string is translated: nothing missing, nothing fuzzy, placeholders kept."""

import contextlib
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

TRANSLATED = ("ru", "uz")
SOURCES = ("apps", "marketplace", "templates")
_NOT_SOURCES = shutil.ignore_patterns("__pycache__", "tests", "*.mo")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


class Command(BaseCommand):
    help = "Collect the strings of the code afresh and compare them with locale/."

    def handle(self, *args: Any, **options: Any) -> None:
        problems: list[str] = []
        with tempfile.TemporaryDirectory() as folder:
            fresh = collect(Path(folder))
            for language in TRANSLATED:
                catalogue = polib.pofile(str(fresh / language / "LC_MESSAGES" / "django.po"))
                problems += [f"{language}: {problem}" for problem in problems_of(catalogue)]
        for problem in problems[:200]:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} strings are not translated well")
        self.stdout.write("every string is translated")


def collect(folder: Path) -> Path:
    """Copy what holds strings into `folder`, collect them there and return the catalogues' folder.

    makemessages writes beside the sources that it reads, so it never reads those of the checkout.
    """
    for name in SOURCES:
        shutil.copytree(settings.BASE_DIR / name, folder / name, ignore=_NOT_SOURCES)
    fresh = folder / "locale"
    shutil.copytree(settings.LOCALE_PATHS[0], fresh)
    with override_settings(LOCALE_PATHS=[fresh]), contextlib.chdir(folder):
        call_command("makemessages", locale=list(TRANSLATED), verbosity=0, no_obsolete=True)
    return fresh


def problems_of(catalogue: polib.POFile) -> list[str]:
    """Return a line for each entry that is missing, fuzzy or has lost a placeholder."""
    problems = []
    for entry in catalogue:
        if entry.obsolete or not entry.msgid:
            continue
        if not entry.translated() or entry.fuzzy:
            problems.append(f"not translated: {entry.msgid!r}")
            continue
        sources = {entry.msgid, entry.msgid_plural or entry.msgid}
        wanted = {frozenset(_PLACEHOLDER.findall(source)) for source in sources}
        texts = [text for text in (entry.msgstr, *entry.msgstr_plural.values()) if text]
        if any(frozenset(_PLACEHOLDER.findall(text)) not in wanted for text in texts):
            problems.append(f"placeholders differ: {entry.msgid!r}")
    return problems

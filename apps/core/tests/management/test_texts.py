"""check_texts and compile_texts: a gap in a translation is seen, a full catalogue is silent."""

import gettext
import os
from pathlib import Path
from typing import Any

import polib
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.core.management.commands import check_texts
from apps.core.management.commands.check_texts import problems_of


def _catalogue(*entries: polib.POEntry) -> polib.POFile:
    catalogue = polib.POFile()
    catalogue.extend(entries)
    return catalogue


SOUND = [
    polib.POEntry(msgid="Yes", msgstr="Да"),
    polib.POEntry(msgid="%(count)s of %(all)s", msgstr="%(all)s: %(count)s"),
    polib.POEntry(
        msgid="%(n)d row",
        msgid_plural="%(n)d rows",
        msgstr_plural={0: "%(n)d ряд", 1: "%(n)d ряда", 2: "%(n)d рядов"},
    ),
    polib.POEntry(msgid="One row", msgid_plural="%(n)d rows", msgstr_plural={0: "Ряд", 1: "%(n)d"}),
    polib.POEntry(msgid="Gone", msgstr="", obsolete=True),
]


def test_translated_catalogue_has_no_problems() -> None:
    assert problems_of(_catalogue(*SOUND)) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (polib.POEntry(msgid="No", msgstr=""), "not translated: 'No'"),
        (polib.POEntry(msgid="No", msgstr="Да", flags=["fuzzy"]), "not translated: 'No'"),
        (
            polib.POEntry(
                msgid="%(n)d row", msgid_plural="%(n)d rows", msgstr_plural={0: "%(n)d", 1: ""}
            ),
            "not translated: '%(n)d row'",
        ),
        (
            polib.POEntry(msgid="Wait %(seconds)s", msgstr="Ждите"),
            "placeholders differ: 'Wait %(seconds)s'",
        ),
        (
            polib.POEntry(msgid="Wait %(seconds)s", msgstr="Ждите %(second)s"),
            "placeholders differ: 'Wait %(seconds)s'",
        ),
        (polib.POEntry(msgid="Wait {0}", msgstr="Ждите {}"), "placeholders differ: 'Wait {0}'"),
        (polib.POEntry(msgid="50%s", msgstr="50%"), "placeholders differ: '50%s'"),
    ],
)
def test_gap_in_a_catalogue_is_named(entry: polib.POEntry, problem: str) -> None:
    assert problems_of(_catalogue(*SOUND, entry)) == [problem]


def test_compiled_texts_are_read_by_gettext_and_follow_their_source(
    tmp_path: Path, settings: Any
) -> None:
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    settings.LOCALE_PATHS = [tmp_path]
    for text in ("Да", "Конечно"):
        catalogue = _catalogue(polib.POEntry(msgid="Yes", msgstr=text))
        catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
        catalogue.save(str(folder / "django.po"))

        call_command("compile_texts")

        with (folder / "django.mo").open("rb") as compiled:
            assert gettext.GNUTranslations(compiled).gettext("Yes") == text
        os.utime(folder / "django.mo", (0, 0))  # clocks of file systems are coarse


@pytest.mark.parametrize(("text", "is_sound"), [("Да", True), ("", False)])
def test_check_of_the_texts_fails_on_a_gap(
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    *,
    is_sound: bool,
) -> None:
    """Collecting the strings is gettext's work, which need not be on this machine: it is left out here."""
    settings.LOCALE_PATHS = [tmp_path]
    for language in check_texts.TRANSLATED:
        (tmp_path / language / "LC_MESSAGES").mkdir(parents=True)
        catalogue = _catalogue(
            polib.POEntry(msgid="Yes", msgstr=text if language == "ru" else "Ha")
        )
        catalogue.save(str(tmp_path / language / "LC_MESSAGES" / "django.po"))
    monkeypatch.setattr(check_texts, "call_command", lambda *_arguments, **_given: None)

    if is_sound:
        call_command("check_texts")
    else:
        with pytest.raises(CommandError, match="1 strings are not translated well"):
            call_command("check_texts")
    assert capsys.readouterr().err == ("" if is_sound else "ru: not translated: 'Yes'\n")

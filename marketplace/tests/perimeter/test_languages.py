"""Every kind of page in Russian and in Uzbek: no English sentence of ours, no English date or number."""

import re
from functools import cache

import polib
import pytest

from marketplace.local_stack.processes import ROOT
from marketplace.tests.markup import Page
from marketplace.tests.page_kinds import pages, seen
from marketplace.tests.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access-matrix")]

_PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
MONTHS = "January|February|March|April|June|July|August|September|October|November|December"
SHORT_MONTHS = "|".join(month[:3] for month in MONTHS.split("|"))
ENGLISH_FORMATS = re.compile(
    rf"\b(?:{MONTHS}|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b,? \d|\d (?:{SHORT_MONTHS})\b|\d(?:st|nd|rd|th)\b|\d [AP]M\b|\d [ap]\.m\."
    r"|\d,\d{3}(?:\D|$)|\d\.\d\d\s?(?:₽|UZS|RUB|USD|soʻm)"
)


@cache
def untranslated(language: str) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """English sentences that read otherwise in a language: plain ones, and those with places in them."""
    plain, patterns = set(), []
    for entry in polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po")):
        sources = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
        answers = [entry.msgstr, *entry.msgstr_plural.values()]
        for source in (" ".join(one.split()) for one in sources):
            if entry.obsolete or source in answers or not re.search("[A-Za-z]{3}", source):
                continue
            words = _PLACE.split(source)
            if len(words) == 1:
                plain.add(source)
            elif re.search(r"[A-Za-z]{3}.*\s.*[A-Za-z]{2}", " ".join(words)):
                patterns.append(re.compile(".+".join(map(re.escape, words))))
    plain -= {" ".join(entry.split()) for entry in _same_elsewhere(language)}
    return frozenset(plain), tuple(patterns)


def _same_elsewhere(language: str) -> list[str]:
    """What is said alike in both languages in some other context."""
    book = polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    return [text for entry in book for text in (entry.msgstr, *entry.msgstr_plural.values())]


def english_in(html: str, language: str) -> list[str]:
    plain, patterns = untranslated(language)
    return [
        text
        for text in dict.fromkeys(Page(html).texts)
        if text in plain
        or ENGLISH_FORMATS.search(text)
        or any(pattern.fullmatch(text) for pattern in patterns)
    ]


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_no_page_speaks_english_to_a_reader_of_another_language(
    scene: Scene, language: str
) -> None:
    found = {}
    for address, actor in pages("/en/"):
        answer = seen(scene, address, actor, language)
        assert answer.status_code == 200, address
        if english := english_in(answer.getvalue().decode(), language):
            found[address] = english

    assert found == {}


def test_english_among_other_words_is_seen_and_words_of_others_are_not() -> None:
    html = """<html lang="ru"><title>Корзина</title><p>Add to cart</p><p lang="en">Add to cart</p>
    <input placeholder="Search the shop"><p>3 товара</p><p>1,234.50 ₽</p><p>Thu, 26 Nov</p><p>21 Nov</p>
    <p>1 234,50 ₽</p><p>Чт, 26 ноя</p></html>"""

    assert english_in(html, "ru") == [
        "Add to cart",
        "Search the shop",
        "1,234.50 ₽",
        "Thu, 26 Nov",
        "21 Nov",
    ]

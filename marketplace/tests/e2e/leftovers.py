"""English that is left on a page of another language, found by vocabulary.

English words are those that stand in the sources of our own texts (messages and the demo's words)
and never in their translation; names, brands and series may stand anywhere.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import polib
from playwright.sync_api import Page

from marketplace.local_stack.processes import ROOT
from marketplace.tests.e2e.shop import SELLERS

DATA = ROOT / "apps" / "sandbox" / "demo" / "data"
COLUMN = {"ru": 1, "uz": 2}
# Names: of the shop, of cards, of languages and currencies, of things that every language calls so.
NAMES = {"karvon", "visa", "mastercard", "secure", "english", "uzs", "rub", "usd", "soʻm"}
_WORD = re.compile(r"[a-zʻʼ’'-]{2,}")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_SEEN = """() => {
  const texts = [document.title, document.querySelector("meta[name=description]")?.content ?? ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest("script, style, noscript, [lang]:not(html)")) texts.push(walker.currentNode.data);
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const one of document.querySelectorAll(`[${name}]`))
      if (!one.closest("[lang]:not(html)")) texts.push(one.getAttribute(name));
  return texts.filter((text) => text.trim());
}"""


def words_of(text: str) -> set[str]:
    """Words of small and large letters; addresses, numbers with units and codes are none."""
    chunks = (chunk.strip('.,:;!?()«»“”"…') for chunk in text.split())
    plain = (chunk.lower() for chunk in chunks if not re.search(r"[\d@/_.%{}]", chunk))
    return {word for chunk in plain for word in _WORD.findall(chunk)}


@cache
def english_words(language: str) -> frozenset[str]:
    """Words that are English and not of `language`."""
    english, own = set[str](), set[str]()
    for source, translated in (*_messages(language), *_demo_texts(language)):
        english |= words_of(source)
        own |= words_of(translated)
    return frozenset(english - own - names())


@cache
def names() -> frozenset[str]:
    """Brands and series of the demo world, its sellers, and what is a name everywhere."""
    found = set(NAMES)
    for path in DATA.glob("*.toml"):
        data = tomllib.loads(path.read_text())
        listed = [*data.get("department", {}).get("brands", ()), *SELLERS]
        listed += data.get("series", {}).get("names", ())
        for name in listed:
            found |= words_of(name)
    return frozenset(found)


def leftovers(page: Page, language: str) -> set[str]:
    """Return the English words that somebody reads, or hears, on this page."""
    return leftovers_in(" \n".join(page.evaluate(_SEEN)), language)


def leftovers_in(text: str, language: str) -> set[str]:
    if language == "uz":  # Payshanba is Thursday; small within a line.
        text = re.sub(r"\b[Pp]ay, (?=\d)", "", text)
    return words_of(text) & english_words(language)


def _messages(language: str) -> Iterator[tuple[str, str]]:
    for entry in polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po")):
        if not entry.obsolete:
            yield (
                f"{entry.msgid} {entry.msgid_plural}",
                " ".join((entry.msgstr, *entry.msgstr_plural.values())),
            )


def _demo_texts(language: str) -> Iterator[tuple[str, str]]:
    """The triples English, Russian, Uzbek of the demo's data, wherever they stand."""

    def walk(node: Any) -> Iterator[tuple[str, str]]:
        if isinstance(node, dict):
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            is_triple = len(node) >= 3 and all(isinstance(part, str) for part in node)
            if is_triple and _CYRILLIC.search(node[1]):
                yield node[0], node[COLUMN[language]]
                # Behind the names of a number stand those of its unit.
                yield from walk(node[3:])
            else:
                for value in node:
                    yield from walk(value)

    for path in DATA.glob("*.toml"):
        yield from walk(tomllib.loads(path.read_text()))

"""Words: how texts and queries become the lexemes that are compared. Pure functions.

Invariant: a document and a query pass through the same functions, so what is written one way is
found when typed another (case, accents, ё and е, the apostrophes of Uzbek, endings of words).
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, combinations, islice, pairwise
from typing import NamedTuple

import snowballstemmer

MAX_QUERY_CHARACTERS = 256
MAX_QUERY_WORDS = 16
MAX_CHOSEN = 8
MAX_WORD = 60
MAX_CODE = 80
MAX_LEXEMES = 1_000  # of a document
# What names a thing is kept in the row itself, so it has to stay small.
MAX_HEAD_WORDS = 200

_APOSTROPHES = "'’‘ʻʼ`´ʹ′＇"
_JOINED_APOSTROPHE = re.compile(rf"(?<=\w)[{_APOSTROPHES}](?=\w)")
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)+")
_CYRILLIC = re.compile(r"[а-яіў-ҳ]")
_FLEETING = re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])[ое]([кл])$")
_UZBEK_ENDINGS = re.compile(r"(?:lar)?(?:imiz|ingiz|im|ing|i|si)?(?:ning|ni|ga|da|dan)?$")
_UNITS = "gb|tb|mb|mm|cm|m|kg|g|mg|l|ml|w|v|mah|hz|mhz|ghz|mp|гб|тб|мб|мм|см|м|кг|г|л|мл|вт|в"
_MEASURE = re.compile(rf"(\d+(?:\.\d+)?)({_UNITS})")
_UNIT = re.compile(_UNITS)
_MIXED = re.compile(r"[^\W\d_]+|\d+")


def fold(text: str) -> str:
    """Lower case, no accents on Latin letters, е for ё, no invisible characters, no apostrophes."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_PLAIN)
    return _JOINED_APOSTROPHE.sub("", text)


class _PlainLetters(dict[int, str]):
    """A table for str.translate that fills itself."""

    def __missing__(self, code: int) -> str:
        self[code] = plain = _plain(chr(code))
        return plain


_PLAIN = _PlainLetters()


def _plain(character: str) -> str:
    if character == "ё":
        return "е"
    if character.isascii():
        return max(character, " ")
    category = unicodedata.category(character)
    if category in {"Cf", "Mn"}:
        return ""
    if category[0] in "CZ":
        return " "
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() and base.isalpha() else character


def words_of(text: str) -> list[str]:
    """Split a text into folded words; decimals stay whole with a point."""
    return list(tokens_of(text)[0])


def query_words(text: str) -> list[str]:
    """Return the different words of a query, in order: at most 16 of its first 256 characters."""
    return list(dict.fromkeys(words_of(text[:MAX_QUERY_CHARACTERS])))[:MAX_QUERY_WORDS]


def split_after(text: str, count: int) -> tuple[str, str]:
    """Split a text after so many pieces between spaces."""
    pieces = text.split(maxsplit=count)
    return " ".join(pieces[:count]), " ".join(pieces[count:])


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the word without its endings: Russian for Cyrillic, English for Latin letters."""
    if not word.isalpha():
        return word
    if _CYRILLIC.search(word):
        found = _RUSSIAN.stemWord(word)
        # Of «кроссовок» and «кроссовки», «чехол» and «чехлы» the stemmer makes two words.
        return _FLEETING.sub(r"\1", found) if len(found) > 4 else found  # noqa: PLR2004  short words keep it
    return _ENGLISH.stemWord(word) if word.isascii() else word


@lru_cache(maxsize=50_000)
def uzbek_stem(word: str) -> str:
    """Return an Uzbek word without the endings of number, possession and case; at least 4 letters stay."""
    if not (word.isascii() and word.isalpha()):
        return stem(word)
    for start in range(4, len(word)):
        if _UZBEK_ENDINGS.fullmatch(word, start):
            return word[:start]
    return word


def lexemes_of(word: str, language: str) -> tuple[str, ...]:
    """Return what a word is indexed and looked up as: its stem, in Uzbek by both stemmers."""
    found = stem(word)
    if language != "uz":
        return (found,)
    return tuple(dict.fromkeys((found, stem(uzbek_stem(word)))))


@lru_cache(maxsize=4096)
def tokens_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a text's words and its second spellings: "wh-1000" is also wh1000, "500gb" also 500 and gb."""
    folded = fold(text)
    words = tuple(word.replace(",", ".")[:MAX_WORD] for word in _WORD.findall(folded))
    compounds = [re.sub(r"[-/.]", "", name)[:MAX_WORD] for name in _HYPHENATED.findall(folded)]
    for word, following in pairwise([*words, ""]):
        if not word[0].isdigit():
            continue
        if measure := _MEASURE.fullmatch(word):
            compounds += measure.groups()
        elif word[-1].isdigit() and _UNIT.fullmatch(following):
            compounds.append(word + following)
    return words, tuple(compounds)


def parts_of(word: str) -> list[str]:
    """Split letters from digits: "iphone7" into iphone and 7."""
    return _MIXED.findall(word)


def begins(name: str, words: Sequence[str]) -> bool:
    """Tell whether a name has all the words, the last of them perhaps only begun."""
    own = words_of(name)
    stems = {stem(word) for word in own}
    *earlier, last = words
    return all(stem(word) in stems for word in earlier) and any(
        word.startswith(last) or stem(word) == stem(last) for word in own
    )


def code_key(text: str) -> str:
    """Return the form in which SKUs, EANs and model numbers are compared: letters and digits alone."""
    return "".join(character for character in fold(text) if character.isalnum())[:MAX_CODE]


def code_keys(text: str) -> list[str]:
    """Return what of a query may be a code: the whole of it, and its long words that have a digit."""
    text = text[:MAX_QUERY_CHARACTERS]
    keys = [code_key(text)]
    keys += [
        key
        for part in fold(text).split()
        if len(key := code_key(part)) > 4 and any(character.isdigit() for character in key)  # noqa: PLR2004  shorter ones are sizes
    ]
    return [key for key in dict.fromkeys(keys) if key]


def idf(document_count: int, total: int) -> float:
    """Inverse document frequency as in BM25: never negative, the rarer the more."""
    count = min(document_count, total)
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


class Reading(NamedTuple):
    """A text read once: its words with their lexemes, and the lexemes of its second spellings."""

    spelled: tuple[str, ...]
    lexemes: tuple[tuple[str, ...], ...]
    compounds: tuple[str, ...]


@lru_cache(maxsize=4096)
def read(text: str, language: str) -> Reading:
    """Read a text; brands, categories and attributes repeat, so the last ones are kept."""
    words, compounds = tokens_of(text)
    spelled = words + compounds
    if language == "uz":
        spelled += tuple(map(uzbek_stem, spelled))
    lexemes = tuple(lexemes_of(word, language) for word in words)
    return Reading(spelled, lexemes, tuple(map(stem, compounds)))


def head_of(sections: Iterable[tuple[str, Reading]]) -> str:
    """Return the text form of a tsvector with places. `sections` are (place A..D, reading).

    A gap between sections keeps their words from being neighbors.
    """
    places: dict[str, list[str]] = {}
    position = 0
    for place, reading in sections:
        left = max(MAX_HEAD_WORDS - position, 0)
        for lexemes in reading.lexemes[:left]:
            position += 1
            for lexeme in lexemes:
                places.setdefault(lexeme, []).append(f"{position}{place}")
        for lexeme in reading.compounds[:left]:
            places.setdefault(lexeme, []).append(f"{position}{place}")
        position += 1
    return " ".join(f"'{lexeme}':{','.join(found)}" for lexeme, found in places.items())


def vector_of(readings: Iterable[Reading]) -> str:
    """Return the text form of a tsvector that tells only which lexemes there are."""
    found: dict[str, None] = {}
    for reading in readings:
        found.update(dict.fromkeys(chain.from_iterable(reading.lexemes)))
        found.update(dict.fromkeys(reading.compounds))
    return " ".join(f"'{lexeme}'" for lexeme in islice(found, MAX_LEXEMES))


def any_of(names: Iterable[Sequence[str]], place: str = "", joint: str = "<->") -> str:
    """Return a tsquery of our own lexemes: each is letters, digits and points, and quoted.

    A name of several lexemes is a phrase. `place` A..D asks for them in that part of the head alone.
    """
    suffix = f":{place}" if place else ""
    return " | ".join(
        f"({f' {joint} '.join(f"'{lexeme}'{suffix}" for lexeme in name)})" for name in names
    )


def all_of(queries: Iterable[str]) -> str:
    return " & ".join(f"({query})" for query in queries)


def enough_of(weights: Sequence[float], share: float) -> list[tuple[int, ...]]:
    """Return the smallest sets of places that carry a share of the whole weight; of the 8 heaviest."""
    heaviest = sorted(range(len(weights)), key=lambda place: -weights[place])[:MAX_CHOSEN]
    least = share * sum(weights[place] for place in heaviest) - 1e-9
    found: list[tuple[int, ...]] = []
    for size in range(1, len(heaviest) + 1):
        for places in combinations(sorted(heaviest), size):
            if sum(weights[place] for place in places) >= least and not any(
                set(smaller) <= set(places) for smaller in found
            ):
                found.append(places)
    return found


_RUSSIAN = snowballstemmer.stemmer("russian")
_ENGLISH = snowballstemmer.stemmer("english")

"""Words: how texts and queries become the lexemes that are compared. Pure functions.

Invariant: a document and a query pass through the same functions, so what is written one way is
found when typed another (case, accents, ё and е, the apostrophes of Uzbek, endings of words).
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

MAX_QUERY_CHARACTERS = 256
MAX_QUERY_WORDS = 16
MAX_WORD = 60
MAX_CODE = 80
MAX_POSITION = 16_383  # of a tsvector
MAX_OCCURRENCES = 30

_APOSTROPHES = "'’‘ʻʼ`´ʹ′＇"
_JOINED_APOSTROPHE = re.compile(rf"(?<=\w)[{_APOSTROPHES}](?=\w)")
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)+")
_CYRILLIC = re.compile(r"[а-яіў-ҳ]")
_FLEETING = re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])[ое]к$")
_UZBEK_ENDINGS = re.compile(r"(?:lar)?(?:imiz|ingiz|im|ing|i|si)?(?:ning|ni|ga|da|dan)?$")
_UNITS = "gb|tb|mb|mm|cm|m|kg|g|mg|l|ml|w|v|mah|hz|mhz|ghz|mp|гб|тб|мб|мм|см|м|кг|г|л|мл|вт|в"
_MEASURE = re.compile(rf"(\d+(?:\.\d+)?)({_UNITS})")
_UNIT = re.compile(_UNITS)
_MIXED = re.compile(r"[^\W\d_]+|\d+")


def fold(text: str) -> str:
    """Lower case, no accents on Latin letters, е for ё, no invisible characters, no apostrophes."""
    text = unicodedata.normalize("NFKC", text).lower().replace("ё", "е")
    kept = "".join(_plain(character) for character in text)
    return _JOINED_APOSTROPHE.sub("", kept)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
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
    return [word.replace(",", ".")[:MAX_WORD] for word in _WORD.findall(fold(text))]


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
        # "кроссовок" is the genitive of "кроссовки", which the stemmer does not see.
        return _FLEETING.sub("к", found) if len(found) > 4 else found  # noqa: PLR2004  short words keep it
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


def compounds_of(text: str) -> Iterator[str]:
    """Yield the second spellings of a text: "wh-1000" is also wh1000, "500gb" also 500 and gb."""
    folded = fold(text)
    for found in _HYPHENATED.findall(folded):
        yield re.sub(r"[-/.]", "", found)[:MAX_WORD]
    words = words_of(folded)
    for word, following in pairwise([*words, ""]):
        if measure := _MEASURE.fullmatch(word):
            yield from measure.groups()
        elif word[:1].isdigit() and word[-1:].isdigit() and _UNIT.fullmatch(following):
            yield word + following


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


def vector_of(sections: Iterable[tuple[str, str, str]]) -> str:
    """Return the text form of a tsvector. `sections` are (weight A..D, language, text)."""
    places: dict[str, list[str]] = {}
    position = 0
    for weight, language, text in sections:
        for word in words_of(text):
            position = min(position + 1, MAX_POSITION)
            for lexeme in lexemes_of(word, language):
                places.setdefault(lexeme, []).append(f"{position}{weight}")
        for word in compounds_of(text):
            places.setdefault(stem(word), []).append(f"{position}{weight}")
    return " ".join(
        f"'{lexeme}':{','.join(found[:MAX_OCCURRENCES])}" for lexeme, found in places.items()
    )


def spelled_words(text: str, language: str) -> list[str]:
    """Return the different words of a text as written, second spellings included."""
    words = [*words_of(text), *compounds_of(text)]
    if language == "uz":
        words += [uzbek_stem(word) for word in words]
    return list(dict.fromkeys(words))


def any_of(lexemes: Iterable[str], place: str = "") -> str:
    """Return a tsquery of our own lexemes: each is letters, digits and points, and quoted.

    `place` A..D asks for the lexemes in that part of the document alone.
    """
    suffix = f":{place}" if place else ""
    return " | ".join(f"'{lexeme}'{suffix}" for lexeme in lexemes)


def all_of(queries: Iterable[str]) -> str:
    return " & ".join(f"({query})" for query in queries)


_RUSSIAN = snowballstemmer.stemmer("russian")
_ENGLISH = snowballstemmer.stemmer("english")

"""Spelling: the words one slip away from a typed one. Pure functions.

One slip is a letter left out, added, changed, or two neighbours swapped; or a whole word typed on
the other keyboard layout; or a Russian word typed in Latin letters. Digits are never a slip: another
number is another model.
"""

from collections.abc import Iterator, Mapping

SHORTEST = 3
LONGEST = 30
# A slip in the first letter is so much rarer than in another.
FIRST_LETTER = 0.2
# One wrong or added letter is one of many; a swap, a letter lost or doubled is one of few.
ANY_LETTER = 0.2
# Of two words that were both written by somebody, one slip apart, so many times the other is the right one.
OVERWHELMING = 20

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_CYRILLIC = str.maketrans(_LATIN_KEYS, _CYRILLIC_KEYS)
_TO_LATIN = str.maketrans(_CYRILLIC_KEYS, _LATIN_KEYS)

_SOUNDS = (
    ("shch", "щ"), ("sch", "щ"), ("yo", "е"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"),
    ("sh", "ш"), ("yu", "ю"), ("ya", "я"), ("ye", "е"), ("a", "а"), ("b", "б"), ("v", "в"),
    ("w", "в"), ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"), ("y", "ы"), ("j", "й"),
    ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"),
    ("t", "т"), ("u", "у"), ("f", "ф"), ("h", "х"), ("c", "ц"), ("q", "к"), ("x", "кс"),
)  # fmt: skip


def deletions(word: str) -> list[str]:
    """Return the word and its forms with one letter left out; nothing for what is not corrected.

    Two words one slip apart share a form: that makes the lookup an exact one.
    """
    if not (SHORTEST <= len(word) <= LONGEST and word.isalnum()) or word.isdigit():
        return []
    shorter = (word[:i] + word[i + 1 :] for i, letter in enumerate(word) if not letter.isdigit())
    return list(dict.fromkeys([word, *shorter]))


def is_one_slip(one: str, other: str) -> bool:
    """Tell whether one slip leads from one word to the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if _digits(one) != _digits(other):
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def other_layout(typed: str) -> str:
    """Return what the same keys give on the other keyboard: "rhjccjdrb" is «кроссовки»."""
    typed = typed.lower()
    if any("а" <= letter <= "я" or letter == "ё" for letter in typed):
        return typed.translate(_TO_LATIN)
    return typed.translate(_TO_CYRILLIC).replace("ё", "е")


def in_cyrillic(word: str) -> str:
    """Return a Russian word that was typed in Latin letters: "krossovki" is «кроссовки»."""
    if not (word.isascii() and word.isalpha()):
        return word
    result = ""
    while word:
        sound, letter = next(pair for pair in _SOUNDS if word.startswith(pair[0]))
        result += letter
        word = word[len(sound) :]
    return result


def corrections(word: str, counts: Mapping[str, int]) -> Iterator[str]:
    """Yield those of the counted words that are one slip away."""
    if deletions(word):
        yield from (other for other in counts if is_one_slip(word, other))


def likelihood(word: str, other: str, count: int) -> float:
    """Return how likely a word was meant that occurs so often (a noisy channel)."""
    likely = count * (1 if word[0] == other[0] else FIRST_LETTER)
    is_lost = len(word) < len(other)
    is_swapped = sorted(word) == sorted(other)
    is_doubled = len(word) > len(other) and set(word) == set(other)
    return likely * (1 if is_lost or is_swapped or is_doubled else ANY_LETTER)


def _digits(word: str) -> str:
    return "".join(filter(str.isdigit, word))

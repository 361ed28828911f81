"""Names for a generated catalogue: brands and series made of syllables, the same for the same number."""

from functools import cache
from itertools import product

HEADS = (
    *("Al", "An", "Ar", "Bar", "Bel", "Cor", "Dal", "Dor", "El", "Fer", "Gar", "Hal", "Il", "Jav"),
    *("Kar", "Kel", "Lum", "Mar", "Mer", "Nav", "Nor", "Ol", "Par", "Qar", "Ras", "Sam", "Tar"),
    *("Tim", "Ul", "Var", "Vel", "Yor", "Zar", "Zil"),
)
MIDDLES = ("a", "o", "i", "ama", "eno", "ori", "ubi", "ida")
TAILS = ("bon", "dis", "ko", "lan", "mon", "net", "ran", "sim", "tek", "vis", "zon")
BRANDS = 600
SERIES = 2300
# Coprime to the number of names, so that neighbours in number are strangers in sound.
STRIDE = 1301


@cache
def _names() -> tuple[str, ...]:
    return tuple(head + middle + tail for head, middle, tail in product(HEADS, MIDDLES, TAILS))


def brand(number: int) -> str:
    """Return one of the 600 brands."""
    return _name(number % BRANDS)


def series(number: int) -> str:
    """Return one of the 2,300 series; none is called as a brand is."""
    return _name(BRANDS + number % SERIES)


def _name(number: int) -> str:
    found = _names()
    return found[number * STRIDE % len(found)]

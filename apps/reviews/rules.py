"""Pure rules of reviews: limits, moves of a review, the name that is shown, the language of a text."""

import re
from unicodedata import name as letter_name

from apps.reviews.types import ReviewDraft, ReviewStatus

STARS = (5, 4, 3, 2, 1)
MAX_TITLE = 150
MAX_TEXT = 5_000
MAX_ANSWER = 2_000
MAX_PHOTOS = 5
# A seller's "low stars".
LOW_RATING = 3

S = ReviewStatus
# The same table stands in the trigger of migrations/0003_guards.py; a test compares them.
ALLOWED_MOVES: dict[ReviewStatus, frozenset[ReviewStatus]] = {
    S.IN_MODERATION: frozenset({S.PUBLISHED, S.REJECTED, S.DELETED}),
    S.PUBLISHED: frozenset({S.IN_MODERATION, S.REJECTED, S.DELETED}),
    S.REJECTED: frozenset({S.IN_MODERATION, S.PUBLISHED, S.DELETED}),
    S.DELETED: frozenset(),
}

_UZBEK_CYRILLIC = set("ўқғҳЎҚҒҲ")
_UZBEK_LATIN = re.compile(r"[og][ʻ'‘’`]", re.IGNORECASE)


def may_move(current: ReviewStatus, target: ReviewStatus) -> bool:
    return target in ALLOWED_MOVES[current]


def has_words(draft: ReviewDraft) -> bool:
    """Tell whether there is anything but stars: something that a person has to read or look at."""
    return bool(draft.title or draft.text or draft.photo_ids)


def first_status(draft: ReviewDraft, *, is_premoderated: bool) -> ReviewStatus:
    """Return how a new review begins: stars alone are published at once."""
    if is_premoderated and has_words(draft):
        return S.IN_MODERATION
    return S.PUBLISHED


def status_after_edit(
    current: ReviewStatus, draft: ReviewDraft, *, is_changed: bool, is_premoderated: bool
) -> ReviewStatus:
    """Return how a review stands after its author changed it.

    `is_changed` says that its words or photos are other ones: they are read anew, and the review
    leaves the page until then. Other stars alone change nothing but the rating.
    """
    if has_words(draft) and not is_changed:
        return current
    return first_status(draft, is_premoderated=is_premoderated)


def public_name(full_name: str) -> str:
    """Return the first name and the initial of the last: all that strangers read of an author."""
    words = full_name.split()
    if not words:
        return ""
    first = words[0][:60]
    return f"{first} {words[-1][0]}." if len(words) > 1 else first


def language_of(text: str, fallback: str) -> str:
    """Guess the language of a text by its letters; `fallback` where they do not tell.

    Only what differs for sure is told apart: Russian and Uzbek by Cyrillic letters, Uzbek by oʻ and gʻ.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return fallback
    cyrillic = sum(letter_name(letter, "").startswith("CYRILLIC") for letter in letters)
    if 2 * cyrillic > len(letters):
        return "uz" if _UZBEK_CYRILLIC & set(text) else "ru"
    if _UZBEK_LATIN.search(text):
        return "uz"
    return "en" if fallback == "ru" else fallback


def rating_hundredths(stars: int, count: int) -> int:
    """Return the mean in hundredths of a star, half up; 0 where there is none."""
    return (200 * stars + count) // (2 * count) if count else 0

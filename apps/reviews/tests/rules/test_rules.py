"""The rules of reviews, and their twin in the database."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from apps.reviews import rules
from apps.reviews.types import ReviewDraft, ReviewStatus

S = ReviewStatus
PHOTO = (uuid4(),)


def test_moves_are_those_of_the_trigger() -> None:
    text = (Path(rules.__file__).parent / "migrations" / "0003_guards.py").read_text()
    machine = text.partition("MACHINE")[2].partition("EARLIER")[0]
    pairs = set(re.findall(r"\('([A-Z_]+)', '([A-Z_]+)'\)", machine))

    assert pairs == {(a.value, b.value) for a, tos in rules.ALLOWED_MOVES.items() for b in tos}


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (ReviewDraft(5), S.PUBLISHED),
        (ReviewDraft(5, title="Good"), S.IN_MODERATION),
        (ReviewDraft(5, text="Good"), S.IN_MODERATION),
        (ReviewDraft(5, photo_ids=PHOTO), S.IN_MODERATION),
    ],
)
def test_first_status_stars_alone_need_no_moderator(
    draft: ReviewDraft, expected: ReviewStatus
) -> None:
    assert rules.first_status(draft, is_premoderated=True) == expected
    assert rules.first_status(draft, is_premoderated=False) == S.PUBLISHED


@pytest.mark.parametrize(
    ("current", "text", "is_changed", "expected"),
    [
        (S.PUBLISHED, "a", False, S.PUBLISHED),
        (S.PUBLISHED, "a", True, S.IN_MODERATION),
        (S.REJECTED, "a", False, S.REJECTED),
        (S.REJECTED, "a", True, S.IN_MODERATION),
        (S.REJECTED, "", True, S.PUBLISHED),
        (S.IN_MODERATION, "a", False, S.IN_MODERATION),
        (S.IN_MODERATION, "", True, S.PUBLISHED),
    ],
)
def test_status_after_edit_other_words_are_read_anew(
    current: ReviewStatus, text: str, is_changed: Any, expected: ReviewStatus
) -> None:
    draft = ReviewDraft(3, text=text)
    assert (
        rules.status_after_edit(current, draft, is_changed=is_changed, is_premoderated=True)
        == expected
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Aziza Karimova", "Aziza K."),
        ("Иван Петрович Соколов", "Иван С."),
        ("Madonna", "Madonna"),
        ("", ""),
        (f"{'a' * 90} b", f"{'a' * 60} b."),
    ],
)
def test_public_name_is_first_name_and_initial(name: str, expected: str) -> None:
    assert rules.public_name(name) == expected


@pytest.mark.parametrize(
    ("text", "fallback", "expected"),
    [
        ("Отличная вещь", "en", "ru"),
        ("Жуда яхши, қутиси бутун", "ru", "uz"),
        ("Juda zo'r, rangi to'yingan", "en", "uz"),
        ("Sifati yaxshi", "uz", "uz"),
        ("Very good", "ru", "en"),
        ("Very good", "uz", "uz"),
        ("10/10 !!!", "ru", "ru"),
        ("", "uz", "uz"),
    ],
)
def test_language_is_told_by_letters_alone(text: str, fallback: str, expected: str) -> None:
    assert rules.language_of(text, fallback) == expected


@pytest.mark.parametrize(
    ("stars", "expected"),
    [
        ((), 0),
        ((5,), 500),
        ((5, 4), 450),
        ((5, 5, 4), 467),
        ((1, 1, 2), 133),
        ((4,) * 7 + (5,), 413),
    ],
)
def test_rating_is_the_mean_in_hundredths_half_up(stars: tuple[int, ...], expected: int) -> None:
    """docs/reviews.md has 5, 5, 4 (4.67) and seven 4 with one 5 (4.125: 4.13)."""
    assert rules.rating_hundredths(sum(stars), len(stars)) == expected

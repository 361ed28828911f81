"""Pages by key: nothing twice, nothing left out, an end that is told."""

from collections.abc import Callable
from uuid import UUID

import pytest

from apps.accounts.models import User
from apps.core.paging import newest_page

pytestmark = pytest.mark.django_db


def walk(limit: int) -> list[list[str]]:
    pages: list[list[str]] = []
    before: UUID | None = None
    while True:
        found, before = newest_page(User.objects.all(), before=before, limit=limit)
        pages.append([user.email for user in found])
        if before is None:
            return pages


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, [0]), (1, [1]), (2, [2]), (3, [2, 1]), (4, [2, 2])]
)
def test_pages_hold_every_row_once_newest_first(count: int, sizes: list[int]) -> None:
    made = [User.objects.create_user(f"u{number}@x.example", None).email for number in range(count)]

    pages = walk(2)

    assert [len(page) for page in pages] == sizes
    assert [email for page in pages for email in page] == made[::-1]


def test_a_page_is_one_query(django_assert_num_queries: Callable[[int], object]) -> None:
    User.objects.create_user("u@x.example", None)

    with django_assert_num_queries(1):  # type: ignore[attr-defined]  # a context manager
        newest_page(User.objects.all(), before=None, limit=2)

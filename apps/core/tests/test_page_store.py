"""The store of public pages: valid while nothing that they show has changed, whoever comes first."""

import time
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import transaction

from apps.core import page_store
from apps.core.events import Event
from apps.core.outbox import emit
from apps.core.page_store import EVERYTHING, Found, forget_pages, keep, look_up
from apps.core.redis import client
from apps.core.tests.world import ThingChanged


def _look(key: str = "page:a", **given: Any) -> Found:
    return look_up(key=key, rule="page", subject="203.0.113.1", **given)


def _keep(key: str = "page:a", *, tags: tuple[str, ...] = ("thing:1",), **given: Any) -> int:
    """Build and keep a page; return its moment."""
    moment = _look(key).moment
    assert moment is not None
    keep(key=key, page=b"page", tags=tags, moment=moment, **({"seconds": 60} | given))
    return moment


def _is_there(key: str = "page:a") -> bool:
    return _look(key).page is not None


def _keys() -> set[str]:
    return {key.decode() for key in client(configured.RATE_LIMIT_REDIS_URL).keys("page:*")}


@pytest.fixture(autouse=True)
def _no_transaction(db: None) -> None:
    """Callbacks of a commit run at once where nothing waits for it; `db` lets look whether it does."""


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Any:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def _forget(committed: Any, *tags: str) -> None:
    with committed():
        forget_pages(*tags)


def test_page_is_there_until_one_of_its_tags_changes(committed: Any) -> None:
    _keep(tags=("thing:1", "thing:2"))
    _keep("page:b", tags=("thing:3",))

    _forget(committed, "thing:9")
    assert (_is_there(), _is_there("page:b")) == (True, True)
    _forget(committed, "thing:2")
    assert (_is_there(), _is_there("page:b")) == (False, True)
    _keep()
    assert _is_there()


def test_every_page_names_everything(committed: Any) -> None:
    _keep(tags=())

    _forget(committed, EVERYTHING)

    assert not _is_there()


def test_page_that_was_read_before_a_change_is_stale_even_where_it_is_kept_after_it(
    committed: Any,
) -> None:
    moment = _look().moment
    assert moment is not None
    _forget(committed, "thing:1")

    keep(key="page:a", page=b"old", tags=["thing:1"], moment=moment, seconds=60)
    assert not _is_there()

    # The control: with a moment taken after the reading the old page would be answered.
    late = _look().moment
    assert late is not None
    keep(key="page:a", page=b"old", tags=["thing:1"], moment=late, seconds=60)
    assert _look().page == b"old"


def test_change_that_is_rolled_back_forgets_nothing(committed: Any) -> None:
    _keep()
    with committed():
        with pytest.raises(RuntimeError), transaction.atomic():
            forget_pages("thing:1")
            raise RuntimeError
        forget_pages("thing:2")
    assert _is_there()


def test_changes_of_one_transaction_are_told_at_once(committed: Any) -> None:
    _keep()
    _keep("page:b", tags=("thing:2",))
    with committed() as waiting:
        forget_pages("thing:1")
        forget_pages("thing:2")
    assert len(waiting) == 1
    assert (_is_there(), _is_there("page:b")) == (False, False)


def test_page_lost_its_record_of_changes_and_counts_for_nothing() -> None:
    """An evicted record must not make an old page valid again."""
    _keep()

    client(configured.RATE_LIMIT_REDIS_URL).delete("pages:changes")

    assert not _is_there()
    assert not _is_there()
    _keep()
    assert _is_there()


def test_changes_are_remembered_for_as_long_as_an_older_page_may_live(
    committed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _keep()
    _forget(committed, "thing:1")
    monkeypatch.setattr(page_store, "LIFE_SECONDS", 0.01)
    time.sleep(0.03)
    _forget(committed, "thing:2")

    names = client(configured.RATE_LIMIT_REDIS_URL).zrange("pages:changes", 0, -1)
    assert set(names) == {b"born", b"clock", b"thing:2"}


def test_page_dies_at_its_time_counted_from_its_moment() -> None:
    _keep(seconds=0.15)
    assert _is_there()
    time.sleep(0.16)
    assert not _is_there()

    moment = _look().moment
    assert moment is not None
    time.sleep(0.06)
    keep(key="page:a", page=b"page", tags=[], moment=moment, seconds=0.05)
    assert _keys() == set()


def test_pages_are_bounded_in_number_and_size(settings: Any) -> None:
    settings.PUBLIC_PAGES_MAX = 3
    for number, seconds in enumerate((40, 60, 50, 55, 45)):
        _keep(f"page:{number}", seconds=seconds)
    assert _keys() == {"page:1", "page:2", "page:3"} or len(_keys()) == 3

    moment = _look("page:big").moment
    assert moment is not None
    big = b"x" * (page_store.MAX_BYTES + 1)
    keep(key="page:big", page=big, tags=[], moment=moment, seconds=60)
    assert not _is_there("page:big")


def test_page_that_the_asker_has_is_not_sent_again() -> None:
    moment = _keep()
    assert _look().page == b"page"
    assert _look(held_since=moment).page == b""
    assert _look(held_since=moment - 1).page == b"page"


def test_refused_visitor_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    _keep()
    monkeypatch.setitem(configured.RATE_LIMITS, "page", (1, 60))
    found = _look()
    assert (found.verdict.is_allowed, found.page, found.moment) == (False, None, None)


def test_event_forgets_its_pages_with_its_commit(
    committed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        ThingChanged, "page_tags", property(lambda event: (f"thing:{event.thing_id}",))
    )
    assert Event.page_tags.fget(ThingChanged("1")) == ()  # type: ignore[attr-defined]
    _keep()
    with committed():
        emit(ThingChanged("1"))
        assert _is_there()
    assert not _is_there()

"""One committed scene for all tests that walk the routes; each test undoes what it did."""

from collections.abc import Iterator
from typing import Any

import pytest

from marketplace.tests.scene import Scene, committed_scene, without_limits


@pytest.fixture(scope="package")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with committed_scene(django_db_blocker) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_rate_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    without_limits(monkeypatch)

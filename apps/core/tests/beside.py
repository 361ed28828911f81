"""Processes that are started beside a test, on its database; waiting for what they do."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60


def beside() -> dict[str, str]:
    """The environment of a process that is started beside this test."""
    urls = {}
    for name, alias in (("DATABASE_URL", "default"), ("DATABASE_OWNER_URL", "owner")):
        given = settings.DATABASES[alias]
        urls[name] = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**given)
    return os.environ | urls | {"DJANGO_SETTINGS_MODULE": "marketplace.settings.test"}


def until(is_so: Callable[[], bool], what: str, *, every: float = 0.05) -> None:
    """Ask every so many seconds, for a minute at most."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(every)

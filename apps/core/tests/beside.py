"""Processes that are started beside a test, on its database; waiting for what they do."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60


def beside() -> dict[str, str]:
    """The environment of a process that is started beside this test."""
    return os.environ | {
        "DATABASE_URL": database_url("default"),
        "DATABASE_OWNER_URL": database_url("owner"),
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
    }


def database_url(alias: str) -> str:
    """The address of the test's database for the role of `alias`; its host may be a socket's folder."""
    given = settings.DATABASES[alias]
    people = f"{quote(given['USER'])}:{quote(given['PASSWORD'])}"
    host = quote(given["HOST"], safe="")
    return f"postgresql://{people}@:{given['PORT']}/{given['NAME']}?host={host}"


def until(is_so: Callable[[], bool], what: str, *, every: float = 0.05) -> None:
    """Ask every so many seconds, for a minute at most."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(every)

"""Real servers from wheels: PostgreSQL and Valkey for a first start and for the tests.

Invariant: nothing here is imported in production, and a server started here dies with the
process that started it. Data of the demo lives under var/stack and is kept; data of a test run
lives under var/test-stack/<pid> and is thrown away.
"""

import atexit
import json
import os
import shutil
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from marketplace.local_stack.postgres import LocalPostgres
from marketplace.local_stack.valkey import LocalValkey

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))


@dataclass
class Stack:
    """One PostgreSQL (with `settings` beside its own) and one Valkey below `folder`."""

    folder: Path
    database: str
    is_durable: bool
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._postgres = LocalPostgres(
            self.folder / "postgres", is_durable=self.is_durable, settings=self.settings
        )
        # One for each database: what is cached and queued is of that database alone.
        self._valkey = LocalValkey(self.folder / "valkey" / self.database)

    def start(self) -> None:
        """Start what the environment does not name and write the addresses into it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not os.environ.get("DATABASE_URL"):
            self._postgres.start()
            owner_url, app_url = self._postgres.ensure_database(self.database)
            os.environ["DATABASE_OWNER_URL"] = owner_url
            os.environ["DATABASE_URL"] = app_url
        if not os.environ.get("REDIS_URL"):
            os.environ["REDIS_URL"] = self._valkey.start()
        self._address_file.write_text(
            json.dumps({name: os.environ[name] for name in _ADDRESSES if name in os.environ})
        )

    def stop(self) -> None:
        with suppress(FileNotFoundError):
            self._address_file.unlink()
        self._valkey.stop()
        self._postgres.stop()

    def attach(self) -> bool:
        """Use the servers that another process of this checkout has running."""
        try:
            addresses = json.loads(self._address_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return False
        if not all(_answers(url) for url in addresses.values()):
            return False
        os.environ.update(addresses)
        return True

    @property
    def _address_file(self) -> Path:
        return self.folder / "addresses.json"


_ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


def _answers(url: str) -> bool:
    host, _, port = url.rpartition("@")[2].removeprefix("redis://").partition("/")[0].partition(":")
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False


def _is_given() -> bool:
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def demo_stack() -> Stack:
    return Stack(folder=VAR / "stack", database="karvon", is_durable=True)


def ensure_stack() -> None:
    """Give this process a database and a Redis: the given ones, the running ones, or new ones."""
    if _is_given():
        return
    stack = demo_stack()
    if not stack.attach():
        stack.start()
        atexit.register(stack.stop)


def ensure_test_stack() -> None:
    """Give a test run servers of its own.

    Workers of the run inherit the database server (each makes a database in it) and start a Redis
    each, so that one's limits, sessions and cache are not the other's.
    """
    if _is_given():
        _ensure_redis_of_worker()
        return
    folder = VAR / "test-stack" / str(os.getpid())
    stack = Stack(folder=folder, database="karvon", is_durable=False)
    stack.start()

    owner = os.getpid()

    def stop() -> None:
        if os.getpid() == owner:
            stack.stop()
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)


def _ensure_redis_of_worker() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None or os.environ.get("TEST_REDIS_OF") == worker:
        return
    folder = VAR / "test-stack" / str(os.getpid())
    valkey = LocalValkey(folder)
    os.environ |= {"REDIS_URL": valkey.start(), "TEST_REDIS_OF": worker}
    owner = os.getpid()

    def stop() -> None:
        if os.getpid() == owner:
            valkey.stop()
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)

"""A temporary shop over a copy of a kept catalogue: its servers, its processes, its settings.

The web processes run with production's settings behind a proxy that the load generator plays: it
sends the client's address and the scheme. Only the payment sandbox runs with the development's.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from marketplace.local_stack import ROOT, VAR, Stack
from marketplace.local_stack.children import free_port
from marketplace.local_stack.processes import Shop

# Its children are told, since to them VAR_DIR is this folder.
FOLDER = Path(os.environ.get("BENCH_VAR") or VAR / "bench")
DATABASE = "karvon"
DEVELOPMENT, PRODUCTION = "marketplace.settings.dev", "marketplace.settings.prod"
# What one would give PostgreSQL on a machine of its own; statements are counted, BEGIN and COMMIT not.
POSTGRES = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_utility": "off",
}
# While a catalogue is built: little is logged ahead, and nothing of it is kept.
BUILDING = {"wal_level": "minimal", "max_wal_senders": "0", "wal_recycle": "off"}


class BenchShop(Shop):
    """The processes of `make demo`, and a mail server that takes letters and forgets them.

    Production does not know the payment sandbox.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ports["mail"] = free_port(self.ports["stripe"] + 1)

    def commands(self) -> Mapping[str, list[str]]:
        found = dict(super().commands())
        sink = [sys.executable, "-m", "aiosmtpd", "--nosetuid", "--class", "aiosmtpd.handlers.Sink"]
        return found | {
            # With a file it would write all that it knows anew for each order.
            "stripe": [*found["stripe"], "--in-memory", "--settings", DEVELOPMENT],
            "mail": [*sink, "--listen", f"127.0.0.1:{self.ports['mail']}"],
        }

    @property
    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._running.items()}


def new_stack(folder: Path, *, is_durable: bool = True) -> Stack:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    settings = POSTGRES if is_durable else POSTGRES | BUILDING
    return Stack(folder=folder, database=DATABASE, is_durable=is_durable, settings=settings)


def silent_shop(folder: Path) -> BenchShop:
    return BenchShop(var=folder, on_line=lambda _name, _line: None)


@contextmanager
def temporary_stack(kept: Path) -> Iterator[BenchShop]:
    """Start servers over a copy of the kept data; everything is thrown away at the end."""
    folder = FOLDER / f"run-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    stack = new_stack(folder)
    try:
        copy = ("cp", "-a", "--reflink=auto", str(kept / "postgres"), str(folder / "postgres"))
        subprocess.run(copy, check=True)  # noqa: S603  our own folders
        stack.start()
        yield silent_shop(folder)
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


def environment(shop: BenchShop, settings: str = PRODUCTION) -> dict[str, str]:
    """What a process of this shop needs."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": settings,
        "VAR_DIR": str(FOLDER),
        "BENCH_VAR": str(FOLDER),
        "BENCH_FOLDER": str(shop.var),
        "SECRET_KEY": "benchmarks-only-key-of-a-throw-away-database-and-nothing-else",
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRUSTED_PROXY_COUNT": "1",
        "STRIPE_SECRET_KEY": "sk_test_sandbox",
        **shop.environment(),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(shop.ports["mail"]),
        "LOG_FORMAT": "json",
    }


@contextmanager
def running_web() -> Iterator[BenchShop]:
    """Start the processes of the shop whose stack this process stands in; two web workers."""
    shop = silent_shop(Path(os.environ["BENCH_FOLDER"]))
    shop.start(environment(shop))
    try:
        if not shop.is_up():
            raise RuntimeError(f"the shop did not start: {shop.ended() or 'it does not answer'}")
        yield shop
    finally:
        shop.stop()


def manage(shop: BenchShop, *arguments: str) -> None:
    run([str(ROOT / "manage.py"), *arguments], environment(shop, DEVELOPMENT))


def run(arguments: list[str], env: Mapping[str, str], *, is_shown: bool = False) -> None:
    """Run a program of ours to its end.

    :raises RuntimeError: it failed; what it printed is in the message, where it was not shown
    """
    done = subprocess.run(  # noqa: S603  our own programs
        [sys.executable, *arguments],
        env=env,
        cwd=ROOT,
        stdout=None if is_shown else subprocess.PIPE,
        stderr=None if is_shown else subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"{' '.join(arguments)} ended with {done.returncode}\n{done.stdout or ''}"
        )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

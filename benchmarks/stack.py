"""A temporary shop: PostgreSQL that is as durable as production's, Valkey, the demo world, its processes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from marketplace.local_stack import ROOT, VAR, Stack
from marketplace.local_stack.processes import Shop

# Its children are told, since to them VAR_DIR is this folder.
FOLDER = Path(os.environ.get("BENCH_VAR") or VAR / "bench")


@contextmanager
def temporary_shop() -> Iterator[Shop]:
    """Seed a shop; its processes are not started yet."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    folder = FOLDER / str(os.getpid())
    stack = Stack(folder=folder, database="karvon", is_durable=True)
    stack.start()
    shop = Shop(var=folder, on_line=lambda _name, _line: None)
    try:
        _say("preparing the demo world")
        for command in (("migrate", "--database", "owner"), ("prepare",), ("seed_demo",)):
            manage(shop, *command)
        yield shop
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


def child_environment(shop: Shop) -> dict[str, str]:
    """What a process of this shop needs; clients tell their own address, as our proxy would."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        "VAR_DIR": str(FOLDER),
        "BENCH_VAR": str(FOLDER),
        "TRUSTED_PROXY_COUNT": "1",
        "BENCH_FOLDER": str(shop.var),
        **shop.environment(),
    }


@contextmanager
def running_web() -> Iterator[Shop]:
    """Start the processes of the shop whose stack this process stands in; two web workers."""
    shop = Shop(var=Path(os.environ["BENCH_FOLDER"]), on_line=lambda _name, _line: None)
    (FOLDER / "sandbox" / "stripe.json").unlink(missing_ok=True)
    shop.start(child_environment(shop))
    try:
        if not shop.is_up():
            raise RuntimeError("the shop did not start")
        yield shop
    finally:
        shop.stop()


def manage(shop: Shop, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603  our own commands
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=child_environment(shop),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"manage.py {arguments[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

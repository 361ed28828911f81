"""`make demo`: the whole shop in one terminal.

Starts PostgreSQL and Valkey, migrates, seeds the demo world, then runs the shop's processes with
prefixed logs; Ctrl-C stops them all. A start that was cut short is picked up by the next one: every
step may be repeated.
"""

import argparse
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from marketplace.local_stack import ROOT, VAR, Stack
from marketplace.local_stack.children import bound_to_parent
from marketplace.local_stack.processes import Shop

# Changes below these may ask for a migration, a new build or new products.
PREPARED_FROM = ("apps", "locale", "marketplace", "requirements", "static")
COLOURS = {"web": 36, "live": 35, "worker": 33, "beat": 32, "relay": 34, "stripe": 31}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--catalogue", default="")
    options = parser.parse_args()
    catalogue = Path(options.catalogue).resolve() if options.catalogue else None
    if catalogue is not None and not catalogue.is_dir():
        sys.stderr.write(f"There is no catalogue folder {catalogue}.\n")
        return 2
    database = _database_name(catalogue)
    with _alone(), _stack(database):
        shop = Shop(var=VAR, on_line=_print_line, web_port=options.port)
        os.environ |= {"DJANGO_SETTINGS_MODULE": "marketplace.settings.dev", **shop.environment()}
        logins = _prepared(catalogue, VAR / "stack" / f"{database}.json")
        return _run(shop, logins)


def _database_name(catalogue: Path | None) -> str:
    """Each catalogue has a database of its own, so that switching loses nothing."""
    if catalogue is None:
        return "karvon"
    return "karvon_" + re.sub(r"[^a-z0-9]+", "_", catalogue.name.lower()).strip("_")


@contextmanager
def _alone() -> Iterator[None]:
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.stderr.write("The demo runs already in this folder. Stop it first.\n")
            sys.exit(1)
        yield


@contextmanager
def _stack(database: str) -> Iterator[None]:
    stack = Stack(folder=VAR / "stack", database=database, is_durable=True)
    _say("starting PostgreSQL and Valkey")
    try:
        stack.start()
        yield
    except KeyboardInterrupt:
        _say("stopped before the end; make demo goes on from here")
    finally:
        # Pressed again, it must not cut the clean stop short.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        stack.stop()
        _say("stopped; the data is kept under var/")


def _prepared(catalogue: Path | None, note: Path) -> str:
    """Make all that the shop needs and return the table of logins.

    What was made is noted at the very end: a later start with the same files finds it and is quick.
    """
    state = _state_of_files(catalogue)
    with suppress(FileNotFoundError, json.JSONDecodeError):
        kept = json.loads(note.read_text())
        if kept["state"] == state and (VAR / "static").is_dir():
            return str(kept["logins"])
    note.unlink(missing_ok=True)
    _say("preparing the database")
    _manage("migrate", "--database", "owner", "--verbosity", "0")
    _say("preparing fonts, messages and static files")
    _manage("prepare")
    _say("preparing the demo world (the first time takes a minute or two)")
    _manage("seed_demo", *(["--catalogue", str(catalogue)] if catalogue else []))
    logins = _manage("demo_logins", is_read=True)
    note.write_text(json.dumps({"state": state, "logins": logins}))
    return logins


def _state_of_files(catalogue: Path | None) -> str:
    """Return a digest that changes with any file that the database or the built files depend on."""
    digest = sha256(str(catalogue).encode())
    folders = [*(ROOT / name for name in PREPARED_FROM), *([catalogue] if catalogue else [])]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in {".mo", ".pyc"}:
                found = path.stat()
                digest.update(f"{path}:{found.st_size}:{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _manage(*arguments: str, is_read: bool = False) -> str:
    """Run a command apart from the terminal's Ctrl-C, which would end it with a page of traces."""
    process = subprocess.Popen(  # noqa: S603  our own commands
        bound_to_parent([sys.executable, str(ROOT / "manage.py"), *arguments]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if is_read else None,
        start_new_session=True,
        cwd=ROOT,
        text=True,
    )
    try:
        output, _errors = process.communicate()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    if process.returncode:
        raise SystemExit(f"manage.py {arguments[0]} failed; mend it and run make demo again.")
    return output or ""


def _run(shop: Shop, logins: str) -> int:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    shop.start()
    try:
        if shop.is_up(stopping=stopping):
            _say_ready(shop, logins)
        elif not stopping.is_set() and not shop.ended():
            _say("the shop does not answer; stopping")
            return 1
        while not stopping.wait(0.5):
            if name := shop.ended():
                _say(f"{name} ended by itself; stopping the rest")
                return 1
        _say("stopping")
        return 0
    finally:
        shop.stop()


def _print_line(name: str, line: str) -> None:
    prefix = f"{name:>8} | "
    if sys.stdout.isatty():
        prefix = f"\033[{COLOURS.get(name, 37)}m{name:>8}\033[0m | "
    sys.stdout.write(f"{prefix}{line}\n")
    sys.stdout.flush()


def _say(text: str) -> None:
    _print_line("karvon", text)


def _say_ready(shop: Shop, logins: str) -> None:
    _say("ready; Ctrl-C stops it")
    for name, address in (
        ("shop", f"{shop.site_url}/"),
        ("back office", f"{shop.site_url}/backoffice/"),
        ("mailbox", f"{shop.site_url}/mailbox/"),
        ("style guide", f"{shop.site_url}/styleguide/"),
        ("API", f"{shop.site_url}/api/v1/schema/"),
        ("payments", f"{shop.stripe_url}/ (sandbox)"),
    ):
        _say(f"{name:<12} {address}")
    for line in logins.splitlines():
        _say(line)


if __name__ == "__main__":
    sys.exit(main())

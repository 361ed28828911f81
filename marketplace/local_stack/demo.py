"""`make demo`: the whole shop in one terminal.

Starts PostgreSQL and Valkey, migrates, seeds the demo world, then runs web, live, worker, beat, relay
and the payment sandbox as children with prefixed logs; Ctrl-C stops them all. A start that was cut
short is picked up by the next one: every step may be repeated.
"""

import argparse
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from marketplace.local_stack import ROOT, VAR, Stack
from marketplace.local_stack.children import bound_to_parent, free_port

BIN = Path(sys.executable).parent
COLOURS = (36, 35, 33, 32, 34, 31)
UP_SECONDS = 60


@dataclass(frozen=True)
class Child:
    name: str
    command: Sequence[str]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--catalogue", default="")
    options = parser.parse_args()
    catalogue = Path(options.catalogue).resolve() if options.catalogue else None
    if catalogue is not None and not catalogue.is_dir():
        print(f"There is no catalogue folder {catalogue}.", file=sys.stderr)
        return 2
    # Ctrl-C reaches the whole terminal group; children live in groups of their own and are asked by us.
    with _alone(), _stack(_database_name(catalogue)):
        ports = {name: free_port(port) for name, port in _wanted_ports(options.port).items()}
        os.environ |= _environment(ports)
        _prepare(catalogue)
        return _run(_children(ports), ports)


def _wanted_ports(web: int) -> dict[str, int]:
    return {"web": web, "live": web + 1, "stripe": web + 420}


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
            print("The demo runs already in this folder. Stop it first.", file=sys.stderr)
            sys.exit(1)
        yield


@contextmanager
def _stack(database: str) -> Iterator[None]:
    stack = Stack(folder=VAR / "stack", database=database, is_durable=True)
    _say("starting PostgreSQL and Valkey")
    stack.start()
    try:
        yield
    finally:
        stack.stop()
        _say("stopped; the data is kept under var/")


def _environment(ports: dict[str, int]) -> dict[str, str]:
    metrics = VAR / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(parents=True)
    return {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        "SITE_URL": f"http://127.0.0.1:{ports['web']}",
        "LIVE_URL": f"ws://127.0.0.1:{ports['live']}",
        "STRIPE_API_BASE": f"http://127.0.0.1:{ports['stripe']}",
        "STRIPE_WEBHOOK_SECRETS": "whsec_sandbox_demo",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "PYTHONUNBUFFERED": "1",
        "LOG_FORMAT": "console",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }


def _prepare(catalogue: Path | None) -> None:
    _say("preparing the database")
    _manage("migrate", "--database", "owner", "--verbosity", "0")
    _say("preparing fonts, messages and static files")
    _manage("prepare")
    _say("preparing the demo world (the first time takes a minute or two)")
    _manage("seed_demo", *(["--catalogue", str(catalogue)] if catalogue else []))


def _manage(*arguments: str) -> None:
    done = subprocess.run(  # noqa: S603  our own commands
        [sys.executable, str(ROOT / "manage.py"), *arguments], check=False, cwd=ROOT
    )
    if done.returncode:
        raise SystemExit(f"manage.py {arguments[0]} failed; mend it and run make demo again.")


def _children(ports: dict[str, int]) -> list[Child]:
    manage = [sys.executable, str(ROOT / "manage.py")]
    celery = [str(BIN / "celery"), "-A", "marketplace"]
    web = str(ports["web"])
    return [
        Child(
            "web",
            [
                *(str(BIN / "gunicorn"), "marketplace.wsgi:application", "--workers", "2"),
                *("--bind", f"127.0.0.1:{web}", "--log-level", "warning"),
            ],
        ),
        Child(
            "live",
            [
                *(str(BIN / "uvicorn"), "marketplace.asgi:application", "--host", "127.0.0.1"),
                *("--port", str(ports["live"]), "--log-level", "warning"),
                *("--ws-max-size", "65536", "--lifespan", "off"),
            ],
        ),
        Child(
            "worker",
            [
                *(*celery, "worker", "--queues", "money,default,media,bulk"),
                *("--concurrency", "2", "--loglevel", "WARNING"),
            ],
        ),
        Child(
            "beat",
            [
                *(*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""),
                *("--schedule", str(VAR / "beat-schedule")),
            ],
        ),
        Child("relay", [*manage, "relay"]),
        Child(
            "stripe",
            [
                *(*manage, "sandbox_stripe", "--port", str(ports["stripe"])),
                *("--webhook-url", f"http://127.0.0.1:{web}/webhooks/stripe/"),
            ],
        ),
    ]


def _run(children: list[Child], ports: dict[str, int]) -> int:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    running: dict[str, subprocess.Popen[bytes]] = {}
    for index, child in enumerate(children):
        running[child.name] = process = subprocess.Popen(  # noqa: S603  our own commands
            bound_to_parent(child.command),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd=ROOT,
        )
        threading.Thread(
            target=_copy_log, args=(child.name, process, COLOURS[index]), daemon=True
        ).start()
    failed = _watch(running, ports, stopping)
    _end_all(running)
    return 1 if failed else 0


def _watch(
    running: dict[str, subprocess.Popen[bytes]], ports: dict[str, int], stopping: threading.Event
) -> bool:
    """Wait for Ctrl-C; true when a child ended by itself."""
    if _wait_until_up(ports["web"], stopping):
        _say_ready(ports)
    while not stopping.wait(0.5):
        for name, process in running.items():
            if process.poll() is not None:
                _say(f"{name} ended with code {process.returncode}; stopping the rest")
                return True
    _say("stopping")
    return False


def _wait_until_up(port: int, stopping: threading.Event) -> bool:
    deadline = time.monotonic() + UP_SECONDS
    while time.monotonic() < deadline and not stopping.is_set():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=2):  # noqa: S310
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def _end_all(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + 12
    for process in running.values():
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _copy_log(name: str, process: subprocess.Popen[bytes], colour: int) -> None:
    is_terminal = sys.stdout.isatty()
    prefix = f"\033[{colour}m{name:>7}\033[0m | " if is_terminal else f"{name:>7} | "
    for line in process.stdout or []:
        sys.stdout.write(prefix + line.decode(errors="replace"))
        sys.stdout.flush()


def _say(text: str) -> None:
    sys.stdout.write(f"  karvon | {text}\n")
    sys.stdout.flush()


def _say_ready(ports: dict[str, int]) -> None:
    site = f"http://127.0.0.1:{ports['web']}"
    rows = [
        ("shop", f"{site}/"),
        ("back office", f"{site}/backoffice/"),
        ("mailbox", f"{site}/mailbox/"),
        ("style guide", f"{site}/styleguide/"),
        ("API", f"{site}/api/v1/schema/"),
        ("payments", f"http://127.0.0.1:{ports['stripe']}/ (sandbox)"),
    ]
    _say("ready, Ctrl-C stops it")
    for name, address in rows:
        _say(f"{name:<12} {address}")
    _manage("demo_logins")


if __name__ == "__main__":
    sys.exit(main())

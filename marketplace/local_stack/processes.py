"""The shop's processes on one machine: the same for the demo and for browser tests.

Invariant: every child leads a process group of its own, hears of its parent's death from the kernel,
and is gone when `stop` returns.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from marketplace.local_stack.children import bound_to_parent, free_port

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
UP_SECONDS = 120
STOP_SECONDS = 12
WEBHOOK_SECRET = "whsec_sandbox_demo"  # noqa: S105  the sandbox's own
CONNECT_SECRET = "whsec_sandbox_connect_demo"  # noqa: S105  the sandbox's own

OnLine = Callable[[str, str], None]


def web_command(application: str, port: str, *, workers: int) -> list[str]:
    """Return what serves a WSGI application on this machine as production does."""
    return [
        *(str(BIN / "granian"), application, "--interface", "wsgi"),
        *("--workers", str(workers), "--blocking-threads", "1"),
        *("--host", "127.0.0.1", "--port", port, "--http", "1", "--no-ws"),
        *("--respawn-failed-workers", "--log-level", "warning"),
    ]


@dataclass
class Shop:
    """`on_line(process, line)` hears every line that a process prints."""

    var: Path
    on_line: OnLine
    web_port: int = 0
    web_workers: int = 2
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Each is looked for above the one before, so that none is given out twice.
        web = free_port(self.web_port)
        live = free_port(web + 1 if self.web_port else 0)
        stripe = free_port(max(self.web_port + 420, live + 1) if self.web_port else 0)
        self.ports = {"web": web, "live": live, "stripe": stripe}

    @property
    def site_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['web']}"

    @property
    def stripe_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['stripe']}"

    def environment(self) -> dict[str, str]:
        metrics = self.var / "metrics"
        metrics.mkdir(parents=True, exist_ok=True)
        for old in metrics.glob("*.db"):
            old.unlink()
        return {
            "SITE_URL": self.site_url,
            "LIVE_URL": f"ws://127.0.0.1:{self.ports['live']}",
            "STRIPE_API_BASE": self.stripe_url,
            "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
            "STRIPE_CONNECT_WEBHOOK_SECRETS": CONNECT_SECRET,
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
            "PYTHONUNBUFFERED": "1",
            # On one's own machine a demo may be root's.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
            "LOG_FORMAT": "console",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        }

    def commands(self) -> Mapping[str, list[str]]:
        manage = [sys.executable, str(ROOT / "manage.py")]
        celery = [str(BIN / "celery"), "-A", "marketplace", "--quiet"]
        web, live, stripe = (str(self.ports[name]) for name in ("web", "live", "stripe"))
        return {
            "stripe": [
                *(*manage, "sandbox_stripe", "--port", stripe),
                *("--webhook-url", f"{self.site_url}/webhooks/stripe/"),
            ],
            "web": web_command("marketplace.wsgi:application", web, workers=self.web_workers),
            "live": [
                *(str(BIN / "uvicorn"), "marketplace.asgi:application", "--host", "127.0.0.1"),
                *("--port", live, "--log-level", "warning"),
                *("--ws-max-size", "65536", "--lifespan", "off"),
            ],
            "worker": [
                *(*celery, "worker", "--queues", "money,default,media,bulk"),
                *("--concurrency", "2", "--loglevel", "WARNING"),
            ],
            "beat": [
                *(*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""),
                *("--schedule", str(self.var / "beat-schedule")),
            ],
            "relay": [*manage, "relay"],
        }

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        environment = environment or os.environ | self.environment()
        for name, command in self.commands().items():
            self._running[name] = process = subprocess.Popen(  # noqa: S603  our own commands
                bound_to_parent(command),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd=ROOT,
                env=environment,
            )
            threading.Thread(target=self._listen, args=(name, process), daemon=True).start()

    def is_up(self, *, stopping: threading.Event | None = None) -> bool:
        """Wait until pages and payments answer; false when that takes too long or one ended."""
        deadline = time.monotonic() + UP_SECONDS
        waiting = [f"{self.site_url}/ping", f"{self.stripe_url}/"]
        while waiting and time.monotonic() < deadline and not self.ended():
            if stopping and stopping.is_set():
                return False
            waiting = [url for url in waiting if not _answers(url)]
            time.sleep(0.1)
        return not waiting

    def ended(self) -> str | None:
        """Return the name of a process that ended by itself."""
        return next((n for n, p in self._running.items() if p.poll() is not None), None)

    def kill(self, name: str) -> None:
        """End one process without a word, as a crash would."""
        os.killpg(self._running[name].pid, signal.SIGKILL)
        self._running.pop(name).wait()

    def stop(self) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()

    def _listen(self, name: str, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                self.on_line(name, line.decode(errors="replace").rstrip("\n"))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False

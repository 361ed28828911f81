"""Two web processes on the test's database, and clients that come to them over HTTP.

The limiter is on: each client stands behind our one trusted proxy, which tells its address.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from apps.core.tests.beside import database_url
from marketplace.local_stack import ROOT
from marketplace.local_stack.children import bound_to_parent, end, free_port
from marketplace.tests.api_client import API, ApiClient

UP_SECONDS = 60
ANSWER_SECONDS = 60
# How long a client goes on with a request whose connection was lost or whose twin is under way.
INSIST_SECONDS = 90


@dataclass
class WebProcesses:
    """Two workers of one thread, as production has them of granian; gunicorn preloads, so both are there at once."""

    url: str
    process: subprocess.Popen[bytes]

    def worker_ids(self) -> list[int]:
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill(self, worker_id: int) -> None:
        """End a worker without a word; the master starts another in its place."""
        os.kill(worker_id, signal.SIGKILL)


@contextmanager
def running_web(
    folder: Path, *, application: str = "marketplace.wsgi:application", **environment: str
) -> Iterator[WebProcesses]:
    """Start the processes; `environment` goes to them alone (PAUSE_..., STRIPE_API_BASE)."""
    port = free_port()
    command = [
        *(str(Path(sys.executable).parent / "gunicorn"), application),
        # Preloaded: both are there at once, and so is the one that follows a killed one.
        *("--workers", "2", "--preload", "--bind", f"127.0.0.1:{port}", "--timeout", "120"),
        *("--log-level", "error", "--worker-tmp-dir", "/dev/shm"),  # noqa: S108  gunicorn's advice
    ]
    log = folder / "web.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            bound_to_parent(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=ROOT,
            env=_environment(environment, f"http://127.0.0.1:{port}"),
        )
    web = WebProcesses(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_up(web, log)
        yield web
    finally:
        end(process)


def _environment(given: Mapping[str, str], url: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
        "DATABASE_URL": database_url("default"),
        "SITE_URL": url,
        "TRUSTED_PROXY_COUNT": "1",
        "LOG_LEVEL": "ERROR",
        **given,
    }


def _wait_until_up(web: WebProcesses, log: Path) -> None:
    deadline = time.monotonic() + UP_SECONDS
    while time.monotonic() < deadline and web.process.poll() is None:
        try:
            if HttpClient(web.url, "10.254.0.1").get("/ping").status_code == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the web processes did not start:\n{log.read_text()[-2000:]}")


@dataclass
class Answer:
    """What ApiClient's callers read of an answer."""

    status_code: int
    headers: http.client.HTTPMessage
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)

    def __getitem__(self, name: str) -> str:
        return str(self.headers[name])

    def __contains__(self, name: str) -> bool:
        return name in self.headers


class HttpClient(ApiClient):
    """One person over HTTP, with an address of their own."""

    def __init__(self, url: str, address: str) -> None:
        self.headers = {}
        self.address = address
        self.url = url

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=ANSWER_SECONDS)
        try:
            connection.request(
                method,
                path if path.startswith("/") else API + path,
                None if body is None else raw,
                {"Content-Type": "application/json", "X-Forwarded-For": self.address}
                | self.headers
                | {name.replace("_", "-"): value for name, value in headers.items()},
            )
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def insist(self, checkout_id: str, digest: str, *, key: str) -> Answer:
        """Place an order as an app does: the same key again while the outcome is not known."""
        deadline = time.monotonic() + INSIST_SECONDS
        while True:
            try:
                answer = self.place(checkout_id, digest, key=key)
            except (OSError, http.client.HTTPException):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
                continue
            is_busy = answer.status_code == 409 and "Retry-After" in answer
            if not is_busy or time.monotonic() > deadline:
                return answer
            time.sleep(float(answer["Retry-After"]))

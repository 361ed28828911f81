"""The server: threads of the standard library, no framework, no session."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import structlog

from apps.sandbox.stripe import control, pages
from apps.sandbox.stripe.api import Api
from apps.sandbox.stripe.engine import Engine
from apps.sandbox.stripe.faults import Faults
from apps.sandbox.stripe.store import Store
from apps.sandbox.stripe.webhooks import Deliverer
from apps.sandbox.stripe.wire import Request, Response

log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 1024 * 1024
DEFAULT_SECRET = "whsec_sandbox_demo"  # noqa: S105  the sandbox's own
CONNECT_SECRET = "whsec_sandbox_connect_demo"  # noqa: S105  the sandbox's own


class Sandbox:
    """A running server: `url`, the engine behind it, start and stop."""

    def __init__(
        self,
        *,
        port: int = 0,
        webhook_url: str = "",
        secret: str = DEFAULT_SECRET,
        connect_secret: str = CONNECT_SECRET,
        file: Path | None = None,
    ) -> None:
        self._http = _Server(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self.store, self.faults = Store(file), Faults()
        self.deliverer = Deliverer(
            store=self.store,
            faults=self.faults,
            url=webhook_url,
            secret=secret,
            connect_secret=connect_secret,
        )
        self.engine = Engine(
            store=self.store, faults=self.faults, deliverer=self.deliverer, base_url=self.url
        )
        self.api = Api(self.engine)
        self._http.sandbox = self
        self._stopped = Event()

    def start(self) -> None:
        self.deliverer.start()
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        Thread(target=self._tick, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()
        self.deliverer.stop()

    def wait(self) -> None:
        self._stopped.wait()

    def _tick(self) -> None:
        while not self._stopped.wait(1.0):
            with self.store.lock:
                self.engine.expire_due()
                self.engine.connect.settle_due()
                self.engine.disputes.expire_due()

    def answer(self, request: Request) -> Response:
        if request.path.startswith("/v1/"):
            return self.api.answer(request)
        if request.path.startswith(control.PREFIX):
            return control.answer(self.engine, request)
        return pages.answer(self.engine, request)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    sandbox: Sandbox


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "sandbox"

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY_BYTES:
            self.send_error(413)
            return
        target = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=target.path,
            query=target.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        response = self.server.sandbox.answer(request)
        if response.is_dropped:
            time.sleep(response.hang_seconds)
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815  names of http.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        log.debug("sandbox_request", line=format % args)

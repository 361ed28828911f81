"""Reads pages as the web server does: through the front that answers the kept ones."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from apps.core.metrics import pages_total
from marketplace.tests import access
from marketplace.wsgi import application


@dataclass(frozen=True)
class Read:
    """What came back; `is_kept` tells that no view was asked."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_kept: bool

    @property
    def html(self) -> str:
        packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


def read(
    address: str, *, method: str = "GET", app: Any = application, remote: str = "", **headers: str
) -> Read:
    """Ask for an address; headers are written with underscores (`If_None_Match`)."""
    named = {"Host": "testserver"} | {k.replace("_", "-"): v for k, v in headers.items()}
    environ = (
        RequestFactory()
        .generic(method, address, headers=named, REMOTE_ADDR=remote or "127.0.0.1")
        .environ
    )
    begun: list[Any] = []
    before = kept_count()
    with _one_connection():
        answer = app(environ, lambda status, headers, *_info: begun.extend((status, headers)))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
    status, sent = begun
    return Read(int(status[:3]), dict(sent), body, is_kept=kept_count() > before)


@contextmanager
def _one_connection() -> Iterator[None]:
    """Leave the test's connection open, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def kept_count() -> float:
    """Ask this counter alone: a process full of other tests has thousands of samples."""
    (counter,) = pages_total.labels("kept").collect()
    return next(s.value for s in counter.samples if s.name.endswith("_total"))


def rendered(address: str, currency: str = "") -> str:
    """Return the page as it is now, asked past the store."""
    request = RequestFactory().get(address)
    if currency:
        request.COOKIES["currency"] = currency
    html: str = access._handler().get_response(request).content.decode()
    return html

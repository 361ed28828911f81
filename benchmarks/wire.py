"""Requests as bytes, with the headers that a proxy of ours adds: whole, so that sending costs nothing."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Request:
    """`address` is the client's; the next unused one where it is left out."""

    path: str
    method: str = "GET"
    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    address: str = ""

    def all_headers(self) -> dict[str, str]:
        found = {
            "X-Forwarded-For": self.address or next_address(),
            "X-Forwarded-Proto": "https",
            "Accept-Encoding": "gzip",
            **self.headers,
        }
        if self.cookies:
            found["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.body:
            found["Content-Length"] = str(len(self.body))
        return found

    def encoded(self, host: str) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.all_headers().items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def next_address() -> str:
    """An address per virtual user: the limiter is on, and a benchmark is not one visitor."""
    return "10.{}.{}.{}".format(*os.urandom(3))


def write(requests: Iterable[Request], host: str, path: Path) -> None:
    """Write them as wrk/requests.lua reads them."""
    with path.open("wb") as file:
        for request in requests:
            encoded = request.encoded(host)
            file.write(b"%d\n%b" % (len(encoded), encoded))

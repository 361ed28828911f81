"""The one way out: HTTP to other systems with time-outs, bounded retries and a breaker.

Invariant: no redirect is followed, and an address inside our network is reached only where the
caller's base address is one of settings (allow_private), never by a URL that somebody sent. The
address that was checked is the one that is connected to: a name that is answered differently the
next moment leads nowhere.
"""

import ipaddress
import socket
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog

log = structlog.get_logger(__name__)


class ProviderError(Exception):
    """Base of the three ways in which another system can fail us."""


class ProviderRetryable(ProviderError):
    """It did not happen: nothing was sent or the other side refused for now."""


class ProviderPermanent(ProviderError):
    """It will not happen: asking again gives the same answer."""


class ProviderUnknown(ProviderError):
    """It may have happened: ask for the outcome, never resend blindly."""


class ForbiddenAddress(ProviderPermanent):
    """The URL leads to an address that is not public."""


@dataclass
class Breaker:
    """Opens after `threshold` failures in a row; then one probe every `pause_seconds`."""

    threshold: int = 5
    pause_seconds: float = 10.0
    _failures: int = field(default=0, init=False)
    _probe_at: float = field(default=0.0, init=False)

    def check(self) -> None:
        """:raises ProviderRetryable: the breaker is open"""
        if self._failures >= self.threshold and time.monotonic() < self._probe_at:
            raise ProviderRetryable("breaker open")
        if self._failures >= self.threshold:
            self._probe_at = time.monotonic() + self.pause_seconds

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        self._probe_at = time.monotonic() + self.pause_seconds


# Global unicast; 6to4 in it carries any IPv4 address, so it is left out.
_IPV6_PUBLIC = ipaddress.ip_network("2000::/3")


def is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        return parsed.is_global and parsed in _IPV6_PUBLIC and parsed.sixtofour is None
    return parsed.is_global and not parsed.is_multicast


def public_address(url: str) -> str:
    """Resolve the host once and return the address to connect to.

    :raises ForbiddenAddress: another scheme, credentials in the URL, or a non-public address
    :raises ProviderRetryable: the name is not known now
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise ForbiddenAddress(url) from None
    if parts.scheme != "https" or "@" in parts.netloc or not parts.hostname:
        raise ForbiddenAddress(url)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ProviderRetryable(str(error)) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise ForbiddenAddress(url)
    return addresses[0]


class OutgoingClient:
    """A client of one system. Give it a key for idempotent writes and it may retry them."""

    def __init__(
        self,
        *,
        base_url: str,
        timeout_seconds: float = 30,
        allow_private: bool = False,
        max_attempts: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.allow_private = allow_private
        self.breaker = Breaker()
        self.max_attempts = max_attempts
        self._client = httpx.Client(
            base_url=base_url,
            timeout=httpx.Timeout(timeout_seconds, connect=5),
            follow_redirects=False,
            limits=httpx.Limits(max_connections=20),
            transport=transport,
        )

    def request(
        self,
        method: str,
        path: str,
        *,
        is_repeatable: bool = False,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Send; retry connection errors always, time-outs, 429 and 5xx only where `is_repeatable`.

        :raises ProviderRetryable: no connection, or the breaker is open
        :raises ProviderUnknown: sent, and no readable answer
        :raises ForbiddenAddress: the base address is not public, and need be
        """
        if not path.startswith("/"):
            raise ValueError(f"{path!r} is not a path below the base address")
        self.breaker.check()
        for attempt in range(1, self.max_attempts + 1):
            is_last = attempt == self.max_attempts
            try:
                response = self._send(method, path, headers=headers, content=content)
            except (httpx.ConnectError, httpx.ConnectTimeout, ProviderRetryable) as error:
                self.breaker.failed()
                if is_last:
                    raise ProviderRetryable(str(error)) from error
            except httpx.TransportError as error:
                self.breaker.failed()
                if is_last or not is_repeatable:
                    raise ProviderUnknown(str(error)) from error
            else:
                if (
                    response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
                    and response.status_code != HTTPStatus.TOO_MANY_REQUESTS
                ):
                    self.breaker.succeeded()
                    return response
                self.breaker.failed()
                if is_last or not is_repeatable:
                    return response
            time.sleep(min(0.25 * 2**attempt, 2))
        raise AssertionError("unreachable")

    def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        request = self._client.build_request(method, path, **given)
        if not self.allow_private:
            # The certificate and the Host header keep the name; the connection takes the address.
            request.extensions["sni_hostname"] = request.url.host
            request.url = request.url.copy_with(host=public_address(str(request.url)))
        return self._client.send(request)

    def close(self) -> None:
        self._client.close()

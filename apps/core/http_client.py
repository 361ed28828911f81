"""The one way out: HTTP to other systems with time-outs, bounded retries and a breaker.

Invariant: no redirect is followed, and an address inside our network is reached only where the
caller's base address is one of settings (allow_private), never by a URL that somebody sent.
"""

import ipaddress
import socket
import time
from dataclasses import dataclass, field
from http import HTTPStatus
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


def assert_public(url: str) -> str:
    """Resolve the host once and return the address to connect to.

    :raises ForbiddenAddress: another scheme, credentials in the URL, or a non-public address
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.username or not parts.hostname:
        raise ForbiddenAddress(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ProviderRetryable(str(error)) from error
    addresses = {str(entry[4][0]) for entry in found}
    if not addresses or not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise ForbiddenAddress(url)
    return min(addresses)


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
        if not allow_private:
            assert_public(base_url)
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
        """
        self.breaker.check()
        for attempt in range(1, self.max_attempts + 1):
            is_last = attempt == self.max_attempts
            try:
                response = self._client.request(method, path, headers=headers, content=content)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
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

"""The front of the web process: a kept public page is answered here, before Django sees the request.

What it shares with the middleware of a rendered page: the count of the limiter (`page`), the number of
the request, metrics and the log.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http.cookie import parse_cookie

from apps.core import metrics, page_store, rate_limit
from apps.core.page_store import Found
from apps.core.rate_limit import Verdict
from apps.core.web.caching import known_query
from apps.core.web.pages import Page
from apps.core.web.site import site_version
from apps.core.web.traffic import UNLIMITED, note_answer, open_request

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

LOOKED_UP = "core.looked_up"
_NOT_PAGES = (*UNLIMITED, "/api/", "/webhooks/")
# Pages that a process remembers, so that Redis says only whether they still hold.
_HELD_PAGES = 256
_MAX_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Left in the environ for the middleware: the limiter's verdict, and where the page belongs.

    `key` is empty where the page cannot be kept; `moment` is when its building begins.
    """

    verdict: Verdict
    key: str
    moment: int | None
    begun_at: float


class KeptPages:
    """Wrap a WSGI application; `forgetters` drop what this process remembers of what pages show."""

    def __init__(
        self, application: Application, forgetters: Iterable[Callable[[], None]] = ()
    ) -> None:
        self._application = application
        self._forgetters = tuple(forgetters)
        self._version = site_version()
        self._held: OrderedDict[str, tuple[int, Page]] = OrderedDict()
        self._everything_changed_at = 0

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or environ["PATH_INFO"].startswith(
            _NOT_PAGES
        ):
            return self._application(environ, start_response)
        started, begun_at = time.perf_counter(), time.time()
        key = self._key(environ)
        address = rate_limit.client_address(environ)
        found, page = self._find(key, address)
        if page is None:
            metrics.pages_total.labels("rendered").inc()
            self._forget_old(found.everything_changed_at)
            environ[LOOKED_UP] = LookedUp(found.verdict, key, found.moment, begun_at)
            return self._application(environ, start_response)
        status, headers, body = page.answer(environ)
        headers += [
            ("RateLimit-Limit", str(found.verdict.limit)),
            ("RateLimit-Remaining", str(found.verdict.remaining)),
            ("X-Request-Id", open_request(environ, address)),
        ]
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        metrics.pages_total.labels("kept").inc()
        note_answer(
            method=environ["REQUEST_METHOD"],
            path=environ["PATH_INFO"],
            route=page.route,
            status=status,
            seconds=time.perf_counter() - started,
        )
        return [body]

    def _find(self, key: str, address: str) -> tuple[Found, Page | None]:
        since, page = self._held.get(key, (0, None))
        found = page_store.look_up(
            key=key,
            rule="page",
            subject=rate_limit.address_subject(address),
            held_since=since,
        )
        if found.page is None or not key:
            return found, None
        if found.page:
            page = Page.from_bytes(found.page)
            self._held[key] = (found.moment or 0, page)
            if len(self._held) > _HELD_PAGES:
                self._held.popitem(last=False)
        return found, page

    def _forget_old(self, changed_at: int) -> None:
        if changed_at > self._everything_changed_at:
            self._everything_changed_at = changed_at
            for forget in self._forgetters:
                forget()

    def _key(self, environ: dict[str, Any]) -> str:
        """Name the page: what it is made from and nothing else; empty where none could be kept."""
        query, path = environ.get("QUERY_STRING", ""), environ["PATH_INFO"]
        if len(query) + len(path) > _MAX_ADDRESS:
            return ""
        try:
            query = known_query(query)
        except ValueError:
            return ""
        proxied, secure = settings.SECURE_PROXY_SSL_HEADER or ("", "")
        parts = [
            self._version,
            environ.get("wsgi.url_scheme", ""),
            str(environ.get(proxied) == secure),
            environ.get("HTTP_HOST", ""),
            environ.get("SCRIPT_NAME", ""),
            path,
            query,
            *_cookies(environ.get("HTTP_COOKIE", "")),
        ]
        digest = hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=16)
        return f"page:{digest.hexdigest()}"


def _cookies(sent: str) -> Iterable[str]:
    """Return the cookies that public pages differ by; a value that is none of theirs counts as none."""
    found = parse_cookie(sent) if sent else {}
    for name, values in settings.PUBLIC_PAGE_COOKIES.items():
        value = found.get(name, "")
        yield value if value in values else ""

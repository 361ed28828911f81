"""The authorisation matrix: reading the table, walking the routes, calling them as each actor.

An outcome is a class of answer: `ok` (2xx), `login` (led to sign in), `led` (led elsewhere), else the
status code; for sockets `ok` or the code of the close.
"""

import json
import re
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache as cache_once
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from apps.core.tests.undoing import rolled_back
from marketplace.live import websocket_routes

TABLE = Path(__file__).with_name("access_matrix.toml")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ADMIN_KINDS = ("changelist", "add", "change", "delete", "history", "short")
ACTORS = (
    "anonymous", "inactive", "link_holder", "customer", "other_customer", "seller_owner",
    "seller_staff", "other_seller", "courier", "support", "arbiter", "moderator", "analyst",
    "superadmin",
)  # fmt: skip
Groups = dict[str, tuple[str, ...]]
_SIGN_IN = re.compile(r"^(/\w\w/account|/backoffice)/login/")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()\[]|\[[^]]*\])*\)")


@dataclass(frozen=True)
class Route:
    """`address` is the pattern in a readable form; `model` and `kind` are set for generated pages."""

    address: str
    model: str = ""
    kind: str = ""


def routes(patterns: Any = None) -> list[Route]:
    """Every route of this deployment but the development app's, sockets included."""
    found = _http_routes(patterns or get_resolver().url_patterns, "/")
    sockets = [Route("/" + _readable(str(one.pattern))) for one in websocket_routes]
    return [*found, *sockets]


def _http_routes(patterns: Any, prefix: str) -> Iterator[Route]:
    for one in patterns:
        address = prefix + _readable(str(one.pattern))
        if isinstance(one, URLResolver):
            yield from _http_routes(one.url_patterns, address)
        elif isinstance(one, URLPattern) and not _is_of_development(one.callback):
            yield _route(address, one)


def _route(address: str, one: URLPattern) -> Route:
    model_admin = getattr(one.callback, "model_admin", None)
    kind = (one.name or "short").rpartition("_")[2]
    if model_admin is None or kind not in ADMIN_KINDS:
        return Route(address)
    return Route(address, model=model_admin.model._meta.label, kind=kind)


def _is_of_development(view: Any) -> bool:
    return view.__module__.startswith(("apps.sandbox", "django.views.static"))


def _readable(pattern: str) -> str:
    """Write a path or an expression as /orders/<group_id>/."""
    plain = _GROUP.sub(r"<\1>", pattern.removeprefix("^").removesuffix("$"))
    return _PARAMETER.sub(r"<\1>", plain)


@dataclass
class Row:
    """What a route answers: method -> actor -> outcome; `send` is what is posted.

    `places` puts other ids than the usual into the address.
    """

    outcomes: dict[str, dict[str, str]]
    send: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


@dataclass
class Table:
    """Rows by address, and the generated pages of the back office by model and kind."""

    groups: Groups
    rows: dict[str, Row]
    models: dict[str, dict[str, Row]]


def load(text: str | None = None) -> Table:
    raw = tomllib.loads(text if text is not None else TABLE.read_text())
    groups: Groups = {}
    for name, members in raw["actors"].items():
        groups[name] = _members(members, groups)
    rows: dict[str, Row] = {}
    for section in raw["section"]:
        shared = {key: value for key, value in section.items() if key not in {"title", "routes"}}
        for address, own in section["routes"].items():
            assert address not in rows, f"{address} has two rows"
            rows[address] = _row(shared | own, groups)
    office = raw["backoffice"]
    groups["strangers"] = _members(office["strangers"], groups)
    models = {
        label: _pages(office["pages"], groups | _rights(rights, groups))
        for label, rights in office["models"].items()
    }
    return Table(groups, rows, models)


def _rights(rights: dict[str, str], groups: Groups) -> Groups:
    """The right to view is the superadmin's where a row names nobody; the others are nobody's."""
    given = {"view": "superadmin", "add": "", "change": ""} | rights
    return {name: _members(names, groups) for name, names in given.items()}


def _pages(pages: dict[str, dict[str, str]], groups: Groups) -> dict[str, Row]:
    found = {}
    for kind, given in pages.items():
        tried = set(_members(given.get("tried", "office strangers"), groups))
        rules = {method: rule for method, rule in given.items() if method in METHODS}
        found[kind] = Row({m: _among(tried, outcomes(rule, groups)) for m, rule in rules.items()})
    return found


def _members(text: str, groups: Groups) -> tuple[str, ...]:
    named = [groups.get(name, (name,)) for name in text.split()]
    members = tuple(member for group in named for member in group)
    unknown = set(members) - set(ACTORS)
    assert not unknown, f"unknown actors {sorted(unknown)}"
    return members


def _row(rules: dict[str, Any], groups: Groups) -> Row:
    given = dict(rules)
    send, rest = given.pop("send", {}), given.pop("rest", "")
    places = given.pop("places", {})
    if "WS" in given:
        return Row({"WS": outcomes(given["WS"], groups)})
    assert set(given) <= set(METHODS), f"unknown methods in {sorted(given)}"
    found = {method: outcomes(rule, groups) for method, rule in given.items()}
    for method in METHODS:
        if method not in found:
            found[method] = _among(set(groups["few"]), outcomes(rest, groups))
    return Row(found, send, places)


def _among(actors: set[str], found: dict[str, str]) -> dict[str, str]:
    return {actor: outcome for actor, outcome in found.items() if actor in actors}


def outcomes(rule: str, groups: Groups) -> dict[str, str]:
    """Read "ok: customer readers; 404": the first that names an actor holds, the last may name none."""
    found: dict[str, str] = {}
    for part in rule.split(";"):
        outcome, _colon, names = part.partition(":")
        assert outcome.strip(), f"no outcome in {rule!r}"
        for actor in _members(names, groups) if names else ACTORS:
            found.setdefault(actor, outcome.strip())
    assert set(found) == set(ACTORS), f"{rule!r} says nothing of {set(ACTORS) - set(found)}"
    return found


def outcome_of(answer: HttpResponse) -> str:
    if 200 <= answer.status_code < 300:
        return "ok"
    if 300 <= answer.status_code < 400:
        return "login" if _SIGN_IN.match(answer["Location"]) else "led"
    return str(answer.status_code)


@dataclass
class Person:
    """An actor's tokens: a browser's cookie or an app's header, and a guest's link."""

    name: str
    session_key: str = ""
    order_token: str = ""

    def call(self, method: str, url: str, send: dict[str, Any]) -> HttpResponse:
        """Call a route; whatever it changed is undone.

        Past Django's test client, which copies every template's context: thousands of calls are made.
        """
        request = self._request(method, url, send)
        request._dont_enforce_csrf_checks = True
        with rolled_back():
            answer = _handler().get_response(request)
        if method != "GET" or answer.cookies:
            self._forget_session()
        return answer

    def _request(self, method: str, url: str, send: dict[str, Any]) -> Any:
        is_api = url.startswith(("/api/", "/_allauth/"))
        headers = {"Idempotency-Key": uuid.uuid4().hex, "Sec-Fetch-Site": "same-origin"}
        factory = RequestFactory(REMOTE_ADDR=f"10.9.0.{ACTORS.index(self.name)}")
        if is_api and self.order_token:
            headers["X-Order-Token"] = self.order_token
        elif is_api and self.session_key:
            headers["X-Session-Token"] = self.session_key
        elif self.session_key:
            factory.cookies[settings.SESSION_COOKIE_NAME] = self.session_key
        given: dict[str, Any] = {"headers": headers}
        if is_api and method != "GET":
            given |= {"data": json.dumps(send), "content_type": "application/json"}
        elif method == "POST":
            given["data"] = send
        return getattr(factory, method.lower())(url, **given)

    def _forget_session(self) -> None:
        """Drop what the cache holds of the session: the database has it as it was before."""
        if self.session_key:
            store = import_module(settings.SESSION_ENGINE).SessionStore(self.session_key)
            cache.delete(store.cache_key)


def filled(value: Any, values: dict[str, Any]) -> Any:
    """Put the world's ids in the places that are named {so}."""
    if isinstance(value, dict):
        return {key: filled(one, values) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, values) for one in value]
    return value.format(**values) if isinstance(value, str) else value


def url_of(address: str, values: dict[str, Any]) -> str:
    return _PARAMETER.sub(lambda match: str(values[match[1]]), address)


@cache_once
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler

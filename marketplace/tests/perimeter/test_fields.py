"""S03: a field that nobody asked for changes nothing, and a value of the wrong kind is refused in words.

Every write of the access matrix is sent as it stands, and once more with every column that any table
has, filled with other people's ids, rights, sums and states. What it writes must be the same to the
last value; the API refuses such a body and names every field.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import connection, models
from django.urls import Resolver404, resolve

from marketplace.tests import access
from marketplace.tests.access import ACTORS, Person, filled, url_of
from marketplace.tests.described import body_schema, looked_up
from marketplace.tests.markup import Page
from marketplace.tests.page_kinds import TABLE, pages, place, seen
from marketplace.tests.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access-matrix")]

# Names that no column has, and that other shops have been told.
INVENTED = {
    "amount", "commission", "commission_bps", "discount", "group_id", "groups", "is_admin",
    "is_paid", "owner_id", "price", "price_minor", "role", "state", "total", "total_minor",
    "unit_minor", "user", "user_id", "user_permissions", "verified",
}  # fmt: skip
# Fields that no form shows in this scene: of a list's bar, and of boxes where there is nothing to tick.
UNSHOWN = {
    "/en/seller/<seller_id>/offers/bulk/": {"offer"},
    "/en/seller/<seller_id>/filters/": {"name", "query"},
    "/en/seller/<seller_id>/staff/keepers/<member_id>/": {"warehouse"},
    "/en/seller/orders/<order_id>/documents/": {"parcel"},
}
# Calls that the table makes with too little for anything to be written: by whom, with what.
FULLER: dict[str, tuple[str, dict[str, Any]]] = {
    "/_allauth/app/v1/auth/signup": (
        "anonymous",
        {"email": "new@people.example", "password": "correct horse battery", "full_name": "N"},
    ),
    "/en/account/signup/": (
        "anonymous",
        {"email": "new@people.example", "password1": "correct horse battery", "full_name": "N"},
    ),
    "/api/v1/seller/products/": (
        "seller_owner",
        {"seller_id": "{seller_id}", "title": "Lamp", "language": "en"},
    ),
    "/api/v1/seller/offers/bulk/": (
        "seller_owner",
        {
            "seller_id": "{seller_id}",
            "rows": [{"offer_id": "{offer_id}", "version": 1, "price_minor": 5_000_000}],
        },
    ),
    "/en/seller/<seller_id>/warehouses/new/": (
        "seller_owner",
        {"name": "W", "country": "UZ", "city": "Toshkent", "address": "A 1", "working_days": "1"}
        | {"time_zone": "Asia/Tashkent", "cutoff_hour": "16"},
    ),
}
SUM = 987_654_321
WORD = "canary"
MOMENT = "2001-02-03T04:05:06Z"
WRITES = ("INSERT ", "UPDATE ", "DELETE ")
SESSIONS = '"django_session"'


@dataclass(frozen=True)
class Write:
    """One call that writes: who, how, where, with what; `own` are the fields that its form has."""

    person: Person
    method: str
    address: str
    url: str
    send: dict[str, Any]
    own: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.method} {self.address} as {self.person.name}"


@dataclass
class Done:
    status: int
    body: str
    written: list[tuple[str, list[str]]]

    @property
    def values(self) -> set[str]:
        return {value for _sql, values in self.written for value in values}


def do(write: Write, extra: dict[str, Any]) -> Done:
    written: list[tuple[str, list[str]]] = []

    def watch(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        if sql.startswith(WRITES) and SESSIONS not in sql:
            written.append((sql, [str(getattr(one, "obj", one)) for one in params or ()]))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(watch):
        answer = write.person.call(write.method, write.url, write.send | extra)
    return Done(answer.status_code, answer.getvalue().decode(errors="replace"), written)


def columns(others: dict[str, Any]) -> dict[str, Any]:
    """Every column's name and attribute -> what a stranger would like it to be."""
    found: dict[str, Any] = dict.fromkeys(INVENTED, SUM)
    for model in apps.get_models():
        if not model.__module__.startswith("apps.") or "sandbox" in model.__module__:
            continue
        for column in model._meta.concrete_fields:
            for name in {column.name, column.attname}:
                found.setdefault(name, _wish(column))
    found |= {name: others[name] for name in set(others) & set(found)}
    return found | {
        "is_staff": True,
        "is_superuser": True,
        "role": "OWNER",
        "user_id": others["author"],
    }


def _wish(column: Any) -> Any:
    if isinstance(column, models.BooleanField):
        return True
    if column.choices:
        return str(list(column.flatchoices)[-1][0])
    if isinstance(column, models.DateField):
        return MOMENT
    if isinstance(column, models.IntegerField | models.DecimalField):
        return SUM
    if isinstance(column, models.JSONField):
        return {WORD: SUM}
    return WORD


def differs(first: Done, again: Done, other: Done, wished: set[str]) -> str:
    """Say how the effect of `other` is not that of the first two; what those two differ in varies by itself."""
    if (other.status, len(other.written)) != (first.status, len(first.written)):
        return f"{other.status} with {len(other.written)} writes, not {first.status} with {len(first.written)}"
    for one, two, three in zip(first.written, again.written, other.written, strict=True):
        if one[0] != three[0]:
            return f"{three[0][:200]}, not {one[0][:200]}"
        for a, b, c in zip(one[1], two[1], three[1], strict=True):
            if a == b != c:
                return f"{c[:99]}, not {a[:99]} in {one[0][:99]}"
    if (
        smuggled := {v for v in other.values if any(w in v for w in wished)}
        - first.values
        - again.values
    ):
        return f"wrote {sorted(smuggled)[:3]}"
    return ""


def _actor(expected: dict[str, str]) -> str:
    """Who gets furthest: whoever is let through, else whoever is told most."""
    ranks = ("ok", "led", "409", "422", "415", "400")
    return min(
        ACTORS,
        key=lambda name: (
            ranks.index(expected[name]) if expected.get(name) in ranks else len(ranks),
            name in {"anonymous", "inactive", "superadmin"},
        ),
    )


def writes(scene: Scene) -> Iterator[Write]:
    """Every write of the table; a page's as its form is shown, with what the row sends."""
    forms = shown_forms(scene)
    for address, row in TABLE.rows.items():
        url = url_of(address, scene.values | filled(row.places, scene.values))
        for method, expected in row.outcomes.items():
            if method in {"GET", "WS"} or set(expected) != set(ACTORS):
                continue
            shown = forms.get(_route(url), Shown()) if method == "POST" else Shown()
            own = shown.names | properties(method, address) | UNSHOWN.get(address, set())
            send = shown.fields | filled(row.send, scene.values)
            name, more = FULLER.get(address, (_actor(expected), {}))
            send |= filled(more, scene.values)
            yield Write(scene.people[name], method, address, url, send, own | set(more))
    yield from _office_writes(scene)


def _office_writes(scene: Scene) -> Iterator[Write]:
    """Forms of the back office's models, sent as they are shown, with a reason."""
    staff = scene.people["superadmin"]
    for route in access.routes():
        row = TABLE.models[route.model].get(route.kind) if route.model else None
        if row is None or row.outcomes.get("POST", {}).get("superadmin") != "ok":
            continue
        there = apps.get_model(route.model)._default_manager.order_by("pk").first()
        url = url_of(route.address, {"object_id": there.pk if there else ""})
        html = staff.call("GET", url, {}).getvalue().decode()
        form = max(Page(html).forms, key=lambda one: len(one.names))
        send = form.fields | {"reason": "It was wrong."}
        yield Write(staff, "POST", route.address, url, send, frozenset(form.names))


def properties(method: str, address: str) -> frozenset[str]:
    return frozenset(body_schema(method, address).get("properties", ()))


def _route(url: str) -> str:
    try:
        return str(resolve(urlsplit(url).path).route)
    except Resolver404:
        return ""


@dataclass
class Shown:
    """A route's form as pages show it: the names of all of its fields, and what it would send."""

    names: frozenset[str] = frozenset()
    fields: dict[str, str] = field(default_factory=dict)


def shown_forms(scene: Scene) -> dict[str, Shown]:
    """Route -> what every form that any page sends there has."""
    found: dict[str, Shown] = {}
    for address, actor in pages("/en/", "/backoffice/"):
        here = place(scene, address)
        for form in Page(seen(scene, address, actor).getvalue().decode(errors="replace")).forms:
            if form.method != "post":
                continue
            known = found.setdefault(_route(form.action or here), Shown())
            known.names |= form.names
            if len(form.fields) > len(known.fields):
                known.fields = form.fields
    return found


def named_by(answer: Done) -> set[str]:
    try:
        errors = json.loads(answer.body).get("errors") or {}
    except ValueError:
        return set()
    return set(errors)


def fault(write: Write, wished: dict[str, Any]) -> str:
    """How the fields of others change what a call does; nothing where they do not."""
    extra = {
        name: one
        for name, one in wished.items()
        if name not in write.send and name not in write.own
    }
    if not write.url.startswith(("/api/", "/_allauth/")):
        extra = {name: str(one) for name, one in extra.items()}
    first, other = do(write, {}), do(write, extra)
    again = do(write, {}) if first.written else first
    if other.status == 422 and named_by(other) == set(extra):
        kept = [sql for sql, _values in other.written if '"core_idempotencyrecord"' not in sql]
        return f"refused, and wrote {kept}" if kept else ""
    canaries = {str(SUM), WORD, MOMENT[:10], str(wished.get("user_id", SUM))}
    return differs(first, again, other, canaries)


def others_of(scene: Scene) -> dict[str, Any]:
    from apps.accounts.models import User

    other = User.objects.get(email="other_customer@matrix.example")
    return {
        "author": str(other.id),
        "author_id": str(other.id),
        "made_by_id": str(other.id),
        "seller_id": str(scene.world.sellers[1].id),
        "seller": str(scene.world.sellers[1].id),
    }


@pytest.fixture
def wished(scene: Scene, settings: Any) -> dict[str, Any]:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
    return columns(others_of(scene))


def test_fields_of_others_change_nothing(scene: Scene, wished: dict[str, Any]) -> None:
    tried = list(writes(scene))

    found = {write.name: said for write in tried if (said := fault(write, wished))}

    assert found == {}
    assert len(wished) > 450
    # As many calls come through and write: what is refused anyway shows nothing.
    assert sum(bool(do(write, {}).written) for write in tried) >= 105


@pytest.mark.parametrize(
    ("address", "method", "name"),
    [("/api/v1/me/", "PATCH", "language"), ("/en/me/addresses/new/", "POST", "apartment")],
)
def test_field_that_is_taken_is_seen(
    scene: Scene, wished: dict[str, Any], address: str, method: str, name: str
) -> None:
    """The gate goes red: a field that a call does take is held for one that it should not have."""
    tried = next(one for one in writes(scene) if (one.address, one.method) == (address, method))
    taking = replace(tried, own=tried.own - {name}, send={**tried.send})
    taking.send.pop(name, None)

    assert fault(tried, wished) == ""
    assert "uz, not " in fault(taking, {name: "uz"})


# What no schema of the API takes all of; each is sent where its type is not the schema's.
WRONG: tuple[Any, ...] = (
    None, True, -1, 1.5, 10**30, "x", "1", "", [], ["x"], [{}], {}, {"$gt": 0}, "\u202e",
)  # fmt: skip
# What answers for each row by itself: a refusal stands beside the row.
ROW_BY_ROW = {"/api/v1/seller/offers/bulk/"}
KINDS: dict[str, Any] = {
    "string": str, "boolean": bool, "integer": int, "number": (int, float), "array": list,
    "object": dict,
}  # fmt: skip


def is_of_kind(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value is of the type that a schema names; where it names none, all are.

    Numbers are as good as their decimal text; ids and truth are read from what plainly means them.
    """
    schema = looked_up(schema)
    if value is None:
        return bool(schema.get("nullable")) or schema == {}
    if choices := [*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())]:
        return any(is_of_kind(value, one) for one in choices)
    kind = schema.get("type")
    if kind is None or isinstance(value, bool):
        return kind in {None, "boolean"}
    if schema.get("format") == "decimal":
        return isinstance(value, int | float) or value == "1"
    return isinstance(value, KINDS[kind]) or (kind == "boolean" and value == "1")


def wrong_bodies(send: Any, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Name of a field -> the body with a value of another kind in its place, down to the last level."""
    schema = looked_up(schema)
    if isinstance(send, list):
        for name, one in wrong_bodies(send[0], schema["items"]) if send else ():
            yield name, [one, *send[1:]]
        return
    for name, inner in schema.get("properties", {}).items():
        for value in WRONG:
            if not is_of_kind(value, inner):
                yield name, send | {name: value}
        if send.get(name) and isinstance(send[name], list | dict):
            for deeper, one in wrong_bodies(send[name], inner):
                yield f"{name}.{deeper}", send | {name: one}


def misread(write: Write, body: dict[str, Any]) -> str:
    """Say what is wrong with the answer to a value of the wrong kind."""
    answer = do(replace(write, send=body), {})
    kept = [sql[:60] for sql, _values in answer.written if '"core_idempotencyrecord"' not in sql]
    if write.address in ROW_BY_ROW and answer.status == 200:
        return "" if not kept and '"code"' in answer.body else f"{answer.body}, wrote {kept}"
    if not 400 <= answer.status < 500 or kept:
        return f"{answer.status}, wrote {kept}"
    problem = json.loads(answer.body)
    return "" if problem["detail"] and problem["code"] else str(problem)


def test_values_of_the_wrong_kind_are_refused_in_words(scene: Scene) -> None:
    found, calls = {}, 0
    for write in writes(scene):
        for name, body in wrong_bodies(write.send, body_schema(write.method, write.address)):
            calls += 1
            if said := misread(write, body):
                found[f"{write.name}: {name} = {body.get(name)!r}"[:150]] = said
    assert found == {}
    assert calls > 500

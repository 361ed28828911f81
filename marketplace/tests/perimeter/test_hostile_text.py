"""S14: text that wants to be code, through every form and body and out of every column on every page."""

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.http import HttpResponse

from marketplace.tests.access import Person, filled
from marketplace.tests.markup import Form, Page
from marketplace.tests.page_kinds import TABLE, pages, place, seen
from marketplace.tests.perimeter.test_headers import INLINE
from marketplace.tests.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access-matrix")]

SCRIPT = "\"'><script>x()</script><img src=x onerror='x()'>"
PAYLOADS = {
    "markup and quotes": SCRIPT + "{{7*7}}%s' OR 1=1;--\\",
    "nothing": "a\x00b",
    "backwards": "\u202etxet\u2066\u200b\ufeff",
    "long": "9" * 20_000,
}
# What search engines read: a browser runs nothing of it, unless a text ends it.
DATA = re.compile(r'<script type="application/ld\+json">.*?</script>', re.DOTALL)
HALF_A_LETTER = "\ud800"
WRITTEN_BY_PEOPLE = (
    "accounts.Address", "accounts.User", "catalog.CardDraft", "catalog.ProductText", "catalog.Brand",
    "catalog.Warehouse", "catalog.CategoryText", "logistics.Shipment", "orders.DisputeMessage",
    "orders.Order", "orders.OrderGroup", "orders.OrderLine", "orders.Return", "reviews.ReviewAnswer",
    "reviews.Review", "sellers.SavedFilter", "sellers.Seller",
)  # fmt: skip
# Text that is no text: what programs compare, and what has a form of its own.
SHORT_OR_FORMED = re.compile(
    r"slug|currency|country|phone|email|password|number|key|code|language|state|status|kind|hash|query|zone|url|id$|sku"
)
SPOKEN = {
    "en",
    "ru",
    "uz",
    "title",
    "description",
    "recipient_name",
    "city",
    "street",
    "house",
    "note",
}


def _asked(person: Person, form: Form, target: str, given: dict[str, str]) -> HttpResponse:
    if form.method == "post":
        return person.call("POST", target, given)
    return person.call("GET", f"{target}?{urlencode(given)}", {})


def _forms(scene: Scene) -> list[tuple[str, str, Form]]:
    """Actor, address and form of every kind that is shown to anybody."""
    found: dict[tuple[str, ...], tuple[str, str, Form]] = {}
    for address, actor in pages("/en/", "/backoffice/"):
        html = seen(scene, address, actor).getvalue().decode(errors="replace")
        for form in Page(html).forms:
            target = urlsplit(form.action).path or place(scene, address)
            kind = (re.sub(r"[0-9a-f-]{36}|\d+", "*", target), form.method, *sorted(form.typed))
            if form.typed and target.startswith("/"):
                found.setdefault(kind, (actor, target, form))
    return list(found.values())


def _verdict(answer: HttpResponse) -> str:
    if answer.status_code >= 500:
        return f"status {answer.status_code}"
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    return "runs" if is_page and INLINE.search(answer.getvalue().decode()) else ""


def test_no_form_is_upset_by_what_is_typed_into_it(scene: Scene) -> None:
    faults, calls = [], 0
    forms = _forms(scene)
    for actor, target, form in forms:
        for name in form.typed:
            for kind, payload in PAYLOADS.items():
                calls += 1
                answer = _asked(scene.people[actor], form, target, form.fields | {name: payload})
                if verdict := _verdict(answer):
                    faults.append(f"{form.method} {target} as {actor}, {kind} in {name}: {verdict}")

    assert not faults, "\n".join(faults)
    assert len(forms) > 40
    assert calls > 300


def test_no_body_is_upset_by_what_stands_in_it(scene: Scene) -> None:
    """Half a letter too, which JSON can say and no database can keep."""
    faults, calls = [], 0
    for address, row in TABLE.rows.items():
        send = filled(row.send, scene.values)
        for method, expected in row.outcomes.items():
            actor = next((name for name, outcome in expected.items() if outcome == "ok"), "")
            if not address.startswith("/api/") or method == "GET" or not actor:
                continue
            for name in [name for name, value in send.items() if isinstance(value, str)]:
                for kind, payload in {**PAYLOADS, "half a letter": HALF_A_LETTER}.items():
                    calls += 1
                    answer = scene.people[actor].call(
                        method, place(scene, address), send | {name: payload}
                    )
                    if verdict := _verdict(answer):
                        faults.append(f"{method} {address}, {kind} in {name}: {verdict}")

    assert not faults, "\n".join(faults)
    assert calls > 100


def _hostile(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _hostile(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_hostile(one, name) for one in value]
    return SCRIPT if isinstance(value, str) and name in SPOKEN else value


def _plant() -> int:
    """Write the script into whatever people write, row by row; return how many columns took it."""
    taken = 0
    for label in WRITTEN_BY_PEOPLE:
        model = apps.get_model(label)
        for column in model._meta.concrete_fields:
            is_free = isinstance(column, models.CharField | models.TextField | models.JSONField)
            if not is_free or column.choices or SHORT_OR_FORMED.search(column.name):
                continue
            taken += _plant_column(model, column)
    return taken


def _plant_column(model: Any, column: Any) -> int:
    room = getattr(column, "max_length", None) or len(SCRIPT)
    try:
        with transaction.atomic():
            if isinstance(column, models.JSONField):
                for pk, value in model.objects.values_list("pk", column.name):
                    model.objects.filter(pk=pk).update(**{column.name: _hostile(value)})
            else:
                model.objects.update(**{column.name: SCRIPT[:room]})
    except DatabaseError:  # What is written once takes nothing.
        return 0
    return 1


def test_no_page_runs_what_people_wrote(scene: Scene) -> None:
    assert _plant() > 25
    faults, showing = [], 0

    for address, actor in pages("/en/", "/backoffice/"):
        answer = seen(scene, address, actor)
        html = answer.getvalue().decode(errors="replace")
        showing += "&lt;script&gt;x()" in html
        code = DATA.sub("", html)
        if answer.status_code != 200 or "<script>x()" in html or INLINE.search(code):
            faults.append(f"{address}: {answer.status_code} {INLINE.findall(code)}")

    assert not faults, "\n".join(faults)
    assert showing > 30

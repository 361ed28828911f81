"""S04: Schemathesis over the OpenAPI document as four people: no answer that it does not describe.

Every generated case goes out as each of them, to the scene's things, and is undone afterwards.
"""

from collections import Counter
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIRequest
from django.urls import set_script_prefix
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks

from apps.core.tests.undoing import rolled_back
from marketplace.tests import access
from marketplace.tests.access import Person
from marketplace.tests.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access-matrix")]

PEOPLE = ("anonymous", "customer", "seller_owner", "superadmin")
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
EXAMPLES = 3
NIGHTLY_EXAMPLES = 9


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as the shop's WSGI application does and undo it; the connection stays open."""
    set_script_prefix("/")
    with rolled_back():
        answer = access._handler().get_response(WSGIRequest(environ))
    start_response(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
    return [answer.getvalue()]


def document() -> dict[str, Any]:
    # A test before this one may have left another language active.
    with translation.override("en"):
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


class Walk:
    """Sends generated cases as everybody; counts the calls, keeps what was wrong."""

    def __init__(self, scene: Scene, described: dict[str, Any]) -> None:
        self.scene = scene
        self.schema = schemathesis.openapi.from_dict(described)
        self.schema.app = application
        self.calls: Counter[int] = Counter()
        self.faults: dict[str, str] = {}

    def run(self, examples: int, number: int = 0) -> None:
        for result in self.schema.get_all_operations():
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                self._try(result.ok(), mode, examples, number)

    def _try(self, operation: Any, mode: GenerationMode, examples: int, number: int) -> None:
        places = {one.name for one in operation.path_parameters} & set(self.scene.values)
        known = {name: str(self.scene.values[name]) for name in places}

        @seed(number)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=known or None))
        def send(case: Case) -> None:
            if mode is GenerationMode.POSITIVE:
                self._name_known_things(case)
            for name in PEOPLE:
                self._send(case, self.scene.people[name])

        # Where nothing is asked for, nothing can be wrong.
        with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
            send()

    def _name_known_things(self, case: Case) -> None:
        if isinstance(case.body, dict):
            for name in set(case.body) & set(self.scene.values):
                case.body[name] = str(self.scene.values[name])

    def _send(self, case: Case, person: Person) -> None:
        case.headers.pop("X-Session-Token", None)
        token = {"X-Session-Token": person.session_key} if person.session_key else {}
        answer = case.call(headers=token)
        person._forget_session()
        self.calls[answer.status_code] += 1
        if not token and not _is_open(case.operation) and answer.status_code != 401:
            self._note(case, person, f"{answer.status_code} for nobody in particular")
        try:
            case.validate_response(answer, checks=CHECKS, headers=token)
        except FailureGroup as group:
            for failure in group.exceptions:
                self._note(case, person, _said(failure))

    def _note(self, case: Case, person: Person, fault: str) -> None:
        line = f"{case.operation.label} as {person.name}: {fault}"
        self.faults.setdefault(line, case.as_curl_command())

    def report(self) -> str:
        return "\n".join(f"{fault}\n  {curl}" for fault, curl in sorted(self.faults.items()))


def _said(failure: BaseException) -> str:
    title = failure.title if isinstance(failure, Failure) else type(failure).__name__
    return f"{title}: {str(failure)[:300]}"


def _is_open(operation: Any) -> bool:
    """The document lets anybody call it: an empty requirement stands beside the token's."""
    return {} in operation.definition.raw["security"]


def test_every_body_may_be_of_a_wrong_type_and_the_document_says_so() -> None:
    silent = [
        f"{method} {path}"
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if "requestBody" in operation and "415" not in operation["responses"]
    ]

    assert silent == []


def test_api_answers_as_its_document_says(scene: Scene) -> None:
    walk = Walk(scene, document())

    walk.run(EXAMPLES)

    assert not walk.faults, walk.report()
    assert walk.calls.total() >= 2_000
    # Cases of every kind came through: done, refused and not understood.
    assert min(walk.calls[status] for status in (200, 201, 401, 404, 409, 422)) > 0


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_api_answers_as_its_document_says_to_many_calls(scene: Scene, number: int) -> None:
    walk = Walk(scene, document())

    walk.run(NIGHTLY_EXAMPLES, number)

    assert not walk.faults, walk.report()
    assert walk.calls.total() >= 6_600


@pytest.mark.parametrize("lie", ["status", "body", "security"])
def test_document_that_says_otherwise_is_seen(scene: Scene, lie: str) -> None:
    """The gate goes red: an answer left out, a body of another shape, a door said to be closed."""
    described = document()
    address = "/api/v1/categories/"
    operation = described["paths"][address]["get"]
    described["paths"] = {address: described["paths"][address]}
    if lie == "status":
        del operation["responses"]["200"]
    if lie == "body":
        operation["responses"]["200"]["content"]["application/json"]["schema"] = {"type": "string"}
    if lie == "security":
        operation["security"] = [{"sessionToken": []}]
    walk = Walk(scene, described)

    walk.run(1)

    assert walk.faults != {}

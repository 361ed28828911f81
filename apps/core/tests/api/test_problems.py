"""Refusals as RFC 9457 problem details: one form, in the reader's language, with a stable code."""

import importlib
import pkgutil
from typing import Any

import pytest
import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.utils import translation
from rest_framework import exceptions

import apps
from apps.core.api.problems import MEDIA_TYPE, problem_response
from apps.core.errors import Busy, DomainError, InvalidInput, NotFound
from apps.core.money import Money
from apps.core.services.idempotency import RequestInProgress
from marketplace.tests.api_client import ApiClient


class TooDear(DomainError):
    code = "test.too_dear"
    message = "It costs %(price)s."
    http_status = 402


class Wrong(DomainError):
    code = "test.wrong"
    message = translation.gettext_lazy("Enter a valid value.")  # in Django's own catalogue


def _problem(error: Exception) -> tuple[int, dict[str, Any], Any]:
    response = problem_response(error, {})
    assert response is not None
    assert response.content_type == MEDIA_TYPE
    return response.status_code, response.data, response


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound(), 404, "not_found"),
        (Busy(), 409, "busy"),
        (InvalidInput(field="x"), 422, "input.invalid"),
        (Http404("secret reason"), 404, "not_found"),
        (PermissionDenied("secret reason"), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.AuthenticationFailed(), 401, "authentication_failed"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.ValidationError({"a": ["b"]}), 422, "input.invalid"),
    ],
)
def test_each_refusal_has_the_members_of_the_standard(
    error: Exception, status: int, code: str
) -> None:
    with structlog.contextvars.bound_contextvars(request_id="request-0001"):
        found, body, _response = _problem(error)

    assert found == body["status"] == status
    assert (body["type"], body["title"], body["code"]) == (f"urn:karvon:problem:{code}", code, code)
    assert body["request_id"] == "request-0001"
    assert body["detail"]
    assert "secret" not in body["detail"]


def test_parameters_are_plain_values_and_fill_the_sentence() -> None:
    error = TooDear(price=Money(19_99, "RUB"), limit=5, when=None, of=translation.gettext_lazy("x"))

    status, body, _response = _problem(error)

    assert status == 402
    assert body["params"] == {
        "price": {"amount_minor": 1999, "currency": "RUB"},
        "limit": 5,
        "when": None,
        "of": "x",
    }


def test_validation_errors_name_the_fields() -> None:
    _status, body, _response = _problem(exceptions.ValidationError({"quantity": ["Too many."]}))
    assert body["errors"] == {"quantity": ["Too many."]}


def test_what_may_be_tried_again_says_when() -> None:
    assert _problem(RequestInProgress())[2]["Retry-After"] == "1"
    assert _problem(exceptions.Throttled(wait=7.2))[2]["Retry-After"] == "8"
    assert "Retry-After" not in _problem(NotFound())[2]


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("en", "Enter a valid value."),
        ("ru", "Введите правильное значение."),
    ],
)
def test_sentence_is_in_the_language_of_the_reader(language: str, detail: str) -> None:
    """The sentence is a constant of the class and is translated when it is said."""
    error = Wrong()
    with translation.override(language):
        assert _problem(error)[1]["detail"] == detail


def test_unknown_error_is_left_to_be_a_server_error() -> None:
    assert problem_response(ZeroDivisionError(), {}) is None


def _own_modules() -> list[str]:
    """Every module of the apps but tests, migrations and the development app."""
    left_out = {"tests", "migrations", "sandbox"}
    found = pkgutil.walk_packages(apps.__path__, "apps.")
    return [one.name for one in found if not left_out & set(one.name.split("."))]


def test_every_code_is_dotted_lower_case_and_of_one_class() -> None:
    modules = {importlib.import_module(name).__name__ for name in _own_modules()}

    def below(kind: type[DomainError]) -> list[type[DomainError]]:
        return [kind, *(one for child in kind.__subclasses__() for one in below(child))]

    kinds = [kind for kind in below(DomainError) if kind.__module__ in modules]
    codes = [kind.code for kind in kinds]

    assert len(codes) >= 20
    assert sorted(codes) == sorted(set(codes))
    for kind in kinds:
        assert set(kind.code) <= set("abcdefghijklmnopqrstuvwxyz_.0123456789")
        # A refusal is the caller's to mend; 503 says that we are the ones who cannot now.
        assert 400 <= kind.http_status < 500 or kind.http_status == 503
        assert str(kind.message)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/", "/_allauth/app/v1/nothing"])
def test_unknown_address_of_machines_is_a_problem_not_a_page(path: str) -> None:
    answer = Client().get(path, headers={"X-Request-Id": "request-0001"})

    assert (answer.status_code, answer["Content-Type"]) == (404, MEDIA_TYPE)
    body = answer.json()
    assert (body["code"], body["status"]) == ("not_found", 404)
    assert body["request_id"] == answer["X-Request-Id"] == "request-0001"


@pytest.mark.django_db
def test_our_own_mistake_is_a_problem_that_tells_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from apps.catalog.selectors import tree

    def broken(_language: str) -> Any:
        raise ZeroDivisionError("secret reason")

    monkeypatch.setattr(tree, "tree", broken)

    answer = ApiClient().get("categories/")

    assert (answer.status_code, answer["Content-Type"]) == (500, MEDIA_TYPE)
    assert (answer.json()["code"], answer["Cache-Control"]) == ("error", "private, no-store")
    assert b"secret" not in answer.content

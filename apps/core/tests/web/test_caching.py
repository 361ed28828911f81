"""Who may keep an answer: personal pages nobody, public ones for a minute and only plain answers."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from apps.core.web.caching import private_page, public_page

REQUEST = RequestFactory().get("/")


@pytest.mark.parametrize("status", [200, 302, 404, 422])
def test_private_page_is_kept_by_nobody(status: int) -> None:
    @private_page
    def view(request: HttpRequest) -> HttpResponse:
        assert request.is_private_page  # type: ignore[attr-defined]
        return HttpResponse(status=status)

    assert view(REQUEST)["Cache-Control"] == "private, no-store"


def test_public_page_may_be_shared_for_a_minute() -> None:
    answer = public_page()(lambda _request: HttpResponse("x"))(REQUEST)
    assert answer["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("status", [201, 204, 301, 302, 404, 410])
def test_public_page_that_is_not_a_plain_answer_is_private(status: int) -> None:
    answer = public_page()(lambda _request: HttpResponse(status=status))(REQUEST)
    assert answer["Cache-Control"] == "private, no-store"


def test_public_page_with_a_cookie_is_private() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        answer = HttpResponse()
        answer.set_cookie("a", "b")
        return answer

    assert public_page()(view)(REQUEST)["Cache-Control"] == "private, no-store"

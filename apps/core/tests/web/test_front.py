"""A kept page is answered as the rendered one was: to whom it may be, counted, numbered, in every form."""

import re
from typing import Any

import pytest
from django.conf import settings as configured
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from prometheus_client import REGISTRY

from apps.core import page_store
from apps.core.rate_limit import Verdict
from apps.core.redis import client
from apps.core.web.caching import known_query, public_page, shows
from apps.core.web.front import LOOKED_UP, KeptPages, LookedUp
from apps.core.web.keeping import KeptPageMiddleware, life_seconds
from apps.core.web.pages import takes_gzip
from apps.core.web.site import site_version
from marketplace.tests.front import read
from marketplace.wsgi import application

pytestmark = pytest.mark.django_db
ABOUT = "/en/info/about/"
PASSING = {"X-Request-Id", "RateLimit-Remaining"}


def _lasting(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in PASSING}


@pytest.mark.parametrize("accepted", ["", "gzip, br"])
def test_kept_page_is_the_rendered_one(accepted: str) -> None:
    first, second = (read(ABOUT, Accept_Encoding=accepted) for _ in range(2))

    assert (first.is_kept, second.is_kept) == (False, True)
    assert (second.status, second.body) == (first.status, first.body)
    assert _lasting(second.headers) == _lasting(first.headers)
    assert second.headers["Content-Length"] == str(len(second.body))
    assert second.headers.get("Content-Encoding") == ("gzip" if accepted else None)
    assert second.headers["Vary"] == "Accept-Encoding"
    assert second.headers["Cache-Control"] == "public, no-cache"
    assert "frame-ancestors 'none'" in second.headers["Content-Security-Policy"]


def test_kept_page_has_a_number_of_its_own_and_counts_in_the_limiter() -> None:
    answers = [read(ABOUT), read(ABOUT), read(ABOUT, X_Request_Id="request-0001")]

    numbers = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(numbers)) == 3
    assert re.fullmatch("[0-9a-f]{32}", numbers[1])
    assert numbers[2] == "request-0001"
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["599", "598", "597"]


def test_limit_holds_for_kept_pages_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(configured.RATE_LIMITS, "page", (2, 60))
    answers = [read(ABOUT) for _ in range(4)]

    assert [answer.status for answer in answers] == [200, 200, 429, 429]
    assert answers[1].is_kept
    assert 59 <= int(answers[3].headers["Retry-After"]) <= 60
    assert read(ABOUT, remote="203.0.113.8").status == 200


@pytest.mark.parametrize("is_kept", [False, True])
def test_visitor_who_has_the_page_is_told_that_it_still_holds(*, is_kept: bool) -> None:
    etag = read(ABOUT).headers["ETag"]
    if not is_kept:
        client(configured.RATE_LIMIT_REDIS_URL).flushdb()

    answer = read(ABOUT, If_None_Match=f'"other", {etag.removeprefix("W/")}')

    assert (answer.status, answer.body, answer.is_kept) == (304, b"", is_kept)
    assert answer.headers["ETag"] == etag
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert {"Content-Length", "Content-Type", "Content-Encoding"}.isdisjoint(answer.headers)
    assert read(ABOUT, If_None_Match='W/"other"').status == 200


def test_head_is_answered_from_the_same_page_and_keeps_none() -> None:
    assert not read(ABOUT, method="HEAD").is_kept
    assert not read(ABOUT).is_kept
    whole, head = read(ABOUT), read(ABOUT, method="HEAD")

    assert (head.is_kept, head.status, head.body) == (True, 200, b"")
    assert _lasting(head.headers) == _lasting(whole.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "MADE-UP"])
def test_other_methods_pass_by(method: str) -> None:
    read(ABOUT)
    answer = read(ABOUT, method=method)
    assert (answer.status in {403, 405}, answer.is_kept) == (True, False)


def test_languages_and_currencies_are_kept_apart() -> None:
    addresses = [f"/{language}/info/about/" for language in ("en", "ru", "uz")]
    cookies = ["", "currency=UZS", "a=b; currency=RUB", "currency=USD"]
    visits = [(address, cookie) for address in addresses for cookie in cookies]
    rendered = {visit: read(visit[0], Cookie=visit[1]) for visit in visits}
    kept = {visit: read(visit[0], Cookie=visit[1]) for visit in visits}

    assert {answer.is_kept for answer in rendered.values()} == {False}
    assert {answer.is_kept for answer in kept.values()} == {True}
    assert all(kept[visit].body == rendered[visit].body for visit in visits)
    assert len({kept[visit].body for visit in visits}) >= 9  # a language's own currency twice
    assert read(ABOUT, Cookie="currency=XXX").is_kept
    assert read(ABOUT, Cookie="sessionid=somebodys; csrftoken=x").is_kept


def test_parameters_that_no_page_knows_read_and_fill_the_same_page() -> None:
    marked = read(f"{ABOUT}?utm_source=campaign-77&gclid=1")
    plain = read(ABOUT)

    assert plain.is_kept
    assert plain.body == marked.body
    assert b"campaign-77" not in plain.body


def test_parameters_of_other_pages_leave_no_trace() -> None:
    """`q` is known, but not to this page: its own key, the same content."""
    assert b"trace" not in read(f"{ABOUT}?q=trace").body


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        ("", ""),
        ("utm=1", ""),
        ("b=2&a=1&utm=3", "a=1&b=2"),
        ("f.size=m&f.size=l&f=x", "f.size=m&f.size=l"),
        ("a=&b=%20", "b=+"),
        ("a=%F0%9F%8D%8E&A=1", "a=%F0%9F%8D%8E"),
    ],
)
def test_query_keeps_what_is_known_in_one_order(sent: str, known: str) -> None:
    assert known_query(sent, ("a", "b", "f.*")) == known


@pytest.mark.parametrize(
    "query", ["q=" + "x" * 2000, "&".join(f"f.a{n}=1" for n in range(501))], ids=["long", "many"]
)
def test_address_without_measure_is_kept_nowhere(query: str) -> None:
    read(f"{ABOUT}?{query}")
    assert list(client(configured.RATE_LIMIT_REDIS_URL).keys("page:*")) == []


def test_hosts_are_kept_apart_and_unknown_ones_not_at_all() -> None:
    read(ABOUT)
    assert not read(ABOUT, Host="localhost").is_kept
    assert [read(ABOUT, Host="evil.example").status for _ in range(2)] == [400, 400]
    assert len(client(configured.RATE_LIMIT_REDIS_URL).keys("page:*")) == 2


def test_pages_over_http_and_https_are_kept_apart(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    read(ABOUT)
    assert not read(ABOUT, X_Forwarded_Proto="https").is_kept
    assert read(ABOUT, X_Forwarded_Proto="https").is_kept
    settings.SECURE_SSL_REDIRECT = True
    assert read(ABOUT, X_Forwarded_Proto="https").status == 200


def test_lost_redis_leaves_rendered_pages(settings: Any) -> None:
    settings.RATE_LIMIT_REDIS_URL = "redis://127.0.0.1:1/1"
    answers = [read(ABOUT, Accept_Encoding="gzip") for _ in range(2)]

    assert [(answer.status, answer.is_kept) for answer in answers] == [(200, False)] * 2
    assert "about" in answers[0].html
    assert read(ABOUT, If_None_Match=answers[0].headers["ETag"]).status == 304


def test_kept_page_is_in_the_metrics() -> None:
    def seen() -> tuple[float, float]:
        labels = {"method": "GET", "route": "storefront:info", "status": "200"}
        times = {"route": "storefront:info"}
        return (
            REGISTRY.get_sample_value("http_requests_total", labels) or 0,
            REGISTRY.get_sample_value("http_request_seconds_count", times) or 0,
        )

    read(ABOUT)
    before = seen()
    assert read(ABOUT).is_kept
    assert seen() == (before[0] + 1, before[1] + 1)


def test_process_drops_what_it_remembers_after_a_change_of_everything(
    django_capture_on_commit_callbacks: Any,
) -> None:
    dropped: list[int] = []
    app = KeptPages(application._application, forgetters=[lambda: dropped.append(1)])
    read(ABOUT, app=app)
    assert dropped == []
    with django_capture_on_commit_callbacks(execute=True):
        page_store.forget_pages(page_store.EVERYTHING)
    read(ABOUT, app=app)
    assert dropped == [1]
    read("/en/info/help/", app=app)
    assert dropped == [1]


def _kept_by(view: Any) -> int:
    """Render a view behind the middleware; return how many pages the store has then."""
    request = RequestFactory().get("/page/")
    verdict = Verdict(is_allowed=True, limit=1, remaining=0, retry_after_seconds=0)
    found = page_store.look_up(key="page:x", rule="page", subject="x")
    request.META[LOOKED_UP] = LookedUp(verdict, "page:x", found.moment, 0.0)
    KeptPageMiddleware(view)(request)
    return len(client(configured.RATE_LIMIT_REDIS_URL).keys("page:*"))


def _with_cookie(request: HttpRequest) -> HttpResponse:
    answer = shows(HttpResponse("x"))
    answer.set_cookie("a", "b")
    return answer


def test_only_plain_public_answers_that_say_what_they_show_are_kept() -> None:
    private = shows(HttpResponse("x", headers={"Cache-Control": "private, no-store"}))
    personal = shows(
        HttpResponse("x", headers={"Cache-Control": "public, no-cache", "Vary": "Cookie"})
    )

    assert _kept_by(public_page()(lambda _request: HttpResponse("x"))) == 0
    assert _kept_by(public_page()(_with_cookie)) == 0
    assert _kept_by(public_page()(lambda _request: shows(HttpResponse("x", status=404)))) == 0
    assert _kept_by(lambda _request: private) == 0
    assert _kept_by(lambda _request: personal) == 0
    assert _kept_by(public_page()(lambda _request: shows(HttpResponse("x")))) == 1


@pytest.mark.parametrize(
    ("begun_at", "seconds"), [(0, 60), (839, 60), (841, 59), (899.5, 0.5), (900, 60)]
)
def test_no_page_lives_across_a_quarter_of_an_hour(begun_at: float, seconds: float) -> None:
    assert life_seconds(begun_at) == seconds


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("", False),
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, *", False),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("x-gzip", False),
        ("gzip;q=nonsense", False),
    ],
)
def test_encoding_is_what_the_client_takes(accepted: str, *, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


def test_version_follows_what_pages_are_made_of(settings: Any) -> None:
    before = site_version()
    assert site_version() == before
    settings.SITE_NAME = "Another"
    assert site_version() != before

"""S13: what every answer carries: the policy, who may keep it, and nothing inline for the policy to stop."""

import re
from typing import Any

import pytest
from django.conf import settings as configured
from django.http import HttpResponse
from django.test import Client

from marketplace.tests.access import Person
from marketplace.tests.page_kinds import FILES, addresses, pages, place
from marketplace.tests.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access-matrix")]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
CARRIED = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
}
# Inline code in a page: scripts that are no data, styles, handlers, script addresses.
INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|<style|\sstyle=|\son[a-z]+\s*=\s*["']|javascript:|\shx-on""",
    re.IGNORECASE,
)


PAGES = pages("/en/", "/backoffice/")
PUBLIC = [
    "/en/",
    "/en/c/<code>/",
    "/en/catalogue/",
    "/en/catalogue/menu/",
    "/en/info/<page>/",
    "/en/p/<slug>-<short_id>/",
    "/en/search/",
    "/en/search/suggest/",
]
API = addresses("/api/", "customer")


def _policy(answer: HttpResponse) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";")]
    return {name: value for name, _space, value in parts if name}


def _check_perimeter(answer: HttpResponse) -> None:
    assert _policy(answer) == POLICY
    assert {name: answer[name] for name in CARRIED} == CARRIED
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-Id"])
    assert "Access-Control-Allow-Origin" not in answer
    assert "Server" not in answer


def _check_page(answer: HttpResponse) -> str:
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    html: str = answer.content.decode()
    assert INLINE.findall(html) == []
    return html


@pytest.mark.parametrize(("address", "actor"), PAGES)
def test_page_carries_the_policy_and_nothing_inline(scene: Scene, address: str, actor: str) -> None:
    answer = scene.people[actor].call("GET", place(scene, address), {})

    assert answer.status_code == 200
    _check_perimeter(answer)
    if address != "/backoffice/jsi18n/":
        _check_page(answer)
    if address not in PUBLIC:
        assert {"private", "no-store"} <= set(re.split(r",\s*", answer["Cache-Control"]))


READERS = {"/backoffice/": "superadmin", "/en/seller/": "seller_owner", "/": "customer"}


@pytest.mark.parametrize("address", FILES)
def test_file_is_told_apart_from_a_page_and_is_kept_by_nobody(scene: Scene, address: str) -> None:
    actor = next(actor for start, actor in READERS.items() if address.startswith(start))
    media, disposition = FILES[address]

    answer = scene.people[actor].call("GET", place(scene, address), {})

    assert (answer.status_code, answer["Content-Type"]) == (200, media)
    assert answer.get("Content-Disposition", "inline").partition(";")[0] == disposition
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert {"private", "no-store"} <= set(re.split(r",\s*", answer["Cache-Control"]))


def _as_seen_by(person: Person, url: str) -> HttpResponse:
    answer = person.call("GET", url, {})
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_is_one_for_all_and_keeps_no_trace_of_its_visitor(
    scene: Scene, address: str
) -> None:
    """A shared cache may hand the answer to one visitor on to any other."""
    url = place(scene, address)
    stranger = _as_seen_by(scene.people["anonymous"], url)
    seen = [_as_seen_by(scene.people[name], url) for name in ("customer", "superadmin", "inactive")]

    assert stranger["Cache-Control"] == "public, no-cache"
    for answer in (stranger, *seen):
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        html = answer.content.decode()
        assert "csrfmiddlewaretoken" not in html
        assert "Aziza" not in html
        assert html == stranger.content.decode()


@pytest.mark.parametrize("address", API)
def test_answer_of_the_api_carries_its_number_its_limit_and_is_kept_by_nobody(
    scene: Scene, address: str
) -> None:
    answer = scene.people["customer"].call("GET", place(scene, address), {})

    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, _media(address))
    _check_perimeter(answer)
    assert answer["Cache-Control"] == "private, no-store"
    assert int(answer["RateLimit-Limit"]) > int(answer["RateLimit-Remaining"]) >= 0
    assert not answer.cookies


def _media(address: str) -> str:
    return "application/vnd.oai.openapi+json" if "schema" in address else "application/json"


def test_api_lets_no_other_site_read(scene: Scene) -> None:
    client = Client(headers={"Origin": "https://evil.example"})
    for method in ("get", "options"):
        answer = getattr(client, method)("/api/v1/categories/")
        assert [name for name in answer.headers if name.startswith("Access-Control")] == []


class Broken(Exception):
    """Something of ours that fails."""


def _bad_request(_patch: pytest.MonkeyPatch) -> HttpResponse:
    return Client().get("/en/cart/", headers={"Host": "evil.example"})


def _foreign_origin(_patch: pytest.MonkeyPatch) -> HttpResponse:
    return Client().post("/en/cart/add/", {}, headers={"Origin": "https://evil.example"})


def _no_token(_patch: pytest.MonkeyPatch) -> HttpResponse:
    return Client(enforce_csrf_checks=True).post("/en/cart/accept/")


def _not_found(_patch: pytest.MonkeyPatch) -> HttpResponse:
    return Client().get("/en/nothing/at/all/")


def _not_found_without_language(_patch: pytest.MonkeyPatch) -> HttpResponse:
    return Client().get("/nothing.php")


def _too_many(patch: pytest.MonkeyPatch) -> HttpResponse:
    patch.setitem(configured.RATE_LIMITS, "page", (1, 60))
    client = Client(REMOTE_ADDR="203.0.113.61")
    client.get("/en/")
    return client.get("/en/")


def _our_mistake(patch: pytest.MonkeyPatch) -> HttpResponse:
    from apps.storefront.web import cart

    def broken(*_args: Any, **_given: Any) -> Any:
        raise Broken("secret reason")

    patch.setattr(cart, "shown_cart", broken)
    return Client(raise_request_exception=False).get("/en/cart/")


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (_bad_request, 400),
        (_foreign_origin, 403),
        (_no_token, 403),
        (_not_found, 404),
        (_not_found_without_language, 404),
        (_too_many, 429),
        (_our_mistake, 500),
    ],
)
def test_error_page_carries_the_policy_a_number_and_no_reason(
    monkeypatch: pytest.MonkeyPatch, ask: Any, status: int
) -> None:
    answer = ask(monkeypatch)

    assert answer.status_code == status
    _check_perimeter(answer)
    html = _check_page(answer)
    assert answer["X-Request-Id"] in html
    assert "secret" not in html
    assert "Broken" not in html
    assert "Traceback" not in html
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies


def test_cookies_are_for_our_pages_alone(scene: Scene) -> None:
    """Over https all of them are; scripts see none but the token of forms."""
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/en/currency/", {"currency": "USD"}, secure=True)
    client.post(
        "/en/cart/add/", {"offer_id": str(scene.values["offer_id"]), "quantity": "1"}, secure=True
    )
    client.get("/en/checkout/", secure=True)

    found = {
        name: (morsel["httponly"] is True, morsel["samesite"], morsel["secure"] is True)
        for name, morsel in client.cookies.items()
        if name in {"currency", "cart_token"}
    }
    assert found == {"currency": (True, "Lax", True), "cart_token": (True, "Lax", True)}
    assert set(client.cookies) <= {"currency", "cart_token", "csrftoken", "sessionid", "messages"}
    for name in set(client.cookies) & {"sessionid", "csrftoken"}:
        assert client.cookies[name]["samesite"] == "Lax"


@pytest.mark.django_db
def test_production_speaks_https_alone(settings: Any) -> None:
    """The values of prod.py (test_settings.py reads them there) as the middleware understands them."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^ping$", r"^health/$"]
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client = Client()

    plain = client.get("/en/")
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/en/")
    assert client.get("/ping").status_code == 200
    through_proxy = client.get("/en/info/about/", headers={"X-Forwarded-Proto": "https"})
    assert through_proxy.status_code == 200
    assert through_proxy["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_inline_code_would_be_seen() -> None:
    """The gate goes red for each way to put code into a page, and not for data or files."""
    for bad in (
        "<script>1</script>",
        "<script nonce=x>1</script>",
        '<p style="color:red">',
        "<style>a{}</style>",
        '<a onclick="x()">',
        '<a href="javascript:x()">',
        '<b hx-on:click="x()">',
    ):
        assert INLINE.findall(bad), bad
    for good in (
        '<script src="/a.js" defer></script>',
        '<script type="application/ld+json">{}</script>',
        '<p class="on-sale" data-style="x">',
    ):
        assert INLINE.findall(good) == [], good


def test_every_kind_of_page_is_looked_at() -> None:
    assert len(PAGES) >= 40
    assert {address for address, _actor in PAGES} >= set(PUBLIC)
    assert len(API) >= 12
    assert "/api/v1/orders/<group_id>/" in API

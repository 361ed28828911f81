"""S02: an id of somebody else's thing is answered as an id of nothing, wherever it may stand.

Every route with an id in its address is tried by strangers who have things of their own: with A's ids
alone, and with A's id below a thing of their own. The answer, where it leads, and the tables that it
writes must be those of an id that nobody has.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.utils import quote
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, path

from apps.accounts.models import User
from apps.sellers.models import SellerMember
from marketplace.tests import access
from marketplace.tests.access import ACTORS, Person, Row, filled, url_of
from marketplace.tests.scene import OFFICE, Scene
from marketplace.tests.strangers import Stranger, Strangers, make_strangers, not_there

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access-matrix")]
TABLE = access.load()

OWNED = {
    "address_id", "change_id", "checkout_id", "dispute_id", "document_id", "draft_id", "filter_id",
    "group_id", "line_id", "member_id", "offer_id", "order_id", "payout_id", "photo_id",
    "picture_id", "product_id", "return_id", "review_id", "seller_id", "settlement_id",
    "shipment_id", "warehouse_id",
}  # fmt: skip
# Parameters that name nobody's thing.
NOBODYS = {
    "app_label": "a part of the back office",
    "code": "a category",
    "content_type_id": "a kind of row; the rights are the kind's",
    "key": "a secret of a letter: it is the right itself",
    "name": "a step of a form",
    "object_id": "a row of the back office; the rights are its kind's, tried below",
    "page": "a page of information",
    "short_id": "a product, which everybody sees",
    "slug": "a product's words",
    "token": "a signed link: it is the right itself",
    "uidb36": "half of a secret of a letter",
    "url": "any address that is no page of the back office",
}
# Routes whose id is of a thing that everybody sees.
EVERYBODYS = {
    "/en/p/<product_id>/personal/": "what a product's page says to its visitor",
    "/en/p/<product_id>/review/": "a visitor's own review of a product",
    "/en/p/<product_id>/reviews/mine/": "a visitor's own review of a product",
    "/en/p/<product_id>/viewed/": "a visitor looked at a product",
    "/en/reviews/<review_id>/helpful/": "a published review, voted for by others",
    "/api/v1/reviews/<review_id>/helpful/": "a published review, voted for by others",
}
# What members of A's shop see and do by their role (sellers/rules.py); the rest is not there for them.
# The form of an inspection is read before the power is: its page shows the return to every member.
EVERY_MEMBER = {
    "GET /api/v1/seller/disputes/<dispute_id>/",
    "GET /api/v1/seller/orders/<order_id>/",
    "GET /api/v1/seller/orders/<order_id>/documents/",
    "GET /api/v1/seller/returns/<return_id>/",
    "GET /en/seller/<seller_id>/",
    "GET /en/seller/<seller_id>/disputes/",
    "GET /en/seller/<seller_id>/offers/",
    "GET /en/seller/<seller_id>/offers/<offer_id>/",
    "GET /en/seller/<seller_id>/orders/",
    "GET /en/seller/<seller_id>/returns/",
    "GET /en/seller/<seller_id>/reviews/",
    "GET /en/seller/<seller_id>/warehouses/",
    "GET /en/seller/disputes/<dispute_id>/",
    "GET /en/seller/orders/<order_id>/",
    "GET /en/seller/returns/<return_id>/",
    "POST /en/seller/<seller_id>/filters/",
    "POST /en/seller/returns/<return_id>/inspect/",
}
KEEPER = EVERY_MEMBER | {
    "POST /en/seller/<seller_id>/offers/<offer_id>/stock/",
    "POST /api/v1/seller/orders/<order_id>/confirm/",
    "POST /api/v1/seller/orders/<order_id>/documents/",
    "POST /api/v1/seller/orders/<order_id>/ship/",
    "POST /api/v1/seller/returns/<return_id>/receive/",
    "POST /en/seller/<seller_id>/offers/bulk/",
    "POST /en/seller/orders/<order_id>/confirm/",
    "POST /en/seller/orders/<order_id>/documents/",
    "POST /en/seller/orders/<order_id>/ship/",
    "POST /en/seller/returns/<return_id>/receive/",
}
BOOKKEEPER = EVERY_MEMBER | {
    "GET /api/v1/seller/documents/<document_id>/",
    "GET /api/v1/seller/documents/<document_id>/file/",
    "GET /api/v1/seller/payouts/<payout_id>/",
    "GET /en/seller/<seller_id>/finance/",
    "GET /en/seller/<seller_id>/finance/<settlement_id>/",
    "GET /en/seller/<seller_id>/finance/account/",
    "GET /en/seller/<seller_id>/finance/payouts/",
    "GET /en/seller/<seller_id>/finance/payouts/<payout_id>/",
    "GET /en/seller/<seller_id>/statements/",
    "GET /en/seller/documents/<document_id>/",
    "GET /en/seller/documents/<document_id>/file/",
    "POST /api/v1/seller/documents/<document_id>/",
    "POST /en/seller/<seller_id>/finance/payouts/",
    "POST /en/seller/<seller_id>/finance/schedule/",
    "POST /en/seller/documents/<document_id>/",
}
MAY = {
    "STOCK": KEEPER,
    "FINANCE": BOOKKEEPER,
    # Couriers of one city race for a parcel: who is late is told so.
    "other courier": {
        "POST /api/v1/courier/tasks/<shipment_id>/take/",
        "POST /en/courier/stops/<shipment_id>/take/",
    },
}
# A's thing in the scene is not at that step: test_further_on tries these with things that are.
FURTHER_ON = {
    "GET /en/returns/<return_id>/label/",
    "POST /en/courier/stops/<shipment_id>/return/",
    "POST /en/seller/<seller_id>/statements/",
}
OWNERS = ("customer", "link_holder", "seller_owner", "courier", "superadmin")
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"')
_WRITTEN = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
_OWN_BOOKS = {"django_session"}
_OWN_COOKIES = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
_PARAMETERS = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Told:
    """What somebody learns from an answer, and which tables it wrote."""

    status: int
    leads_to: str
    body: str
    kept: str
    written: frozenset[str]


def told(person: Person, method: str, url: str, send: Any, ids: set[str]) -> Told:
    written: set[str] = set()

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if found := _WRITTEN.match(sql):
            written.add(found[1])
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        answer = person.call(method, url, send)
    body = answer.getvalue().decode(errors="replace")
    cookies = {name: one.value for name, one in answer.cookies.items() if name not in _OWN_COOKIES}
    if messages := cookies.get("messages"):
        # What follows is the second in which it was signed, and the signature.
        cookies["messages"] = messages.rsplit(":", 2)[0]
    return Told(
        answer.status_code,
        _without(answer.headers.get("Location", ""), ids),
        _TOKEN.sub("", _without(body, ids | {answer["X-Request-Id"]})),
        _without("".join(cookies.values()), ids),
        frozenset(written - _OWN_BOOKS),
    )


def _without(text: str, ids: set[str]) -> str:
    for one in ids:
        text = text.replace(f"/{one}/", "/*/") if one.isdigit() else text.replace(one, "*")
    return text


@dataclass(frozen=True)
class Try:
    """One call: `ids` are A's, each in a place where `missing` puts one of nothing."""

    method: str
    url: str
    missing: str
    send: Any
    ids: frozenset[str]
    send_missing: Any = None

    def differs(self, person: Person) -> str:
        there = told(person, self.method, self.url, self.send, set(self.ids))
        send = self.send if self.send_missing is None else self.send_missing
        nothing = told(person, self.method, self.missing, send, set(self.ids))
        if there == nothing:
            return ""
        return f"{there.status} {sorted(there.written)}, not {nothing.status} {sorted(nothing.written)}"


def owned_in(address: str) -> list[str]:
    return [name for name in _PARAMETERS.findall(address) if name in OWNED]


def methods_of(row: Row) -> list[str]:
    """Those that are not refused to everybody as no method of this route."""
    return [
        method
        for method, expected in row.outcomes.items()
        if set(expected) == set(ACTORS) and {"405"} != set(expected.values()) - {"401", "login"}
    ]


def tries(
    scene: Scene, address: str, theirs: dict[str, Any], extra: dict[str, Any]
) -> Iterator[Try]:
    """Every mixture of A's ids and the stranger's own; of A's at least one."""
    row, names = TABLE.rows[address], owned_in(address)
    of_a = scene.values | filled(row.places, scene.values) | extra
    own = {**theirs, **placed(row, theirs)}
    for count in range(len(names), 0, -1):
        for chosen in combinations(names, count):
            rest = set(names) - set(chosen)
            is_own = any(own.get(name) == of_a[name] for name in chosen) and len(names) > 1
            if is_own or not rest <= set(own):
                continue
            kept = of_a | {name: own[name] for name in names if name not in chosen}
            none = {name: not_there(of_a[name]) for name in chosen}
            for method in methods_of(row):
                yield Try(
                    method,
                    url_of(address, kept),
                    url_of(address, kept | none),
                    filled(row.send, scene.values),
                    frozenset(none.values()) | {str(of_a[name]) for name in chosen},
                )


def placed(row: Row, theirs: dict[str, Any]) -> dict[str, Any]:
    return {
        name: theirs[place.strip("{}")]
        for name, place in row.places.items()
        if place.strip("{}") in theirs
    }


def addresses() -> list[str]:
    return sorted(
        address
        for address, row in TABLE.rows.items()
        if "WS" not in row.outcomes
        and owned_in(address)
        and not address.startswith("/backoffice/")
        and address not in EVERYBODYS
    )


def extra_of(address: str, strangers: Strangers) -> dict[str, Any]:
    return {"shipment_id": strangers.shelved_id} if "/pickup/" in address else {}


def faults(scene: Scene, strangers: Strangers) -> dict[str, dict[str, str]]:
    """Who -> "METHOD /address/" -> how an id of A's is told from one of nothing."""
    found: dict[str, dict[str, str]] = {}
    for address in addresses():
        for name, stranger in strangers.people.items():
            if not stranger.tries(address):
                continue
            for one in tries(scene, address, stranger.theirs, extra_of(address, strangers)):
                if said := one.differs(stranger.person):
                    found.setdefault(name, {})[f"{one.method} {address}"] = f"{one.url}: {said}"
    return found


@pytest.fixture
def strangers(scene: Scene) -> Strangers:
    return make_strangers(scene)


def test_ids_of_others_are_answered_as_ids_of_nothing(scene: Scene, strangers: Strangers) -> None:
    found = faults(scene, strangers)

    told_too_much = {
        f"{deed} as {name}": said
        for name, deeds in found.items()
        for deed, said in deeds.items()
        if deed not in MAY.get(name, ())
    }
    assert told_too_much == {}
    unused = {name: deeds - set(found.get(name, ())) for name, deeds in MAY.items()}
    assert {name: deeds for name, deeds in unused.items() if deeds} == {}


def test_whose_the_things_are_gets_another_answer(scene: Scene, strangers: Strangers) -> None:
    """The control: for each route and method somebody's call shows that the thing is there."""
    untold = set()
    for address in addresses():
        owners = [scene.people[name] for name in OWNERS]
        if "/pickup/" in address:
            owners = [strangers.clerk]
        calls = list(tries(scene, address, {}, extra_of(address, strangers)))
        untold |= {
            f"{one.method} {address}"
            for one in calls
            if not any(one.differs(owner) for owner in owners)
        }
    assert untold == FURTHER_ON


def test_stranger_who_is_let_in_is_seen(scene: Scene, strangers: Strangers) -> None:
    """The gate goes red: the other seller becomes the manager of A's shop, the guest gets A's link."""
    other = scene.people["other_seller"]
    user = User.objects.get(email="owner2@sellers.example")
    SellerMember.objects.create(seller=scene.world.sellers[0], user=user, role="MANAGER")
    guest = strangers.people["guest of another order"]
    strangers.people = {
        "other seller": Stranger(other, strangers.people["other seller"].theirs, "/seller/"),
        "guest": Stranger(scene.people["link_holder"], guest.theirs, "/orders/"),
    }

    found = faults(scene, strangers)

    assert found["other seller"].keys() >= EVERY_MEMBER
    # Below a shop of one's own: an offer of the other shop is still nothing there.
    assert all(
        str(scene.values["seller_id"]) in said
        for deed, said in found["other seller"].items()
        if "<seller_id>" in deed
    )
    assert "POST /en/orders/<group_id>/<order_id>/cancel/" in found["guest"]
    assert "GET /api/v1/orders/<group_id>/" in found["guest"]


def unsorted_ids(routes: list[access.Route]) -> set[str]:
    """Parameters of addresses of which nobody has said whose they are."""
    named = {name for route in routes for name in _PARAMETERS.findall(route.address)}
    return named - OWNED - set(NOBODYS)


def test_every_id_in_an_address_is_somebodys_or_said_to_be_nobodys() -> None:
    routes = access.routes()

    assert unsorted_ids(routes) == set()
    named = {name for route in routes for name in _PARAMETERS.findall(route.address)}
    assert OWNED | set(NOBODYS) == named
    assert set(EVERYBODYS) <= {route.address for route in routes}


def test_new_id_in_an_address_is_seen() -> None:
    def show(request: HttpRequest, thing_id: str) -> HttpResponse:
        return HttpResponse(thing_id)

    planted = [*get_resolver().url_patterns, path("things/<uuid:thing_id>/", show)]

    assert unsorted_ids(access.routes(planted)) == {"thing_id"}


def _office_tries(scene: Scene) -> Iterator[tuple[str, Try, Row]]:
    """Pages of one row of the back office, beside the same address with an id of nothing."""
    for address, row in TABLE.rows.items():
        if address.startswith("/backoffice/") and owned_in(address):
            for one in tries(scene, address, {}, {}):
                yield address, one, row
    for route in access.routes():
        if route.kind != "change":
            continue
        there = apps.get_model(route.model)._default_manager.order_by("pk").first()
        assert there is not None
        keys = (quote(str(there.pk)), not_there(there.pk))
        urls = [url_of(route.address, {"object_id": key}) for key in keys]
        yield (
            route.address,
            Try("GET", urls[0], urls[1], {}, frozenset(keys)),
            TABLE.models[route.model]["change"],
        )


def test_staff_without_the_right_are_told_nothing_of_a_row(scene: Scene) -> None:
    """Who may not look is refused alike where there is nothing; the superadmin sees a difference."""
    told_too_much, unseen, refused = [], [], 0
    for address, one, row in _office_tries(scene):
        for name in ("customer", *OFFICE):
            may_look = row.outcomes["GET"][name] == "ok"
            if may_look and name != "superadmin":
                continue
            is_told = one.differs(scene.people[name])
            if may_look and not is_told:
                unseen.append(f"{one.method} {address}")
            if not may_look:
                refused += 1
                if is_told:
                    told_too_much.append(f"{one.method} {address} as {name}: {is_told}")
    assert told_too_much == []
    assert unseen == []
    assert refused > 200

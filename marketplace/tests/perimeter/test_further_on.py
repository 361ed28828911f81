"""S02 where a thing must be further on than the scene has it: agreed to, shipped, received, a month old.

An id of A's is tried by its owner, whose answer must show that it is there (the control), and by a stranger
at the same step with things of their own, who must be told what an id of nothing is told.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from apps.accounts.models import User
from apps.core import clock
from apps.core.services.relay import deliver_all
from apps.core.viewer import Viewer, viewer_of
from apps.logistics.services import delivering
from apps.logistics.tests.world import make_courier
from apps.logistics.types import FailureReason
from apps.orders.models import Order, Return
from apps.orders.services import fulfilment, inspecting, returning, settling
from apps.orders.tests.cases.world import approve, arrived, ask, line_of
from apps.orders.tests.services.fulfilling import (
    arrive,
    delivered_order,
    fresh,
    owner,
    paid_orders,
    set_out,
    ship,
)
from apps.orders.tests.services.world import now
from apps.reviews.tests.world import another_buyer, bought, photo, product_of, written
from marketplace.tests.access import Person
from marketplace.tests.api_client import session_token
from marketplace.tests.perimeter.test_objects_of_others import FURTHER_ON as ROUTES
from marketplace.tests.perimeter.test_objects_of_others import Try
from marketplace.tests.strangers import not_there
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db

# Places in bodies, as test_ids_in_bodies names them.
BODIES = {
    "POST /api/v1/orders/<group_id>/orders/<order_id>/disputes/ return_id",
    "POST /api/v1/orders/<group_id>/orders/<order_id>/returns/ items[].line_id",
    "POST /api/v1/reviews/ photo_ids[]",
    "PUT /api/v1/reviews/<review_id>/ photo_ids[]",
    "POST /api/v1/seller/orders/<order_id>/documents/ parcel_id",
    "POST /api/v1/seller/orders/<order_id>/ship/ items[].line_id",
    "POST /api/v1/seller/returns/<return_id>/inspect/ lines[].line_id",
    "POST /api/v1/seller/statements/ seller_id",
}
A_MONTH = timedelta(days=40)


@dataclass(frozen=True)
class Case:
    """The owner's call and the stranger's, both with A's id."""

    owner: Person
    of_owner: Try
    stranger: Person
    of_stranger: Try


def with_id(method: str, url: str, id_: object, send: Any = None) -> Try:
    """A call, and the same one with an id of nothing wherever this one stands."""
    there, missing = str(id_), not_there(id_)
    body = send or {}
    without = json.loads(json.dumps(body).replace(there, missing))
    return Try(method, url, url.replace(there, missing), body, frozenset({there, missing}), without)


def person(user: User | None) -> Person:
    assert user is not None
    return Person("other_customer", session_token(user))


def seller(number: int) -> Person:
    return person(User.objects.get(email=f"owner{number}@sellers.example"))


@dataclass(frozen=True)
class Trade:
    """A buys of the first seller; B is another customer, who buys of the second."""

    a: World
    b: World

    def sold_by_second(self) -> Order:
        """A confirmed order of B."""
        order = paid_orders(self.b, offers=(2,))[0]
        return fulfilment.confirm_order(order_id=order.id, actor=owner(2), now=now())

    def sold_by_first(self) -> Order:
        order = paid_orders(self.a, offers=(0,))[0]
        return fulfilment.confirm_order(order_id=order.id, actor=owner(), now=now())

    def delivered_to_b(self) -> Order:
        order = self.sold_by_second()
        arrive(ship(order, actor=owner(2)))
        return fresh(order)


@pytest.fixture
def trade() -> Trade:
    world = make_world()
    return Trade(world, replace(world, buyer=make_user("b@people.example", full_name="B")))


def _same(a: Person, b: Person, call: Try) -> Case:
    return Case(a, call, b, call)


def label_of_return(trade: Trade) -> Case:
    case = approve(ask(trade.a, delivered_order(trade.a)))
    call = with_id("GET", f"/en/returns/{case.id}/label/", case.id)
    return _same(person(trade.a.buyer), person(trade.b.buyer), call)


def parcel_on_its_way_back(trade: Trade) -> Case:
    shipment = ship(trade.sold_by_first())
    carrier = set_out(shipment)
    delivering.fail_attempt(
        shipment_id=shipment.id,
        reason=FailureReason.REFUSED,
        key="refused",
        actor=carrier,
        now=now(),
    )
    call = with_id("POST", f"/en/courier/stops/{shipment.id}/return/", shipment.id)
    return _same(person(User.objects.get(id=carrier.user_id)), person(make_courier(2)), call)


def page_of_statements(trade: Trade) -> Case:
    month = _settled_month(trade)
    call = with_id(
        "POST",
        f"/en/seller/{trade.a.sellers[0].id}/statements/",
        trade.a.sellers[0].id,
        {"period": f"{month}-01 UZS"},
    )
    return _same(seller(1), seller(2), call)


def statement_of_seller(trade: Trade) -> Case:
    month, shop = _settled_month(trade), trade.a.sellers[0].id
    body = {"seller_id": str(shop), "month": month, "currency": "UZS"}
    return _same(seller(1), seller(2), with_id("POST", "/api/v1/seller/statements/", shop, body))


def _settled_month(trade: Trade) -> str:
    """Both sellers earned in this month."""
    for world, order in ((trade.a, delivered_order(trade.a)), (trade.b, trade.delivered_to_b())):
        settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    return f"{clock.now():%Y-%m}"


def rejected_return(trade: Trade) -> Case:
    order, own = delivered_order(trade.a), trade.delivered_to_b()
    case = ask(trade.a, order)
    returning.reject_return(return_id=case.id, why="It was worn.", actor=owner(), now=now())
    deliver_all()
    body = {"reason": "RETURN_REJECTED", "wanted_minor": 100, "text": "It was not."}
    return _below_orders(trade, "disputes", order, own, case.id, body | {"return_id": str(case.id)})


def line_of_return(trade: Trade) -> Case:
    order, own = delivered_order(trade.a), trade.delivered_to_b()
    line = line_of(order).id
    body = {"items": [{"line_id": str(line), "quantity": 1}], "reason": "FAULTY"}
    return _below_orders(trade, "returns", order, own, line, body)


def _below_orders(
    trade: Trade, what: str, order: Order, own: Order, id_: UUID, body: dict[str, Any]
) -> Case:
    def call(at: Order) -> Try:
        url = f"/api/v1/orders/{at.group_id}/orders/{at.id}/{what}/"
        return with_id("POST", url, id_, body)

    return Case(person(trade.a.buyer), call(order), person(trade.b.buyer), call(own))


def photo_of_new_review(trade: Trade) -> Case:
    bought(trade.a, 0)
    uploaded = photo(trade.a.viewer()).id
    body = {"product_id": str(product_of(trade.a).id), "rating": 5, "photo_ids": [str(uploaded)]}
    other = another_buyer(trade.a, 7)
    call = with_id("POST", "/api/v1/reviews/", uploaded, body)
    return _same(person(trade.a.buyer), person(User.objects.get(id=other.user_id)), call)


def photo_of_review(trade: Trade) -> Case:
    bought(trade.a, 0)
    other = another_buyer(trade.a, 7)
    uploaded = photo(trade.a.viewer()).id
    body = {"rating": 3, "photo_ids": [str(uploaded)]}

    def call(actor: Viewer) -> Try:
        review = written(trade.a, actor=actor)
        return with_id("PUT", f"/api/v1/reviews/{review.id}/", uploaded, body)

    stranger = person(User.objects.get(id=other.user_id))
    return Case(person(trade.a.buyer), call(trade.a.viewer()), stranger, call(other))


def parcel_of_paper(trade: Trade) -> Case:
    order, own = trade.sold_by_first(), trade.sold_by_second()
    parcel = ship(order).id
    ship(own, actor=owner(2))
    body = {"kind": "LABEL", "parcel_id": str(parcel)}
    return _below_sales("documents", order, own, parcel, body)


def line_of_parcel(trade: Trade) -> Case:
    order, own = trade.sold_by_first(), trade.sold_by_second()
    line = line_of(order).id
    body = {"items": [{"line_id": str(line), "quantity": 1}]}
    return _below_sales("ship", order, own, line, body)


def _below_sales(what: str, order: Order, own: Order, id_: UUID, body: dict[str, Any]) -> Case:
    def call(at: Order) -> Try:
        return with_id("POST", f"/api/v1/seller/orders/{at.id}/{what}/", id_, body)

    return Case(seller(1), call(order), seller(2), call(own))


def line_of_inspection(trade: Trade) -> Case:
    order = delivered_order(trade.a)
    case, own = arrived(trade.a, order), _arrived_at_second(trade)
    line = line_of(order).id
    body = {"lines": [{"line_id": str(line), "accepted": 1}]}

    def call(at: Return) -> Try:
        return with_id("POST", f"/api/v1/seller/returns/{at.id}/inspect/", line, body)

    return Case(seller(1), call(case), seller(2), call(own))


def _arrived_at_second(trade: Trade) -> Return:
    case = ask(trade.b, trade.delivered_to_b())
    returning.approve_return(return_id=case.id, actor=owner(2), now=now())
    returning.mark_sent(
        return_id=case.id,
        carrier="Post",
        tracking_number="RR2",
        actor=viewer_of(trade.b.buyer),
        now=now(),
    )
    found = inspecting.mark_received(return_id=case.id, actor=owner(2), now=now())
    deliver_all()
    return found


CASES: dict[str, Callable[[Trade], Case]] = {
    "GET /en/returns/<return_id>/label/": label_of_return,
    "POST /en/courier/stops/<shipment_id>/return/": parcel_on_its_way_back,
    "POST /en/seller/<seller_id>/statements/": page_of_statements,
    "POST /api/v1/orders/<group_id>/orders/<order_id>/disputes/ return_id": rejected_return,
    "POST /api/v1/orders/<group_id>/orders/<order_id>/returns/ items[].line_id": line_of_return,
    "POST /api/v1/reviews/ photo_ids[]": photo_of_new_review,
    "PUT /api/v1/reviews/<review_id>/ photo_ids[]": photo_of_review,
    "POST /api/v1/seller/orders/<order_id>/documents/ parcel_id": parcel_of_paper,
    "POST /api/v1/seller/orders/<order_id>/ship/ items[].line_id": line_of_parcel,
    "POST /api/v1/seller/returns/<return_id>/inspect/ lines[].line_id": line_of_inspection,
    "POST /api/v1/seller/statements/ seller_id": statement_of_seller,
}


@pytest.mark.parametrize("place", CASES)
def test_id_of_others_is_answered_as_one_of_nothing(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    case = CASES[place](trade)
    if "/statements/" in place:
        later = clock.now() + A_MONTH
        monkeypatch.setattr(clock, "now", lambda: later)

    assert case.of_stranger.differs(case.stranger) == ""
    assert case.of_owner.differs(case.owner) != ""


def test_each_place_that_needs_more_than_the_scene_is_tried() -> None:
    assert set(CASES) == ROUTES | BODIES

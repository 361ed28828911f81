"""Returns and disputes in the seller centre: the queues, the steps, who sees what."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.backoffice.tests.world import client_of
from apps.orders.models import CasePhoto, DisputeMessage, Order, Return
from apps.orders.services import returning
from apps.orders.tests.cases.world import approve, arrived, ask, dispute
from apps.orders.tests.charged_back import take
from apps.orders.tests.services.fulfilling import delivered_order, member, owner
from apps.orders.types_returns import DisputeState, ReturnState
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def seller(world: World) -> Client:
    return client_of(User.objects.get(id=owner().user_id))


def test_queue_shows_the_clock_and_leads_to_the_return(world: World, seller: Client) -> None:
    case = ask(world, delivered_order(world))
    shop = world.sellers[0].id

    home = seller.get(f"/en/seller/{shop}/").content.decode()
    assert "1 return to answer" in home
    page = seller.get(f"/en/seller/{shop}/returns/?tab=to_answer").content.decode()
    assert (case.number in page, "Answer by" in page) == (True, True)
    assert case.number not in seller.get(f"/en/seller/{shop}/returns/?tab=closed").content.decode()
    assert seller.get(f"/en/seller/{shop}/returns/?tab=x").status_code == 404


def post(client: Client, case: Return, deed: str, data: dict[str, Any] | None = None) -> Any:
    answer = client.post(f"/en/seller/returns/{case.id}/{deed}/", data or {})
    case.refresh_from_db()
    return answer


def test_seller_walks_a_return_to_its_end(world: World, seller: Client) -> None:
    case = ask(world, delivered_order(world, quantity=2), 2)
    post(seller, case, "approve")
    post(seller, case, "receive")
    row = case.lines.get()

    wrong = {f"line-{row.id}-accepted": 1, f"line-{row.id}-condition": "RESTOCK"}
    assert post(seller, case, "inspect", wrong).status_code == 422
    assert case.state == ReturnState.RECEIVED
    post(seller, case, "inspect", wrong | {f"line-{row.id}-why": "One is used."})

    assert (case.state, case.refund_minor) == (ReturnState.REFUNDED, 100_000_00)
    page = seller.get(f"/en/seller/returns/{case.id}/").content.decode()
    assert "One is used." in page


def test_refusal_needs_words(world: World, seller: Client) -> None:
    case = ask(world, delivered_order(world))

    assert post(seller, case, "reject", {"why": ""}).status_code == 422
    assert case.state == ReturnState.REQUESTED
    post(seller, case, "reject", {"why": "It was worn."})

    assert (case.state, case.answer) == (ReturnState.REJECTED, "It was worn.")
    html = seller.get(f"/en/seller/returns/{case.id}/").content.decode()
    assert "Refused by you" in html
    assert "if you accept all of it" not in html


def test_stock_keeper_takes_in_without_sums(world: World) -> None:
    case = approve(ask(world, delivered_order(world)))
    keeper = client_of(User.objects.get(id=member(world, "STOCK").user_id))

    page = keeper.get(f"/en/seller/returns/{case.id}/").content.decode()
    assert "It has arrived" in page
    assert "UZS" not in page
    assert post(keeper, case, "reject", {"why": "No"}).status_code == 404
    post(keeper, case, "receive")
    assert case.state == ReturnState.RECEIVED


def test_other_shops_find_nothing(world: World) -> None:
    order = delivered_order(world)
    case, other = arrived(world, order), client_of(User.objects.get(id=owner(2).user_id))

    assert other.get(f"/en/seller/returns/{case.id}/").status_code == 404
    for deed in ("approve", "reject", "receive", "inspect"):
        assert post(other, case, deed, {"why": "x"}).status_code == 404
    assert other.get(f"/en/seller/{order.seller_id}/returns/").status_code == 404


def test_seller_answers_a_dispute(world: World, seller: Client) -> None:
    case = dispute(world, delivered_order(world))
    shop = world.sellers[0].id
    assert "1 dispute to answer" in seller.get(f"/en/seller/{shop}/").content.decode()
    assert case.number in seller.get(f"/en/seller/{shop}/disputes/").content.decode()

    seller.post(
        f"/en/seller/disputes/{case.id}/say/", {"key": "a", "text": "The picture is right."}
    )

    case.refresh_from_db()
    assert case.state == DisputeState.SELLER_ANSWERED
    assert DisputeMessage.objects.count() == 2
    assert "The picture is right." in seller.get(f"/en/seller/disputes/{case.id}/").content.decode()


def order_page(client: Client, order: Order) -> str:
    return client.get(f"/en/seller/orders/{order.id}/").content.decode()


def test_order_lists_its_cases_with_states_and_links(world: World, seller: Client) -> None:
    order = delivered_order(world, quantity=2)
    case = ask(world, order)
    returning.reject_return(
        return_id=case.id, why="It was worn.", actor=owner(), now=case.requested_at
    )
    case.refresh_from_db()
    quarrel = dispute(world, order, 50_000_00, case=case)
    take(order, reason="fraudulent")
    keeper = client_of(User.objects.get(id=member(world, "STOCK").user_id))

    html = order_page(seller, order).replace("\xa0", " ")
    packed = order_page(keeper, order)

    assert f'href="/en/seller/returns/{case.id}/"' in html
    assert f'href="/en/seller/disputes/{quarrel.id}/"' in html
    assert "Refused by you" in html
    assert str(DisputeState.OPEN.label) in html
    assert "50,000 UZS ·" in html
    assert "#chargebacks-title" in html
    assert "The cardholder did not make this payment" in html
    assert case.number in packed
    assert quarrel.number in packed
    assert "50,000" not in packed
    assert "#chargebacks-title" not in packed


def test_order_without_cases_says_nothing_of_them(world: World, seller: Client) -> None:
    assert "Returns and disputes" not in order_page(seller, delivered_order(world))


def test_order_page_costs_the_same_for_one_case_and_three(
    world: World, seller: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = delivered_order(world, quantity=3)
    ask(world, order)
    order_page(seller, order)
    with django_assert_num_queries(ORDER_QUERIES):
        order_page(seller, order)
    for _ in range(2):
        ask(world, order)
    with django_assert_num_queries(ORDER_QUERIES):
        order_page(seller, order)


def test_pictures_open_in_the_page_and_are_links_without_scripts(
    world: World, seller: Client
) -> None:
    case = ask(world, delivered_order(world))
    for letter in "ab":
        CasePhoto.objects.create(
            return_case=case, content_hash=letter * 64, width=40, height=30, widths=[40]
        )

    html = seller.get(f"/en/seller/returns/{case.id}/").content.decode()

    for photo in CasePhoto.objects.all():
        assert f'<a href="/en/evidence/{photo.id}/" data-photo>' in html
    assert html.count("<dialog") == html.count("data-photo-large") == 1
    assert 'data-behavior="photo-viewer"' in html
    assert 'method="dialog"' in html
    assert html.count("data-photo-step") == 2


@pytest.mark.parametrize("page", ["returns", "disputes"])
def test_lists_take_the_same_queries_for_one_and_for_three(
    world: World, seller: Client, page: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make = ask if page == "returns" else dispute
    url = f"/en/seller/{world.sellers[0].id}/{page}/"
    make(world, delivered_order(world))
    seller.get(url)
    with django_assert_num_queries(QUERIES[page]):
        seller.get(url)
    for _ in range(2):
        make(world, delivered_order(world))
    with django_assert_num_queries(QUERIES[page]):
        seller.get(url)


QUERIES = {"returns": 9, "disputes": 9}
ORDER_QUERIES = 21

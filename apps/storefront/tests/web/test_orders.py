"""Order pages: who may open them, what can be done, how many queries they cost."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.core.viewer import Grant, GrantToken
from apps.orders.models import OrderGroup
from apps.orders.selectors import order_grant
from apps.orders.types import GroupStatus
from apps.storefront.tests.web.trade import add, buy
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db

LIST_QUERIES = 4
# Three of them read what the page is compared with when it is told of a change.
PAGE_QUERIES = 13


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def buyer(world: World) -> Client:
    client = Client()
    client.cookies["currency"] = "UZS"
    client.force_login(world.buyer)
    return client


def _order(client: Client, world: World, *offers: int, email: str = "") -> OrderGroup:
    for index in offers:
        add(client, world.offers[index])
    return buy(client, world, email=email)


def test_order_page_tells_status_deadline_and_money(buyer: Client, world: World) -> None:
    group = _order(buyer, world, 0, 2)

    page = buyer.get(f"/en/orders/{group.id}/").content.decode()

    assert "Waiting for payment" in page
    assert "until then the goods are held for you." in page
    assert "Nothing is charged yet." in page
    assert f"{group.number}-1" in page
    assert f"{group.number}-2" in page
    assert f"/ws/orders/{group.id}/" in page


def test_order_fragment_is_the_live_part_alone(buyer: Client, world: World) -> None:
    group = _order(buyer, world, 0)

    page = buyer.get(f"/en/orders/{group.id}/", HTTP_HX_REQUEST="true").content.decode()

    assert page.lstrip().startswith('<div class="order" id="order"')


def test_other_buyer_seller_and_staff_without_the_right_find_nothing(
    buyer: Client, world: World
) -> None:
    group = _order(buyer, world, 0)
    other = make_user("other@people.example")
    staff = make_user("staff@people.example", is_staff=True)
    owner = type(other).objects.get(email="owner1@sellers.example")

    for person in (other, staff, owner):
        client = Client()
        client.force_login(person)
        assert client.get(f"/en/orders/{group.id}/").status_code == 404
        assert client.post(f"/en/orders/{group.id}/cancel/").status_code == 404
    group.refresh_from_db()
    assert group.status == GroupStatus.AWAITING_PAYMENT


def test_staff_with_the_right_looks_but_does_not_cancel(buyer: Client, world: World) -> None:
    group = _order(buyer, world, 0)
    staff = make_user("staff@people.example", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_ordergroup"))
    client = Client()
    client.force_login(staff)

    assert client.get(f"/en/orders/{group.id}/").status_code == 200
    assert client.post(f"/en/orders/{group.id}/cancel/").status_code == 404
    group.refresh_from_db()
    assert group.status == GroupStatus.AWAITING_PAYMENT


def test_guest_opens_the_order_by_the_link_of_the_letter(client: Client, world: World) -> None:
    group = _order(client, world, 0, email="guest@people.example")
    elsewhere = Client()

    answer = elsewhere.get(f"/en/orders/open/{GrantToken.write(order_grant(group))}/")

    assert answer["Location"] == f"/en/orders/{group.id}/"
    assert elsewhere.get(f"/en/orders/{group.id}/").status_code == 200
    assert group.number in elsewhere.get("/en/orders/").content.decode()


def test_revoked_forged_and_foreign_tokens_open_nothing(client: Client, world: World) -> None:
    group = _order(client, world, 0, email="guest@people.example")
    wrong = [
        GrantToken.write(Grant("order", group.id, version=2)),
        GrantToken.write(Grant("cart", group.id)),
        "forged",
    ]

    for token in wrong:
        assert Client().get(f"/en/orders/open/{token}/").status_code == 404


def test_buyer_cancels_what_is_not_paid(buyer: Client, world: World) -> None:
    group = _order(buyer, world, 0)

    answer = buyer.post(f"/en/orders/{group.id}/cancel/", follow=True)

    group.refresh_from_db()
    assert (group.status, group.cancel_reason) == (GroupStatus.CANCELLED, "BY_BUYER")
    assert "You cancelled it. Nothing was charged." in answer.content.decode()


def test_orders_list_costs_the_same_for_one_order_and_three(
    buyer: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _order(buyer, world, 0)
    with django_assert_num_queries(LIST_QUERIES):
        buyer.get("/en/orders/")
    _order(buyer, world, 0, 2)
    _order(buyer, world, 1, 3)
    with django_assert_num_queries(LIST_QUERIES):
        buyer.get("/en/orders/")


def test_order_page_costs_the_same_for_one_line_and_three(
    buyer: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    small = _order(buyer, world, 0)
    large = _order(buyer, world, 0, 1, 2)
    for group in (small, large):
        with django_assert_num_queries(PAGE_QUERIES):
            buyer.get(f"/en/orders/{group.id}/")


def test_older_orders_are_on_the_next_page(buyer: Client, world: World) -> None:
    groups = [_order(buyer, world, index % 2) for index in range(11)]

    first = buyer.get("/en/orders/").content.decode()
    second = buyer.get(f"/en/orders/?before={groups[1].id}").content.decode()

    assert groups[0].number not in first
    assert f"?before={groups[1].id}" in first
    assert groups[0].number in second

"""Who may open which page: strangers and roles without the power get 404, guests sign in."""

from uuid import uuid4

import pytest
from django.test import Client

from apps.catalog.models import Warehouse
from apps.documents.tests.world import receipt_of
from apps.orders.models import Order
from apps.orders.tests.services.fulfilling import paid_order
from apps.seller_centre.tests.shop import browser, member_user, owner, owner_user, strangers
from apps.sellers.models import Seller, SellerMember
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_seller, make_user, make_world

pytestmark = pytest.mark.django_db


def get_paths(world: World, order: Order) -> dict[str, str]:
    seller, offer = world.sellers[0], world.offers[0]
    base = f"/en/seller/{seller.id}/"
    return {
        "home": base,
        "orders": f"{base}orders/",
        "order": f"/en/seller/orders/{order.id}/",
        "offers": f"{base}offers/",
        "offer_new": f"{base}offers/new/",
        "offer": f"{base}offers/{offer.id}/",
        "warehouses": f"{base}warehouses/",
        "warehouse_new": f"{base}warehouses/new/",
        "warehouse": f"{base}warehouses/{Warehouse.objects.get(seller=seller).id}/",
        "reviews": f"{base}reviews/",
        "finance": f"{base}finance/",
        "payouts": f"{base}finance/payouts/",
        "bank": f"{base}finance/account/",
        "statements": f"{base}statements/",
        "receipt": f"/en/seller/documents/{receipt_of(order).id}/",
        "staff": f"{base}staff/",
    }


def post_paths(world: World, order: Order) -> dict[str, str]:
    seller, offer = world.sellers[0], world.offers[0]
    base, of_order = f"/en/seller/{seller.id}/", f"/en/seller/orders/{order.id}/"
    member = SellerMember.objects.filter(seller=seller).first()
    return {
        "confirm": f"{of_order}confirm/",
        "ship": f"{of_order}ship/",
        "cancel": f"{of_order}cancel/",
        "documents": f"{of_order}documents/",
        "offer_new": f"{base}offers/new/",
        "price": f"{base}offers/{offer.id}/price/",
        "sale": f"{base}offers/{offer.id}/sale/",
        "stock": f"{base}offers/{offer.id}/stock/",
        "warehouse_new": f"{base}warehouses/new/",
        "payout": f"{base}finance/payouts/",
        "bank_change": f"{base}finance/account/change/",
        "schedule": f"{base}finance/schedule/",
        "staff_add": f"{base}staff/add/",
        "role": f"{base}staff/{member.id}/role/",
        "remove": f"{base}staff/{member.id}/remove/",
    }


OPEN_TO_ALL = {"home", "orders", "order", "offers", "offer", "warehouses", "reviews"}
MONEY = {"finance", "payouts", "bank", "statements", "receipt"}
OPENED = {
    MemberRole.OWNER: OPEN_TO_ALL | MONEY | {"offer_new", "warehouse_new", "warehouse", "staff"},
    MemberRole.MANAGER: OPEN_TO_ALL | MONEY | {"offer_new", "warehouse_new", "warehouse"},
    MemberRole.STOCK: OPEN_TO_ALL,
    MemberRole.FINANCE: OPEN_TO_ALL | MONEY,
}
CLOSED_TO_POST = {
    MemberRole.MANAGER: {"payout", "bank_change", "schedule", "staff_add", "role", "remove"},
    MemberRole.STOCK: {
        "cancel",
        "offer_new",
        "price",
        "sale",
        "warehouse_new",
        "payout",
        "bank_change",
        "schedule",
        "staff_add",
        "role",
        "remove",
    },
    MemberRole.FINANCE: {
        "confirm",
        "ship",
        "cancel",
        "documents",
        "offer_new",
        "price",
        "sale",
        "stock",
        "warehouse_new",
        "bank_change",
        "staff_add",
        "role",
        "remove",
    },
}


def test_strangers_find_nothing_and_guests_sign_in() -> None:
    world = make_world(offers_each=1)
    order = paid_order(world)
    reads, writes = get_paths(world, order), post_paths(world, order)

    for client in strangers(world):
        assert {name: client.get(path).status_code for name, path in reads.items()} == (
            dict.fromkeys(reads, 404)
        )
        assert {name: client.post(path).status_code for name, path in writes.items()} == (
            dict.fromkeys(writes, 404)
        )
    guest = browser()
    for path in reads.values():
        assert guest.get(path)["Location"] == f"/en/account/login/?next={path}"
    for path in writes.values():
        assert guest.post(path)["Location"].startswith("/en/account/login/")
    order.refresh_from_db()
    assert order.status == "PAID"


def test_each_role_opens_exactly_its_pages() -> None:
    world = make_world(offers_each=1)
    order = paid_order(world)
    reads, writes = get_paths(world, order), post_paths(world, order)

    for role, opened in OPENED.items():
        user = (
            owner_user(world.sellers[0])
            if role == MemberRole.OWNER
            else member_user(world.sellers[0], role)
        )
        client = browser(user)
        statuses = {name: client.get(path).status_code for name, path in reads.items()}
        assert statuses == {name: 200 if name in opened else 404 for name in reads}, role
        closed = {
            name
            for name in CLOSED_TO_POST.get(role, set())
            if client.post(writes[name], {"email": "x@x.example"}).status_code != 404
        }
        assert closed == set(), role


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_pages_open_in_every_language_and_are_nobodys_to_keep(language: str) -> None:
    world = make_world(offers_each=1)
    client = owner(world)

    for path in get_paths(world, paid_order(world)).values():
        answer = client.get(path.replace("/en/", f"/{language}/"))
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"


def test_unknown_shop_order_and_offer_are_not_found() -> None:
    world = make_world(offers_each=1)
    client, base = owner(world), f"/en/seller/{world.sellers[0].id}"

    for path in (
        f"/en/seller/{uuid4()}/",
        f"/en/seller/orders/{uuid4()}/",
        f"{base}/offers/{uuid4()}/",
        f"{base}/offers/{world.offers[1].id}/",
        f"{base}/offers/?tab=none",
        f"{base}/orders/?tab=none",
        f"{base}/finance/?state=none",
        f"{base}/reviews/?tab=none",
        f"{base}/finance/{uuid4()}/",
        f"{base}/warehouses/{uuid4()}/",
    ):
        assert client.get(path).status_code == 404, path


def test_entry_leads_guests_to_the_pitch_and_members_to_their_shop() -> None:
    seller = make_seller(1)[0]
    person = make_user("person@people.example")

    assert Client().get("/en/seller/")["Location"] == "/en/info/sellers/"
    assert browser(person).get("/en/seller/")["Location"] == "/en/info/sellers/"
    client = browser(owner_user(seller))
    assert client.get("/en/seller/")["Location"] == f"/en/seller/{seller.id}/"


def test_member_of_several_shops_chooses_and_can_change_over() -> None:
    first, second = make_seller(1)[0], make_seller(2)[0]
    user = owner_user(first)
    SellerMember.objects.create(seller=second, user=user, role=MemberRole.FINANCE)
    client = browser(user)

    choice = client.get("/en/seller/").content.decode()
    home = client.get(f"/en/seller/{first.id}/").content.decode()

    assert f"/en/seller/{first.id}/" in choice
    assert f"/en/seller/{second.id}/" in choice
    assert f"/en/seller/{second.id}/" in home


def test_shop_that_waits_for_approval_shows_its_first_page_alone() -> None:
    seller = make_seller(1)[0]
    Seller.objects.filter(id=seller.id).update(status="APPLIED", activated_at=None)
    client = browser(owner_user(seller))
    home = f"/en/seller/{seller.id}/"

    assert "We check the papers" in client.get(home).content.decode()
    for page in ("orders/", "offers/", "offers/new/", "finance/", "staff/", "warehouses/"):
        assert client.get(f"{home}{page}")["Location"] == home


def test_suspended_shop_works_on_and_is_told_so() -> None:
    seller = make_seller(1)[0]
    Seller.objects.filter(id=seller.id).update(status="SUSPENDED")
    client = browser(owner_user(seller))

    page = client.get(f"/en/seller/{seller.id}/orders/").content.decode()

    assert "This shop does not sell at the moment." in page


def test_header_tells_members_where_their_shop_is() -> None:
    seller = make_seller(1)[0]
    member = browser(owner_user(seller)).get("/en/me/header/").content.decode()
    buyer = browser(make_user("buyer@people.example")).get("/en/me/header/").content.decode()

    assert "Seller centre" in member
    assert "Seller centre" not in buyer
    assert 'href="/en/seller/"' in browser().get("/en/").content.decode()

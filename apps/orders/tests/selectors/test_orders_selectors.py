"""Who sees which order group: every kind of stranger, by every selector that takes a viewer."""

import pytest

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.core.viewer import ANONYMOUS, Grant, Viewer
from apps.orders.models import OrderGroup
from apps.orders.selectors import (
    cart_count,
    cart_of,
    checkout_of,
    may_see_group,
    order_grant,
    order_group,
    purchases,
)
from apps.orders.services import carts, checkouts, placing
from marketplace.tests.world import ADDRESS, NOW, World, make_user, make_world

pytestmark = pytest.mark.django_db
STAFF = frozenset({"orders.view_ordergroup"})


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def group(world: World) -> OrderGroup:
    viewer = world.viewer()
    carts.add_line(viewer=viewer, offer_id=world.offers[0].id, quantity=1, now=NOW)
    checkout = checkouts.open_checkout(viewer=viewer, language="en", currency="UZS", now=NOW)
    given = checkouts.CheckoutInput(email="buyer@people.example", address=ADDRESS)
    checkouts.update_checkout(viewer=viewer, checkout_id=checkout.id, given=given)
    checkout, quote = checkouts.refresh_quote(viewer=viewer, checkout_id=checkout.id, now=NOW)
    return placing.place_order(
        viewer=viewer, checkout_id=checkout.id, quote_digest=quote.digest, now=NOW
    )


def _strangers(world: World) -> list[Viewer]:
    seller = User.objects.get(email="owner1@sellers.example")
    return [
        ANONYMOUS,
        world.viewer(make_user("other@people.example")),
        world.viewer(seller),
        Viewer(user_id=seller.id, is_staff=True),
    ]


def test_strangers_find_no_order(world: World, group: OrderGroup) -> None:
    for viewer in _strangers(world):
        with pytest.raises(NotFound):
            order_group(viewer, group.id)
        assert not may_see_group(viewer, group.id)
        assert purchases(viewer).groups == []


def test_buyer_staff_with_the_right_and_link_holder_find_it(
    world: World, group: OrderGroup
) -> None:
    staff = Viewer(user_id=world.sellers[0].id, is_staff=True, permissions=STAFF)
    guest = ANONYMOUS.with_grant(order_grant(group))

    for viewer in (world.viewer(), staff, guest):
        assert order_group(viewer, group.id) == group
    assert purchases(world.viewer()).groups == [group]
    assert purchases(guest).groups == [group]
    assert purchases(staff).groups == []


def test_old_version_of_a_link_finds_nothing(group: OrderGroup) -> None:
    guest = ANONYMOUS.with_grant(Grant("order", group.id, version=group.token_version + 1))

    with pytest.raises(NotFound):
        order_group(guest, group.id)


def test_carts_and_checkouts_are_their_owners_alone(world: World) -> None:
    viewer = world.viewer()
    line = carts.add_line(viewer=viewer, offer_id=world.offers[0].id, quantity=2, now=NOW)
    checkout = checkouts.open_checkout(viewer=viewer, language="en", currency="UZS", now=NOW)
    guessed = ANONYMOUS.with_grant(Grant("cart", line.cart_id, version=1))

    assert (cart_of(viewer), cart_count(viewer)) == (line.cart, 2)
    for stranger in [*_strangers(world), guessed]:
        assert cart_of(stranger) is None
        assert cart_count(stranger) == 0
        with pytest.raises(NotFound):
            checkout_of(stranger, checkout.id)

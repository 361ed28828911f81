"""Guests' orders in an account: by a verified address or the link, whole or not at all."""

import pytest
from allauth.account.models import EmailAddress

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.core.models import AuditEntry
from apps.core.viewer import ANONYMOUS, Grant, Viewer, viewer_of
from apps.orders.models import OrderGroup
from apps.orders.selectors import order_grant, own_order_groups
from apps.orders.selectors_claims import claimable_groups
from apps.orders.services.claiming import claim_groups
from apps.orders.tests.services.fulfilling import delivered_order
from apps.orders.tests.services.world import now, place
from apps.reviews.selectors import reviews_of_group
from marketplace.tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def group(world: World) -> OrderGroup:
    """Delivered, and placed by a guest with an address in capitals."""
    group = delivered_order(world).group
    OrderGroup.objects.filter(id=group.id).update(user=None, email="Guest@People.example")
    group.refresh_from_db()
    return group


def person(email: str = "guest@people.example", *, verified: bool = True) -> User:
    user = make_user(email)
    EmailAddress.objects.filter(user=user).update(verified=verified)
    return user


def claim(viewer: Viewer, *groups: OrderGroup) -> list[OrderGroup]:
    return claim_groups(group_ids=[row.id for row in groups], viewer=viewer, now=now())


def test_verified_address_brings_the_order_and_its_rights(group: OrderGroup) -> None:
    viewer = viewer_of(person())
    assert not own_order_groups(viewer).exists()

    claim(viewer, group)

    mine = own_order_groups(viewer).get()
    assert (mine, mine.token_version) == (group, group.token_version)
    assert list(reviews_of_group(viewer, mine).values()) == [False]
    assert AuditEntry.objects.filter(action="orders.claim").count() == 1
    assert not claimable_groups(viewer).exists()


def test_link_brings_it_too_while_it_is_good(group: OrderGroup) -> None:
    viewer = viewer_of(person("other@people.example"))
    revoked = viewer.with_grant(Grant("order", group.id, group.token_version + 1))

    with pytest.raises(NotFound):
        claim(revoked, group)
    claim(viewer.with_grant(order_grant(group)), group)

    assert own_order_groups(viewer).get() == group


def test_address_that_was_only_typed_in_brings_nothing(group: OrderGroup) -> None:
    unverified = viewer_of(person(verified=False))
    strangers = (unverified, viewer_of(person("other@people.example")), ANONYMOUS)

    for stranger in strangers:
        assert not claimable_groups(stranger).exists()
        with pytest.raises(NotFound):
            claim(stranger, group)
    assert OrderGroup.objects.get(id=group.id).user is None


def test_one_that_is_not_theirs_spoils_all_and_nobody_s_own_is_taken(
    world: World, group: OrderGroup
) -> None:
    viewer = viewer_of(person())
    theirs = place(world)
    OrderGroup.objects.filter(id=theirs.id).update(email="guest@people.example")

    with pytest.raises(NotFound):
        claim(viewer, group, theirs)
    with pytest.raises(NotFound):
        claim(viewer)

    assert OrderGroup.objects.get(id=group.id).user is None
    assert OrderGroup.objects.get(id=theirs.id).user_id == world.buyer.id

"""Who sees a seller's inside."""

import pytest

from apps.core.errors import NotFound
from apps.core.viewer import ANONYMOUS, SYSTEM, viewer_of
from apps.sellers import selectors
from apps.sellers.models import SellerMember
from apps.sellers.types import MemberRole, Power
from marketplace.tests.world import make_seller, make_user

pytestmark = pytest.mark.django_db


def test_membership_is_the_members_alone() -> None:
    seller, other = make_seller(1)[0], make_seller(2)[0]
    owner = SellerMember.objects.get(seller=seller)
    strangers = [
        ANONYMOUS,
        SYSTEM,
        viewer_of(make_user("buyer@people.example")),
        viewer_of(make_user("staff@people.example", is_staff=True)),
        viewer_of(SellerMember.objects.get(seller=other).user),
    ]

    assert selectors.membership_of(viewer_of(owner.user), seller.id) == owner
    for stranger in strangers:
        assert selectors.membership_of(stranger, seller.id) is None
        with pytest.raises(NotFound):
            selectors.get_membership(stranger, seller.id)
        with pytest.raises(NotFound):
            selectors.staff(stranger, seller.id)


@pytest.mark.parametrize("role", MemberRole)
def test_staff_list_is_open_to_owners_alone(role: MemberRole) -> None:
    seller = make_seller(1)[0]
    person = make_user("member@people.example")
    member = SellerMember.objects.create(seller=seller, user=person, role=role)
    viewer = viewer_of(person)

    if role == MemberRole.OWNER:
        assert [row.id for row in selectors.staff(viewer, seller.id)][-1] == member.id
    else:
        with pytest.raises(NotFound):
            selectors.staff(viewer, seller.id)
    assert selectors.get_membership(viewer, seller.id).role == role


def test_power_that_the_role_lacks_hides_the_shop() -> None:
    seller = make_seller(1)[0]
    person = make_user("finance@people.example")
    SellerMember.objects.create(seller=seller, user=person, role=MemberRole.FINANCE)

    selectors.get_membership(viewer_of(person), seller.id, Power.SEE_MONEY)
    with pytest.raises(NotFound):
        selectors.get_membership(viewer_of(person), seller.id, Power.CHANGE_STOCK)


def test_is_member_tells_members_from_the_rest() -> None:
    seller = make_seller(1)[0]

    assert selectors.is_member(viewer_of(SellerMember.objects.get(seller=seller).user))
    assert not selectors.is_member(viewer_of(make_user("buyer@people.example")))
    assert not selectors.is_member(ANONYMOUS)


def test_applications_counts_what_waits() -> None:
    seller = make_seller(1)[0]
    make_seller(2)
    assert selectors.applications().count == 0

    type(seller).objects.filter(id=seller.id).update(status="IN_REVIEW")
    queue = selectors.applications()

    assert (queue.count, queue.oldest_at) == (1, seller.applied_at)

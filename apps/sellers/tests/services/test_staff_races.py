"""Two owners who remove each other at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from apps.core.viewer import Viewer, viewer_of
from apps.sellers.models import Seller, SellerMember
from apps.sellers.services import staff
from apps.sellers.types import MemberRole
from marketplace.tests.world import NOW, make_seller, make_user


@pytest.mark.usefixtures("committed_db")
def test_two_owners_removing_each_other_leave_one() -> None:
    """Without the lock on the seller's row both would see the other and both would go."""
    for number in range(1, 6):
        seller = make_seller(number)[0]
        first = SellerMember.objects.get(seller=seller)
        second = SellerMember.objects.create(
            seller=seller, user=make_user(f"second{number}@people.example"), role=MemberRole.OWNER
        )
        start = Barrier(2)
        pairs = [(viewer_of(first.user), second.id), (viewer_of(second.user), first.id)]
        with ThreadPoolExecutor(2) as pool:
            running = [pool.submit(_remove, seller, start, *pair) for pair in pairs]
        outcomes = [done.result() for done in running]

        assert sorted(outcomes) == ["refused", "removed"]
        assert SellerMember.objects.filter(seller=seller, role=MemberRole.OWNER).count() == 1


def _remove(seller: Seller, start: Barrier, actor: Viewer, member_id: int) -> str:
    try:
        start.wait()
        staff.remove_member(seller_id=seller.id, member_id=member_id, actor=actor, now=NOW)
    except (staff.LastOwner, staff.NotFound):
        return "refused"
    else:
        return "removed"
    finally:
        connections.close_all()

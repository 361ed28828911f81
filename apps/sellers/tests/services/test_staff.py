"""The staff of a seller: who may change it, and that an owner always stays."""

from typing import Any

import pytest

from apps.core.errors import DomainError, NotFound
from apps.core.models import AuditEntry
from apps.core.viewer import ANONYMOUS, SYSTEM, viewer_of
from apps.notifications.models import Delivery
from apps.sellers.models import Seller, SellerMember
from apps.sellers.services import staff
from apps.sellers.types import MemberRole
from marketplace.tests.world import NOW, make_seller, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> Seller:
    return make_seller(1)[0]


def owner_of(seller: Seller) -> SellerMember:
    return SellerMember.objects.get(seller=seller, role=MemberRole.OWNER)


def actor(seller: Seller) -> Any:
    return viewer_of(owner_of(seller).user)


def add(
    seller: Seller,
    email: str = "new@people.example",
    role: MemberRole = MemberRole.STOCK,
    **by: Any,
) -> SellerMember:
    return staff.add_member(
        seller_id=seller.id, email=email, role=role, actor=by.get("by") or actor(seller), now=NOW
    )


def test_member_added_by_the_owner_gets_the_role_a_letter_and_an_audit_row(seller: Seller) -> None:
    person = make_user("new@people.example", full_name="New Person", language="ru")

    member = add(seller, " NEW@people.example ")

    assert (member.seller_id, member.user_id, member.role) == (seller.id, person.id, "STOCK")
    letter = Delivery.objects.get()
    assert (letter.kind, letter.address, letter.language) == (
        "seller_member_added",
        "new@people.example",
        "ru",
    )
    entry = AuditEntry.objects.get(action="sellers.member_added")
    assert entry.after == {"user_id": str(person.id), "role": "STOCK"}


def test_member_added_twice_is_refused_and_stays_as_it_was(seller: Seller) -> None:
    make_user("new@people.example")
    add(seller)

    with pytest.raises(staff.AlreadyMember):
        add(seller, role=MemberRole.MANAGER)

    assert SellerMember.objects.get(user__email="new@people.example").role == "STOCK"
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("state", ["missing", "blocked", "unconfirmed"])
def test_member_without_a_usable_account_is_refused_in_the_same_words(
    seller: Seller, state: str
) -> None:
    if state != "missing":
        person = make_user("new@people.example", is_active=state != "blocked")
        person.emailaddress_set.update(verified=state != "unconfirmed")

    with pytest.raises(staff.NoSuchPerson):
        add(seller)

    assert SellerMember.objects.filter(seller=seller).count() == 1


def test_member_of_a_shop_that_never_opened_cannot_be_added(seller: Seller) -> None:
    Seller.objects.filter(id=seller.id).update(status="APPLIED", activated_at=None)
    make_user("new@people.example")

    with pytest.raises(staff.ShopNotOpen):
        add(seller)


def test_member_beyond_the_greatest_number_is_refused(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "MAX_MEMBERS", 1)
    make_user("new@people.example")

    with pytest.raises(staff.TooManyMembers):
        add(seller)


@pytest.mark.parametrize("who", ["manager", "other seller", "staff", "anonymous", "system"])
def test_staff_is_changed_by_its_owners_alone(seller: Seller, who: str) -> None:
    make_user("new@people.example")
    manager = make_user("manager@people.example")
    member = SellerMember.objects.create(seller=seller, user=manager, role=MemberRole.MANAGER)
    stranger = {
        "manager": lambda: viewer_of(manager),
        "other seller": lambda: actor(make_seller(2)[0]),
        "staff": lambda: viewer_of(make_user("staff@people.example", is_staff=True)),
        "anonymous": lambda: ANONYMOUS,
        "system": lambda: SYSTEM,
    }[who]()

    with pytest.raises(NotFound):
        add(seller, by=stranger)
    with pytest.raises(NotFound):
        staff.change_member_role(
            seller_id=seller.id,
            member_id=member.id,
            role=MemberRole.OWNER,
            actor=stranger,
            now=NOW,
        )
    with pytest.raises(NotFound):
        staff.remove_member(seller_id=seller.id, member_id=member.id, actor=stranger, now=NOW)

    member.refresh_from_db()
    assert member.role == "MANAGER"
    assert SellerMember.objects.filter(seller=seller).count() == 2


def test_role_changed_leaves_an_audit_row_with_both(seller: Seller) -> None:
    make_user("new@people.example")
    member = add(seller)

    staff.change_member_role(
        seller_id=seller.id,
        member_id=member.id,
        role=MemberRole.FINANCE,
        actor=actor(seller),
        now=NOW,
    )

    member.refresh_from_db()
    assert member.role == "FINANCE"
    entry = AuditEntry.objects.get(action="sellers.member_role_changed")
    assert (entry.before["role"], entry.after["role"]) == ("STOCK", "FINANCE")


def test_member_of_another_seller_is_not_found(seller: Seller) -> None:
    other = owner_of(make_seller(2)[0])

    with pytest.raises(NotFound):
        staff.remove_member(seller_id=seller.id, member_id=other.id, actor=actor(seller), now=NOW)

    assert SellerMember.objects.filter(id=other.id).exists()


def test_last_owner_neither_steps_down_nor_leaves_until_there_is_another(seller: Seller) -> None:
    owner = owner_of(seller)
    who = viewer_of(owner.user)
    given = {"seller_id": seller.id, "member_id": owner.id, "actor": who, "now": NOW}

    with pytest.raises(staff.LastOwner):
        staff.change_member_role(role=MemberRole.MANAGER, **given)
    with pytest.raises(staff.LastOwner):
        staff.remove_member(**given)
    owner.refresh_from_db()
    assert owner.role == "OWNER"

    make_user("new@people.example")
    add(seller, role=MemberRole.OWNER)
    staff.change_member_role(role=MemberRole.MANAGER, **given)
    owner.refresh_from_db()
    assert owner.role == "MANAGER"


def test_refusals_of_staff_fill_their_sentences() -> None:
    for refusal in (
        staff.NoSuchPerson(),
        staff.AlreadyMember(),
        staff.LastOwner(),
        staff.TooManyMembers(maximum=50),
        staff.ShopNotOpen(),
    ):
        assert isinstance(refusal, DomainError)
        assert "%(" not in str(refusal)

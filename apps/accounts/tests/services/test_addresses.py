"""The address book: one address is used first, other people's are not touched."""

from dataclasses import replace

import pytest

from apps.accounts.models import Address
from apps.accounts.selectors import address, addresses
from apps.accounts.services.addresses import (
    AddressInvalid,
    add_address,
    change_address,
    delete_address,
)
from apps.accounts.types import AddressFields
from apps.core.errors import NotFound
from apps.core.viewer import ANONYMOUS, Viewer, viewer_of
from marketplace.tests.world import make_user

pytestmark = pytest.mark.django_db
FIELDS = AddressFields(
    recipient_name="Aziza",
    phone="+998 90 123 45 67",
    country="UZ",
    city="Toshkent",
    street="Bobur",
    house="12",
)


def test_first_address_is_used_first_and_its_heir_after_it() -> None:
    user = make_user("a@people.example")
    first = add_address(user_id=user.id, fields=FIELDS)
    second = add_address(user_id=user.id, fields=FIELDS)
    assert (first.is_default, second.is_default) == (True, False)
    assert first.phone == "+998901234567"

    change_address(user_id=user.id, address_id=second.id, fields=FIELDS, is_default=True)
    assert list(Address.objects.filter(is_default=True)) == [second]
    delete_address(user_id=user.id, address_id=second.id)

    assert list(Address.objects.filter(is_default=True)) == [first]


@pytest.mark.parametrize(
    "change",
    [{"city": " "}, {"country": "FR"}, {"phone": "12"}, {"house": "1" * 31}, {"note": "\x00"}],
)
def test_unusable_address_is_refused_by_field(change: dict[str, str]) -> None:
    user = make_user("a@people.example")

    with pytest.raises(AddressInvalid) as refusal:
        add_address(user_id=user.id, fields=replace(FIELDS, **change))

    assert refusal.value.params["fields"] == list(change)
    assert Address.objects.count() == 0


def test_strangers_find_no_address() -> None:
    owner, other = make_user("a@people.example"), make_user("b@people.example")
    kept = add_address(user_id=owner.id, fields=FIELDS)
    staff = Viewer(
        user_id=other.id, is_staff=True, permissions=frozenset({"accounts.view_address"})
    )

    assert address(viewer_of(owner), kept.id) == kept
    for viewer in (ANONYMOUS, viewer_of(other), staff):
        assert addresses(viewer) == []
        with pytest.raises(NotFound):
            address(viewer, kept.id)
    with pytest.raises(NotFound):
        delete_address(user_id=other.id, address_id=kept.id)
    assert Address.objects.count() == 1

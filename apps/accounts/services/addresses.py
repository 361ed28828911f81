"""Addresses of one person: keep, change, drop.

Invariant: at most one address is used first, and where there are addresses, one is (a partial
unique index holds the first half).
"""

from dataclasses import asdict
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Address, User
from apps.accounts.rules import clean_phone
from apps.accounts.types import AddressFields
from apps.core.errors import InvalidInput, NotFound

REQUIRED = ("recipient_name", "phone", "country", "city", "street", "house")
LONGEST = {
    "recipient_name": 150,
    "phone": 20,
    "country": 2,
    "region": 100,
    "city": 100,
    "street": 150,
    "house": 30,
    "apartment": 30,
    "postcode": 12,
    "note": 300,
}
MAX_ADDRESSES = 20


class AddressInvalid(InvalidInput):
    code = "accounts.address_invalid"
    message = _("Some parts of the address are missing or cannot be used.")


class TooManyAddresses(InvalidInput):
    code = "accounts.too_many_addresses"
    message = _("You can keep %(maximum)s addresses. Delete one that you do not need.")


@transaction.atomic
def add_address(*, user_id: UUID, fields: AddressFields, is_default: bool = False) -> Address:
    """Keep a new address; a person's first one is used first.

    :raises AddressInvalid: a required part is empty, too long or unknown
    :raises TooManyAddresses: the book is full
    """
    _lock_owner(user_id)
    values = _checked(fields)
    own = Address.objects.filter(user_id=user_id)
    count = own.count()
    if count >= MAX_ADDRESSES:
        raise TooManyAddresses(maximum=MAX_ADDRESSES)
    address = Address.objects.create(user_id=user_id, **values)
    if is_default or not count:
        _use_first(address)
    return address


@transaction.atomic
def change_address(
    *, user_id: UUID, address_id: UUID, fields: AddressFields, is_default: bool
) -> Address:
    """Change an address; orders that copied it stay as they are.

    :raises NotFound: another's, or none
    :raises AddressInvalid: see add_address
    """
    _lock_owner(user_id)
    values = _checked(fields)
    address = _own(user_id, address_id)
    for name, value in values.items():
        setattr(address, name, value)
    address.save(update_fields=list(values))
    if is_default:
        _use_first(address)
    return address


@transaction.atomic
def delete_address(*, user_id: UUID, address_id: UUID) -> None:
    """Drop an address; the newest of the others is used first instead.

    :raises NotFound: another's, or none
    """
    _lock_owner(user_id)
    address = _own(user_id, address_id)
    was_default = address.is_default
    address.delete()
    if was_default:
        following = Address.objects.filter(user_id=user_id).order_by("-created_at", "-id").first()
        if following:
            _use_first(following)


def _lock_owner(user_id: UUID) -> None:
    """Two changes of one book queue up behind its owner's row."""
    if not User.objects.select_for_update(no_key=True).filter(id=user_id).first():
        raise NotFound


def _own(user_id: UUID, address_id: UUID) -> Address:
    address = Address.objects.filter(user_id=user_id, id=address_id).first()
    if address is None:
        raise NotFound
    return address


def _use_first(address: Address) -> None:
    Address.objects.filter(user_id=address.user_id, is_default=True).exclude(id=address.id).update(
        is_default=False
    )
    address.is_default = True
    address.save(update_fields=["is_default"])


def _checked(fields: AddressFields) -> dict[str, str]:
    values = {name: str(value).strip() for name, value in asdict(fields).items()}
    wrong = [name for name in REQUIRED if not values[name]]
    wrong += [
        name for name, value in values.items() if "\x00" in value or len(value) > LONGEST[name]
    ]
    if values["country"] not in settings.DELIVERY_COUNTRIES:
        wrong.append("country")
    phone = clean_phone(values["phone"])
    if phone is None:
        wrong.append("phone")
    if wrong:
        raise AddressInvalid(fields=sorted(set(wrong)))
    return values | {"phone": phone or ""}

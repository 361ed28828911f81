"""Types that cross the edge of accounts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddressFields:
    """What a person fills in; country is a code of settings.DELIVERY_COUNTRIES."""

    recipient_name: str
    phone: str
    country: str
    city: str
    street: str
    house: str
    region: str = ""
    apartment: str = ""
    postcode: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProfileFields:
    full_name: str
    phone: str
    language: str
    currency: str

"""Addresses as people read them."""

from typing import Any

from django.utils.translation import gettext as _


def address_line(address: dict[str, Any]) -> str:
    """Write an address on one line; parts that are empty are left out."""
    apartment = address.get("apartment")
    street = " ".join(filter(None, (address.get("street"), address.get("house"))))
    return ", ".join(
        filter(
            None,
            (
                address.get("city"),
                street,
                _("apt. %(number)s") % {"number": apartment} if apartment else "",
            ),
        )
    )

"""What the API takes for carts, checkouts and orders. No price, total, status or seller is taken."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.core.api.serializers import Input, WholeNumberField
from apps.logistics.models import DeliveryKind
from apps.orders.rules import ADDRESS_FIELDS, REQUIRED_FOR_PICKUP

# What a number of units may be at all; the cart's own limit is a refusal with a code of its own.
_UNITS: dict[str, Any] = {"min_value": -(2**31), "max_value": 2**31}
MAX_DELIVERIES = 100
# Browsers read these as something else than urlsplit does.
_UNSAFE = re.compile(r"[\s\\\x00-\x1f]")


class LineIn(Input):
    offer_id = serializers.UUIDField()
    quantity = WholeNumberField(default=1, **_UNITS)


class LineChangeIn(Input):
    quantity = WholeNumberField(required=False, **_UNITS)
    is_saved_for_later = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError(_("Say what to change."))
        return attrs


class CheckoutAddressIn(Input):
    def get_fields(self) -> dict[str, Any]:
        return {
            name: serializers.CharField(
                max_length=length,
                required=name in REQUIRED_FOR_PICKUP,
                allow_blank=name not in REQUIRED_FOR_PICKUP,
            )
            for name, length in ADDRESS_FIELDS.items()
        }


class DeliveryIn(Input):
    seller_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=DeliveryKind.choices)
    carrier = serializers.CharField(max_length=40)
    pickup_point_id = serializers.UUIDField(required=False, allow_null=True)


class CheckoutIn(Input):
    email = serializers.EmailField(max_length=254, required=False)
    address = CheckoutAddressIn(required=False)
    deliveries = serializers.ListField(
        child=DeliveryIn(), required=False, max_length=MAX_DELIVERIES
    )
    currency = serializers.ChoiceField(choices=settings.SHOP_CURRENCIES, required=False)


class CheckoutOpenIn(CheckoutIn):
    """With an address it is filled in and quoted at once."""

    language = serializers.ChoiceField(
        choices=[code for code, _name in settings.LANGUAGES], required=False
    )


class ReturnUrlIn(Input):
    return_url = serializers.CharField(max_length=500, required=False)

    def validate_return_url(self, value: str) -> str:
        """Ours, or an app's own scheme: a payment must not end on a stranger's page."""
        if not is_own_address(value):
            raise serializers.ValidationError(_("This address is not one of ours."))
        return value


class AddressChangeIn(CheckoutAddressIn, ReturnUrlIn):
    """An address, and the quote that its buyer confirms where price or days are other ones."""

    def get_fields(self) -> dict[str, Any]:
        return {
            **super().get_fields(),
            "return_url": serializers.CharField(max_length=500, required=False),
            "quote_digest": serializers.RegexField(r"^[0-9a-f]{64}$", required=False),
            "quote_expires_at": serializers.DateTimeField(required=False),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("quote_digest" in attrs) != ("quote_expires_at" in attrs):
            raise serializers.ValidationError(_("Send the digest of a quote with its end."))
        return attrs


class PlaceOrderIn(ReturnUrlIn):
    checkout_id = serializers.UUIDField()
    quote_digest = serializers.RegexField(r"^[0-9a-f]{64}$")


def is_own_address(address: str) -> bool:
    if _UNSAFE.search(address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    site = urlsplit(settings.SITE_URL)
    if parts.scheme in settings.APP_RETURN_SCHEMES:
        return True
    return (parts.scheme, parts.netloc) == (site.scheme, site.netloc)

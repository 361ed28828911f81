"""What the API sends and takes of people: their own particulars and addresses."""

from django.conf import settings
from rest_framework import serializers

from apps.core.api.serializers import Input, Output


class AccountOut(Output):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    full_name = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.CharField()
    currency = serializers.CharField()


class AccountIn(Input):
    full_name = serializers.CharField(max_length=150, required=False)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    language = serializers.ChoiceField(
        choices=[code for code, _name in settings.LANGUAGES], required=False
    )
    currency = serializers.ChoiceField(choices=settings.SHOP_CURRENCIES, required=False)


class AddressIn(Input):
    recipient_name = serializers.CharField(max_length=150)
    phone = serializers.CharField(max_length=20)
    country = serializers.ChoiceField(choices=settings.DELIVERY_COUNTRIES)
    region = serializers.CharField(max_length=100, default="", allow_blank=True)
    city = serializers.CharField(max_length=100)
    street = serializers.CharField(max_length=150)
    house = serializers.CharField(max_length=30)
    apartment = serializers.CharField(max_length=30, default="", allow_blank=True)
    postcode = serializers.CharField(max_length=12, default="", allow_blank=True)
    note = serializers.CharField(max_length=300, default="", allow_blank=True)
    is_default = serializers.BooleanField(default=False)


class AddressOut(Output):
    id = serializers.UUIDField()
    recipient_name = serializers.CharField()
    phone = serializers.CharField()
    country = serializers.CharField()
    region = serializers.CharField()
    city = serializers.CharField()
    street = serializers.CharField()
    house = serializers.CharField()
    apartment = serializers.CharField()
    postcode = serializers.CharField()
    note = serializers.CharField()
    is_default = serializers.BooleanField()


class AddressesOut(Output):
    results = AddressOut(many=True)

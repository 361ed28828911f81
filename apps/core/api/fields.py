"""Serializer fields that every app shares."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.money import Money

_SCHEMA = {
    "type": "object",
    "required": ["amount_minor", "currency"],
    "properties": {
        "amount_minor": {"type": "integer", "description": "minor units of the currency"},
        "currency": {"type": "string", "description": "ISO 4217"},
    },
}


@extend_schema_field(_SCHEMA)
class MoneyField(serializers.Field):  # type: ignore[type-arg]  # generic only in the stubs
    """Money out: {"amount_minor": 1999, "currency": "RUB"}. Never an input: prices are ours."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"read_only": True}))

    def to_representation(self, value: Money) -> dict[str, Any]:
        return {"amount_minor": value.minor, "currency": value.currency}

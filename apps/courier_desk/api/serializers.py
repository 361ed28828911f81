"""What the courier's API takes and gives. A handover code goes in, never out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.api.serializers import Input, Output
from apps.courier_desk.web.forms import KEY_LENGTH
from apps.logistics.models import CourierTask
from apps.logistics.types import FailureReason, ShipmentStatus, TaskState

_KEY = "One new value per intention. The same key sent again changes nothing."


class KeyIn(Input):
    key = serializers.CharField(max_length=KEY_LENGTH, help_text=_KEY)


class DeliverIn(KeyIn):
    code = serializers.RegexField(r"^[0-9]{6}$", help_text="The six digits that the buyer says.")


class FailIn(KeyIn):
    reason = serializers.ChoiceField(choices=FailureReason.choices)


class PositionIn(Input):
    latitude = serializers.DecimalField(max_digits=9, decimal_places=6, min_value=-90, max_value=90)
    longitude = serializers.DecimalField(
        max_digits=9, decimal_places=6, min_value=-180, max_value=180
    )


class TaskItemOut(Output):
    title = serializers.DictField(child=serializers.CharField(), help_text="{language: title}")
    sku = serializers.CharField()
    quantity = serializers.IntegerField()


class OfferedOut(Output):
    """Nobody's name and no door: these are told to the courier who takes it."""

    shipment_id = serializers.UUIDField()
    number = serializers.CharField(source="shipment.number")
    state = serializers.ChoiceField(choices=TaskState.choices)
    city = serializers.CharField(source="shipment.city")
    street = serializers.SerializerMethodField()
    from_city = serializers.CharField(source="shipment.from_city")
    weight_grams = serializers.IntegerField(source="shipment.weight_grams")
    promised_to = serializers.DateField(source="shipment.promised_to")

    def get_street(self, task: CourierTask) -> str:
        return str(task.shipment.address.get("street", ""))


class TaskOut(OfferedOut):
    status = serializers.ChoiceField(choices=ShipmentStatus.choices, source="shipment.status")
    address = serializers.SerializerMethodField()
    failed_attempts = serializers.IntegerField(source="shipment.failed_attempts")
    items = TaskItemOut(many=True, source="shipment.items.all")

    @extend_schema_field(serializers.DictField())
    def get_address(self, task: CourierTask) -> dict[str, Any]:
        return dict(task.shipment.address)


class TasksOut(Output):
    taken = TaskOut(many=True, help_text="In the order of the round.")
    offered = OfferedOut(many=True, help_text="In the courier's city, oldest first.")


class ShipmentStateOut(Output):
    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=ShipmentStatus.choices)


class PositionOut(Output):
    is_kept = serializers.BooleanField(
        help_text="False: too soon after the last, or nothing is carried."
    )

"""Pickup points."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.permissions import Public
from apps.core.api.schema import described
from apps.core.api.serializers import Input, Output
from apps.core.api.views import ApiView
from apps.logistics.models import PickupPoint
from apps.logistics.selectors import pickup_points


class PickupPointQuery(Input):
    country = serializers.ChoiceField(
        choices=settings.DELIVERY_COUNTRIES, default=settings.DELIVERY_COUNTRIES[0]
    )
    city = serializers.CharField(max_length=100, required=False, default="")


class PickupPointOut(Output):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.SerializerMethodField()
    country = serializers.CharField()
    city = serializers.CharField()
    address = serializers.CharField()
    hours = serializers.CharField()
    latitude = serializers.DecimalField(max_digits=9, decimal_places=6)
    longitude = serializers.DecimalField(max_digits=9, decimal_places=6)

    def get_name(self, point: PickupPoint) -> str:
        names: dict[str, Any] = point.names
        return str(names.get(get_language() or "") or next(iter(names.values()), point.code))


class PickupPointsOut(Output):
    results = PickupPointOut(many=True)


class PickupPointsView(ApiView):
    permission_classes = [Public]

    @described(
        "Pickup points of a country or a city", query=PickupPointQuery, answer=PickupPointsOut
    )
    def get(self, request: Request) -> Response:
        found = pickup_points(**self.read_query(PickupPointQuery))
        return Response(PickupPointsOut.of({"results": found}))

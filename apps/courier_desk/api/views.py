"""The courier's API: tasks, the steps of a delivery, the position. Others find nothing here."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.permissions import SignedIn
from apps.core.api.schema import described
from apps.core.api.serializers import Nothing
from apps.core.api.views import ApiView
from apps.courier_desk.api.serializers import (
    DeliverIn,
    FailIn,
    KeyIn,
    PositionIn,
    PositionOut,
    ShipmentStateOut,
    TasksOut,
)
from apps.logistics.selectors import offered_tasks, tasks_of
from apps.logistics.services import delivering, positions
from apps.logistics.types import FailureReason

ERRORS = (404, 409)


class CourierView(ApiView):
    permission_classes = [SignedIn]


class TasksView(CourierView):
    @described("My tasks and what is offered in my city", answer=TasksOut, errors=(404,))
    def get(self, request: Request) -> Response:
        found = {"taken": tasks_of(self.viewer), "offered": offered_tasks(self.viewer)}
        return Response(TasksOut.of(found))


class TakeView(CourierView):
    @described("Take an offered parcel", body=Nothing, answer=TasksOut, errors=ERRORS)
    def post(self, request: Request, shipment_id: UUID) -> Response:
        self.read(Nothing)
        delivering.take_task(shipment_id=shipment_id, actor=self.viewer, now=clock.now())
        found = {"taken": tasks_of(self.viewer), "offered": offered_tasks(self.viewer)}
        return Response(TasksOut.of(found))


class ReleaseView(CourierView):
    @described("Give a taken parcel back", body=Nothing, answer=TasksOut, errors=ERRORS)
    def post(self, request: Request, shipment_id: UUID) -> Response:
        self.read(Nothing)
        delivering.release_task(shipment_id=shipment_id, actor=self.viewer, now=clock.now())
        found = {"taken": tasks_of(self.viewer), "offered": offered_tasks(self.viewer)}
        return Response(TasksOut.of(found))


class StartView(CourierView):
    @described("Set out with a parcel", body=KeyIn, answer=ShipmentStateOut, errors=ERRORS)
    def post(self, request: Request, shipment_id: UUID) -> Response:
        given = self.read(KeyIn)
        shipment = delivering.start_delivery(
            shipment_id=shipment_id, key=given["key"], actor=self.viewer, now=clock.now()
        )
        return Response(ShipmentStateOut.of(shipment))


class DeliverView(CourierView):
    @described(
        "Hand a parcel over against the buyer's code",
        body=DeliverIn,
        answer=ShipmentStateOut,
        errors=ERRORS,
    )
    def post(self, request: Request, shipment_id: UUID) -> Response:
        given = self.read(DeliverIn)
        shipment = delivering.deliver(
            shipment_id=shipment_id,
            code=given["code"],
            key=given["key"],
            actor=self.viewer,
            now=clock.now(),
        )
        return Response(ShipmentStateOut.of(shipment))


class FailView(CourierView):
    @described(
        "Say why a parcel was not delivered", body=FailIn, answer=ShipmentStateOut, errors=ERRORS
    )
    def post(self, request: Request, shipment_id: UUID) -> Response:
        given = self.read(FailIn)
        shipment = delivering.fail_attempt(
            shipment_id=shipment_id,
            reason=FailureReason(given["reason"]),
            key=given["key"],
            actor=self.viewer,
            now=clock.now(),
        )
        return Response(ShipmentStateOut.of(shipment))


class PositionView(CourierView):
    @described("Say where I am", body=PositionIn, answer=PositionOut, errors=(404,))
    def post(self, request: Request) -> Response:
        kept = positions.record_position(
            **self.read(PositionIn), actor=self.viewer, now=clock.now()
        )
        return Response(PositionOut.of({"is_kept": kept is not None}))

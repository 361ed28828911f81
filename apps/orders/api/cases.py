"""A buyer's returns and disputes over the API; pictures come as forms (multipart)."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.parsers import StrictJSONParser
from apps.core.api.permissions import Public
from apps.core.api.schema import described
from apps.core.api.serializers import Nothing
from apps.core.api.views import ApiView
from apps.core.money import Money
from apps.orders.api.case_serializers import (
    BuyerReturnOut,
    BuyerReturnsOut,
    DisputeIn,
    DisputeOut,
    PhotosIn,
    ReturnIn,
    SentIn,
    WordsIn,
)
from apps.orders.selectors import own_order
from apps.orders.selectors_disputes import buyer_dispute
from apps.orders.selectors_returns import buyer_return, buyer_returns
from apps.orders.services import disputing, returning
from apps.orders.services.evidence import store_evidence
from apps.orders.services.return_photos import add_return_photos
from apps.orders.types_returns import DisputeReason, ReturnReason, ReturnRequest, Words


class CaseView(ApiView):
    permission_classes = [Public]

    def key(self, request: Request) -> str:
        """The idempotency key also names the row: a repeat that lost its answer finds it."""
        return request.headers.get("Idempotency-Key", "")[:64]

    def return_once(
        self, request: Request, route: str, return_id: UUID, deed: Callable[[], object]
    ) -> Response:
        def work() -> tuple[int, Any]:
            buyer_return(self.viewer, return_id)
            deed()
            return 200, BuyerReturnOut.of(buyer_return(self.viewer, return_id))

        return run_once(request, viewer=self.viewer, route=route, work=work)

    def dispute_once(
        self, request: Request, route: str, dispute_id: UUID, deed: Callable[[], object]
    ) -> Response:
        def work() -> tuple[int, Any]:
            buyer_dispute(self.viewer, dispute_id)
            deed()
            return 200, DisputeOut.of(buyer_dispute(self.viewer, dispute_id))

        return run_once(request, viewer=self.viewer, route=route, work=work)


def contents_of(files: Iterable[UploadedFile]) -> list[bytes]:
    return [file.read() for file in files]


class ReturnsView(CaseView):
    @described("My returns, newest first", answer=BuyerReturnsOut, headers=("order",))
    def get(self, request: Request) -> Response:
        page = buyer_returns(self.viewer)
        body = {"next_before": page.next_before, "results": page.returns}
        return Response(BuyerReturnsOut.of(body))


class OrderReturnsView(CaseView):
    @described(
        "Ask to send units of a delivered order back",
        body=ReturnIn,
        answer=BuyerReturnOut,
        status=201,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, group_id: UUID, order_id: UUID) -> Response:
        given = self.read(ReturnIn)
        items: dict[UUID, int] = {}
        for row in given["items"]:
            items[row["line_id"]] = items.get(row["line_id"], 0) + row["quantity"]

        def work() -> tuple[int, Any]:
            own_order(self.viewer, group_id, order_id)
            asked = ReturnRequest(
                items=items,
                reason=ReturnReason(given["reason"]),
                key=self.key(request),
                note=given.get("note", ""),
            )
            case = returning.request_return(
                order_id=order_id, request=asked, actor=self.viewer, now=clock.now()
            )
            return 201, BuyerReturnOut.of(buyer_return(self.viewer, case.id))

        return run_once(request, viewer=self.viewer, route="orders.return", work=work)


class ReturnView(CaseView):
    @described("One return", answer=BuyerReturnOut, errors=(404,), headers=("order",))
    def get(self, request: Request, return_id: UUID) -> Response:
        return Response(BuyerReturnOut.of(buyer_return(self.viewer, return_id)))


class ReturnPhotosView(CaseView):
    parser_classes = [MultiPartParser]

    @described(
        "Add pictures to an open return, five in all",
        body=PhotosIn,
        answer=BuyerReturnOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, return_id: UUID) -> Response:
        buyer_return(self.viewer, return_id)
        photos = store_evidence(contents_of(self.read(PhotosIn)["photos"]))

        def add() -> object:
            return add_return_photos(
                return_id=return_id, photos=photos, actor=self.viewer, now=clock.now()
            )

        return self.return_once(request, "returns.photos", return_id, add)


class ReturnSentView(CaseView):
    @described(
        "Say that the parcel is handed in",
        body=SentIn,
        answer=BuyerReturnOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, return_id: UUID) -> Response:
        given = self.read(SentIn)

        def sent() -> object:
            return returning.mark_sent(
                return_id=return_id,
                carrier=given.get("carrier", ""),
                tracking_number=given.get("tracking_number", ""),
                actor=self.viewer,
                now=clock.now(),
            )

        return self.return_once(request, "returns.sent", return_id, sent)


class ReturnCancelView(CaseView):
    @described(
        "Withdraw a return that is not sent",
        body=Nothing,
        answer=BuyerReturnOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, return_id: UUID) -> Response:
        self.read(Nothing)

        def cancel() -> object:
            return returning.cancel_return(return_id=return_id, actor=self.viewer, now=clock.now())

        return self.return_once(request, "returns.cancel", return_id, cancel)


class OrderDisputesView(CaseView):
    @described(
        "Open a dispute: the order's money waits until it is over",
        body=DisputeIn,
        answer=DisputeOut,
        status=201,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, group_id: UUID, order_id: UUID) -> Response:
        given = self.read(DisputeIn)

        def work() -> tuple[int, Any]:
            order = own_order(self.viewer, group_id, order_id)
            case = disputing.open_dispute(
                order_id=order_id,
                reason=DisputeReason(given["reason"]),
                wanted=Money(given["wanted_minor"], order.currency),
                words=Words(given["text"], self.key(request)),
                return_id=given.get("return_id"),
                actor=self.viewer,
                now=clock.now(),
            )
            return 201, DisputeOut.of(buyer_dispute(self.viewer, case.id))

        return run_once(request, viewer=self.viewer, route="orders.dispute", work=work)


class DisputeView(CaseView):
    @described("One dispute", answer=DisputeOut, errors=(404,), headers=("order",))
    def get(self, request: Request, dispute_id: UUID) -> Response:
        return Response(DisputeOut.of(buyer_dispute(self.viewer, dispute_id)))


class DisputeMessagesView(CaseView):
    parser_classes = [StrictJSONParser, MultiPartParser]

    @described(
        "Say something in a dispute; with pictures it comes as a form",
        body=WordsIn,
        answer=DisputeOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, dispute_id: UUID) -> Response:
        buyer_dispute(self.viewer, dispute_id)
        given = self.read(WordsIn)
        photos = store_evidence(contents_of(given.get("photos", ())))

        def say() -> object:
            words = Words(given["text"], self.key(request), photos)
            return disputing.say(
                dispute_id=dispute_id, words=words, actor=self.viewer, now=clock.now()
            )

        return self.dispute_once(request, "disputes.say", dispute_id, say)


class DisputeEscalateView(CaseView):
    @described(
        "Ask the marketplace to decide",
        body=Nothing,
        answer=DisputeOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, dispute_id: UUID) -> Response:
        self.read(Nothing)

        def escalate() -> object:
            return disputing.escalate(dispute_id=dispute_id, actor=self.viewer, now=clock.now())

        return self.dispute_once(request, "disputes.escalate", dispute_id, escalate)


class DisputeWithdrawView(CaseView):
    @described(
        "Give a dispute up: the money is released by its clock",
        body=Nothing,
        answer=DisputeOut,
        errors=(404,),
        headers=("key", "order"),
    )
    def post(self, request: Request, dispute_id: UUID) -> Response:
        self.read(Nothing)

        def withdraw() -> object:
            return disputing.withdraw_dispute(
                dispute_id=dispute_id, actor=self.viewer, now=clock.now()
            )

        return self.dispute_once(request, "disputes.withdraw", dispute_id, withdraw)

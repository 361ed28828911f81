"""A seller's returns and disputes over the API: the queues, the steps, the words."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.permissions import SignedIn
from apps.core.api.schema import described
from apps.core.api.serializers import Input, Nothing, WholeNumberField
from apps.core.api.views import ApiView
from apps.orders.api.case_serializers import (
    MAX_LINES,
    DisputeOut,
    DisputesOut,
    SellerReturnOut,
    SellerReturnsOut,
    WordsIn,
)
from apps.orders.selectors_disputes import seller_dispute, seller_disputes
from apps.orders.selectors_returns import seller_return, seller_returns
from apps.orders.services import disputing, inspecting, returning
from apps.orders.types_returns import (
    NOTE_LENGTH,
    Condition,
    DisputeTab,
    ReturnTab,
    Verdict,
    Words,
)


class CasesQuery(Input):
    seller_id = serializers.UUIDField()
    before = serializers.UUIDField(required=False, help_text="`next_before` of the page before.")


class ReturnsQuery(CasesQuery):
    tab = serializers.ChoiceField(choices=ReturnTab.choices, required=False)


class DisputesQuery(CasesQuery):
    tab = serializers.ChoiceField(choices=DisputeTab.choices, required=False)


class RejectIn(Input):
    why = serializers.CharField(max_length=NOTE_LENGTH)


class VerdictIn(Input):
    line_id = serializers.UUIDField()
    accepted = WholeNumberField(min_value=0, max_value=10_000)
    condition = serializers.ChoiceField(choices=Condition.choices, default=Condition.RESTOCK)
    why = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class InspectIn(Input):
    lines = serializers.ListField(child=VerdictIn(), min_length=1, max_length=MAX_LINES)


class SellerCaseView(ApiView):
    permission_classes = [SignedIn]

    def once(
        self, request: Request, route: str, return_id: UUID, deed: Callable[[], object]
    ) -> Response:
        def work() -> tuple[int, Any]:
            seller_return(self.viewer, return_id)
            deed()
            return 200, SellerReturnOut.of(seller_return(self.viewer, return_id))

        return run_once(request, viewer=self.viewer, route=route, work=work)


class ReturnsView(SellerCaseView):
    @described(
        "A shop's returns, newest first",
        query=ReturnsQuery,
        answer=SellerReturnsOut,
        errors=(404,),
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(ReturnsQuery)
        seller_id, tab = asked["seller_id"], asked.get("tab", "")
        page = seller_returns(self.viewer, seller_id, tab=tab, before=asked.get("before"))
        body = {"next_before": page.next_before, "results": page.returns}
        return Response(SellerReturnsOut.of(body))


class ReturnView(SellerCaseView):
    @described("One return of a shop", answer=SellerReturnOut, errors=(404,))
    def get(self, request: Request, return_id: UUID) -> Response:
        return Response(SellerReturnOut.of(seller_return(self.viewer, return_id)))


class ApproveView(SellerCaseView):
    @described(
        "Take it back: the buyer gets the address",
        body=Nothing,
        answer=SellerReturnOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request, return_id: UUID) -> Response:
        self.read(Nothing)

        def approve() -> object:
            return returning.approve_return(return_id=return_id, actor=self.viewer, now=clock.now())

        return self.once(request, "seller.return_approve", return_id, approve)


class RejectView(SellerCaseView):
    @described(
        "Refuse it, or say that it did not arrive; the buyer may open a dispute",
        body=RejectIn,
        answer=SellerReturnOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request, return_id: UUID) -> Response:
        given = self.read(RejectIn)

        def reject() -> object:
            return returning.reject_return(
                return_id=return_id, why=given["why"], actor=self.viewer, now=clock.now()
            )

        return self.once(request, "seller.return_reject", return_id, reject)


class ReceiveView(SellerCaseView):
    @described(
        "Say that the parcel is here",
        body=Nothing,
        answer=SellerReturnOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request, return_id: UUID) -> Response:
        self.read(Nothing)

        def receive() -> object:
            return inspecting.mark_received(return_id=return_id, actor=self.viewer, now=clock.now())

        return self.once(request, "seller.return_receive", return_id, receive)


class InspectView(SellerCaseView):
    @described(
        "Decide line by line; accepted units are refunded at once",
        body=InspectIn,
        answer=SellerReturnOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request, return_id: UUID) -> Response:
        given = self.read(InspectIn)
        verdicts = [
            Verdict(
                line_id=row["line_id"],
                accepted=row["accepted"],
                condition=Condition(row["condition"]),
                why=row["why"],
            )
            for row in given["lines"]
        ]

        def inspect() -> object:
            return inspecting.inspect_return(
                return_id=return_id, verdicts=verdicts, actor=self.viewer, now=clock.now()
            )

        return self.once(request, "seller.return_inspect", return_id, inspect)


class DisputesView(SellerCaseView):
    @described(
        "A shop's disputes, newest first",
        query=DisputesQuery,
        answer=DisputesOut,
        errors=(404,),
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(DisputesQuery)
        seller_id, tab = asked["seller_id"], asked.get("tab", "")
        page = seller_disputes(self.viewer, seller_id, tab=tab, before=asked.get("before"))
        body = {"next_before": page.next_before, "results": page.disputes}
        return Response(DisputesOut.of(body))


class DisputeView(SellerCaseView):
    @described("One dispute of a shop", answer=DisputeOut, errors=(404,))
    def get(self, request: Request, dispute_id: UUID) -> Response:
        return Response(DisputeOut.of(seller_dispute(self.viewer, dispute_id)))


class DisputeMessagesView(SellerCaseView):
    @described(
        "Answer in a dispute",
        body=WordsIn,
        answer=DisputeOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request, dispute_id: UUID) -> Response:
        given = self.read(WordsIn)
        words = Words(given["text"], request.headers.get("Idempotency-Key", "")[:64])

        def work() -> tuple[int, Any]:
            seller_dispute(self.viewer, dispute_id)
            disputing.say(dispute_id=dispute_id, words=words, actor=self.viewer, now=clock.now())
            return 200, DisputeOut.of(seller_dispute(self.viewer, dispute_id))

        return run_once(request, viewer=self.viewer, route="seller.dispute_say", work=work)

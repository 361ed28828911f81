"""A shop's payouts over the API: purses, the list, one payout; ask, change the account, set a schedule."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.permissions import SignedIn
from apps.core.api.schema import described
from apps.core.api.views import ApiView
from apps.core.money import Money
from apps.payments.types_payouts import PayoutRhythm
from apps.seller_centre import payouts as service
from apps.seller_centre.api.payout_serializers import (
    AccountIn,
    PayoutIn,
    PayoutOut,
    PayoutsOut,
    PayoutsQuery,
    PurseOut,
    PursesOut,
    ScheduleIn,
    ShopQuery,
)

PAGE = 20


class PayoutsView(ApiView):
    permission_classes = [SignedIn]

    @described(
        "A shop's payouts, newest first", query=PayoutsQuery, answer=PayoutsOut, errors=(404,)
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(PayoutsQuery)
        page = service.payout_page(
            self.viewer,
            asked["seller_id"],
            before=asked.get("before"),
            limit=int(asked.get("limit", PAGE)),
        )
        return Response(PayoutsOut.of({"next_before": page.next_before, "results": page.rows}))

    @described(
        "Pay out a sum of the available balance, or all of it, to the shop's bank",
        body=PayoutIn,
        answer=PayoutOut,
        status=201,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request) -> Response:
        given = self.read(PayoutIn)
        key = request.headers.get("Idempotency-Key", "")

        def work() -> tuple[int, Any]:
            # An unknown currency is not the shop's: not found, like a stranger's shop.
            service.purse(self.viewer, given["seller_id"], given["currency"])
            minor = given.get("amount_minor")
            payout = service.ask_payout(
                seller_id=given["seller_id"],
                currency=given["currency"],
                amount=None if minor is None else Money(minor, given["currency"]),
                key=f"{self.viewer.actor_key}:{key}",
                actor=self.viewer,
                now=clock.now(),
            )
            return 201, PayoutOut.of(payout)

        return run_once(request, viewer=self.viewer, route="seller.payout", work=work)


class PayoutView(ApiView):
    permission_classes = [SignedIn]

    @described("One payout of a shop", answer=PayoutOut, errors=(404,))
    def get(self, request: Request, payout_id: UUID) -> Response:
        return Response(PayoutOut.of(service.seen_payout(self.viewer, payout_id)))


class PurseChange(ApiView):
    """What changes a purse answers with the purse as it is then, once per key."""

    permission_classes = [SignedIn]

    def once(
        self, request: Request, given: dict[str, Any], route: str, deed: Callable[[], object]
    ) -> Response:
        def work() -> tuple[int, Any]:
            deed()
            found = service.purse(self.viewer, given["seller_id"], given["currency"])
            return 200, PurseOut.of(found)

        return run_once(request, viewer=self.viewer, route=route, work=work)


class PayoutAccountsView(PurseChange):
    @described(
        "What a shop has in each currency, where it goes and when",
        query=ShopQuery,
        answer=PursesOut,
        errors=(404,),
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(ShopQuery)
        found = service.purses(self.viewer, asked["seller_id"])
        return Response(PursesOut.of({"results": found}))

    @described(
        "Begin the account of a currency, or its change: owners alone. The bank's details are told to"
        " the payment provider on its own page, which opens from the seller centre",
        body=AccountIn,
        answer=PurseOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request) -> Response:
        given = self.read(AccountIn)

        def deed() -> object:
            return service.change_bank(
                seller_id=given["seller_id"],
                currency=given["currency"],
                language=self.language,
                actor=self.viewer,
                now=clock.now(),
            )

        return self.once(request, given, "seller.payout_account", deed)


class PayoutScheduleView(PurseChange):
    @described(
        "Set when a balance is paid out by itself",
        body=ScheduleIn,
        answer=PurseOut,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request) -> Response:
        given = self.read(ScheduleIn)

        def deed() -> object:
            return service.set_rhythm(
                seller_id=given["seller_id"],
                currency=given["currency"],
                rhythm=PayoutRhythm(given["rhythm"]),
                weekday=given.get("weekday", 1),
                actor=self.viewer,
                now=clock.now(),
            )

        return self.once(request, given, "seller.payout_schedule", deed)

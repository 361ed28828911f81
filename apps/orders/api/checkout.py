"""The checkout over the API: where and how, the quote, what it costs."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.permissions import Public
from apps.core.api.schema import described
from apps.core.api.serializers import Nothing
from apps.core.api.views import ApiView
from apps.orders.api.output import CheckoutOut, DeliveryOptionsOut, OpenedCheckoutOut, QuoteOut
from apps.orders.api.serializers import CheckoutIn, CheckoutOpenIn
from apps.orders.selectors import checkout_of
from apps.orders.services import checkouts
from apps.orders.services.checkouts import CheckoutInput
from apps.pricing.selectors import default_currency


class CheckoutsView(ApiView):
    permission_classes = [Public]

    @described(
        "Open the checkout of the cart, or find the open one; with an address, fill it in and quote it",
        body=CheckoutOpenIn,
        answer=OpenedCheckoutOut,
        status=201,
        errors=(409,),
        headers=("cart",),
    )
    def post(self, request: Request) -> Response:
        given = self.read(CheckoutOpenIn)
        language = given.pop("language", self.language)
        opening = {
            "viewer": self.viewer,
            "language": language,
            "currency": given.pop("currency", None) or default_currency(language),
            "given": _checkout_input(given),
            "now": clock.now(),
        }
        quote = None
        if "address" in given:
            checkout, quote = checkouts.open_quoted(**opening)
        else:
            checkout = checkouts.open_checkout(**opening)
        shown = CheckoutOut.of(checkout) | {"quote": quote and QuoteOut.of(quote)}
        return Response(shown, status=201)


class CheckoutView(ApiView):
    permission_classes = [Public]

    @described("The checkout", answer=CheckoutOut, errors=(404,), headers=("cart",))
    def get(self, request: Request, checkout_id: UUID) -> Response:
        return Response(CheckoutOut.of(checkout_of(self.viewer, checkout_id)))

    @described(
        "Fill in address, e-mail, deliveries, currency",
        body=CheckoutIn,
        answer=CheckoutOut,
        errors=(404,),
        headers=("cart",),
    )
    def patch(self, request: Request, checkout_id: UUID) -> Response:
        given = self.read(CheckoutIn)
        checkout = checkouts.update_checkout(
            viewer=self.viewer, checkout_id=checkout_id, given=_checkout_input(given)
        )
        return Response(CheckoutOut.of(checkout))


def _checkout_input(given: dict[str, Any]) -> CheckoutInput:
    deliveries = given.pop("deliveries", None)
    return CheckoutInput(
        **given,
        deliveries=(
            None
            if deliveries is None
            else {str(choice["seller_id"]): choice for choice in deliveries}
        ),
    )


class DeliveryOptionsView(ApiView):
    permission_classes = [Public]

    @described(
        "Ways to deliver, per seller, cheapest first",
        answer=DeliveryOptionsOut,
        errors=(404,),
        headers=("cart",),
    )
    def get(self, request: Request, checkout_id: UUID) -> Response:
        found = checkouts.delivery_options_of(
            checkout_of(self.viewer, checkout_id), now=clock.now()
        )
        rows = [{"seller_id": seller_id, "options": ways} for seller_id, ways in found.items()]
        return Response(DeliveryOptionsOut.of({"results": rows}))


class QuoteView(ApiView):
    permission_classes = [Public]

    @described(
        "Compute what it costs now; the digest confirms it",
        body=Nothing,
        answer=QuoteOut,
        errors=(404, 409),
        headers=("cart",),
    )
    def post(self, request: Request, checkout_id: UUID) -> Response:
        self.read(Nothing)
        _checkout, quote = checkouts.refresh_quote(
            viewer=self.viewer, checkout_id=checkout_id, now=clock.now()
        )
        return Response(QuoteOut.of(quote))

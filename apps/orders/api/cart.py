"""The cart over the API: guests carry its token, customers need none."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.permissions import Public, SignedIn
from apps.core.api.schema import described
from apps.core.api.serializers import Nothing
from apps.core.api.views import ApiView
from apps.core.viewer import GrantToken
from apps.core.web.middleware import CART_HEADER
from apps.orders.api.output import CartOut
from apps.orders.api.serializers import LineChangeIn, LineIn
from apps.orders.models import Cart
from apps.orders.selectors import CartLineView, cart_lines, cart_of
from apps.orders.services import carts


class CartBase(ApiView):
    """Answers with the whole cart, so that a client never adds up by itself."""

    permission_classes = [Public]

    def answer(self, cart: Cart | None, *, status: int = 200) -> Response:
        token = None
        if cart is not None and cart.user_id is None:
            token = GrantToken.write(carts.grant_of(cart))
        lines = [self._line(view) for view in cart_lines(cart, languages=[self.language])]
        body = CartOut.of({"lines": lines, "cart_token": token})
        return Response(body, status=status, headers={CART_HEADER: token} if token else None)

    def _line(self, view: CartLineView) -> dict[str, Any]:
        line, offer = view.line, view.offer
        titles = offer.titles
        return {
            "id": line.id,
            "offer_id": offer.offer_id,
            "product_id": offer.product_id,
            "short_id": offer.short_id,
            "sku": offer.sku,
            "title": titles.get(self.language) or next(iter(titles.values()), ""),
            "options": offer.option_labels.get(self.language, ""),
            "seller_id": offer.seller_id,
            "seller_name": offer.seller_name,
            "quantity": line.quantity,
            "free": min(offer.free, 99),
            "price": offer.price,
            "seen_price": view.seen,
            "is_price_changed": view.is_price_changed,
            "is_sold_out": view.is_sold_out,
            "is_short": view.is_short,
            "is_saved_for_later": line.is_saved_for_later,
        }


class CartView(CartBase):
    @described("The cart", answer=CartOut, headers=("cart",))
    def get(self, request: Request) -> Response:
        return self.answer(cart_of(self.viewer))


class LinesView(CartBase):
    @described(
        "Put units of an offer into the cart",
        body=LineIn,
        answer=CartOut,
        status=201,
        errors=(409,),
        headers=("cart",),
    )
    def post(self, request: Request) -> Response:
        line = carts.add_line(viewer=self.viewer, now=clock.now(), **self.read(LineIn))
        return self.answer(line.cart, status=201)


class LineView(CartBase):
    @described(
        "Change a line: its quantity, or put it aside",
        body=LineChangeIn,
        answer=CartOut,
        errors=(404,),
        headers=("cart",),
    )
    def patch(self, request: Request, line_id: UUID) -> Response:
        carts.change_line(
            viewer=self.viewer, line_id=line_id, now=clock.now(), **self.read(LineChangeIn)
        )
        return self.answer(cart_of(self.viewer))

    @described("Take a line out", answer=CartOut, errors=(404,), headers=("cart",))
    def delete(self, request: Request, line_id: UUID) -> Response:
        carts.remove_line(viewer=self.viewer, line_id=line_id, now=clock.now())
        return self.answer(cart_of(self.viewer))


class AcceptView(CartBase):
    @described(
        "Accept prices and stock as they are now", body=Nothing, answer=CartOut, headers=("cart",)
    )
    def post(self, request: Request) -> Response:
        self.read(Nothing)
        if cart_of(self.viewer) is not None:
            carts.accept_changes(viewer=self.viewer, now=clock.now())
        return self.answer(cart_of(self.viewer))


class MergeView(CartBase):
    permission_classes = [SignedIn]

    @described(
        "Move a guest's cart into mine, after signing in",
        body=Nothing,
        answer=CartOut,
        headers=("cart",),
    )
    def post(self, request: Request) -> Response:
        self.read(Nothing)
        for guest in self.viewer.holds(carts.CART_GRANT):
            carts.merge_guest_cart(user_id=self.account_id, guest=guest, now=clock.now())
        return self.answer(cart_of(self.viewer))

"""Signing in at the shop: what a guest put into the cart comes along."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from apps.accounts.adapter import AccountAdapter
from apps.core import clock
from apps.core.web.middleware import CART_COOKIE, request_viewer
from apps.orders.services import carts


class ShopAccountAdapter(AccountAdapter):
    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in and merge the guest's cart, whichever way the person came (form, link, app)."""
        guest = request_viewer(request).holds(carts.CART_GRANT)
        super().login(request, user)
        for grant in guest:
            carts.merge_guest_cart(user_id=user.pk, guest=grant, now=clock.now())

    def post_login(self, request: HttpRequest, user: Any, **details: Any) -> HttpResponse:
        """Drop the cookie of the cart that is merged now."""
        response: HttpResponse = super().post_login(request, user, **details)
        if CART_COOKIE in request.COOKIES:
            response.delete_cookie(CART_COOKIE, samesite="Lax")
        return response

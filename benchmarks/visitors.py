"""People of the benchmarks: a guest and a customer of the demo world, each with a filled cart."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count, cycle
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from apps.accounts.models import User
from apps.catalog.models import Offer
from apps.core import clock
from apps.core.viewer import ANONYMOUS, GrantToken, Viewer, viewer_of
from apps.core.web.middleware import CART_COOKIE
from apps.orders.services import carts, checkouts

ADDRESS = {
    "recipient_name": "Aziza Karimova",
    "phone": "+998901234567",
    "country": "UZ",
    "region": "",
    "city": "Toshkent",
    "street": "Bobur",
    "house": "12",
    "apartment": "4",
    "postcode": "",
    "note": "",
}
_hosts = count(1)


@dataclass
class Visitor:
    """`accounts` are session tokens that take turns at the API, where an account has its limit."""

    name: str
    viewer: Viewer
    cookies: dict[str, str] = field(default_factory=dict)
    cart_token: str = ""
    accounts: Iterator[str] | None = None

    def headers(self, path: str) -> dict[str, str]:
        found = {"X-Forwarded-For": next_address()}
        if not path.startswith("/api/"):
            found["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        elif self.accounts:
            found["X-Session-Token"] = next(self.accounts)
        elif self.cart_token:
            found["X-Cart-Token"] = self.cart_token
        return found


def next_address() -> str:
    """An address per request: the limiter is on, and a benchmark is not one visitor."""
    host = next(_hosts)
    return f"10.{host >> 16 & 255}.{host >> 8 & 255}.{host & 255}"


def session_key(user: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def customer(email: str = "olivia@karvon.example") -> Visitor:
    user = User.objects.get(email=email)
    return Visitor(
        "signed in",
        viewer_of(user),
        cookies={settings.SESSION_COOKIE_NAME: session_key(user), "currency": "UZS"},
        accounts=cycle([session_key(one) for one in User.objects.exclude(is_staff=True)]),
    )


def passer_by() -> Visitor:
    return Visitor("anonymous", ANONYMOUS, cookies={"currency": "UZS"})


def guest(offers: list[Offer]) -> Visitor:
    """Somebody without an account whose cart holds the offers."""
    cart = carts.cart_for_writing(viewer=ANONYMOUS)
    grant = carts.grant_of(cart)
    token = GrantToken.write(grant)
    visitor = Visitor(
        "anonymous",
        ANONYMOUS.with_grant(grant),
        cookies={CART_COOKIE: token, "currency": "UZS"},
        cart_token=token,
    )
    fill_cart(visitor.viewer, offers)
    return visitor


def fill_cart(viewer: Viewer, offers: list[Offer]) -> None:
    for offer in offers:
        carts.add_line(viewer=viewer, offer_id=offer.id, quantity=1, now=clock.now())


def quoted_checkout(viewer: Viewer) -> tuple[str, str]:
    """Fill in the checkout of the viewer's cart; return its id and the quote's digest."""
    now = clock.now()
    checkout = checkouts.open_checkout(viewer=viewer, language="en", currency="UZS", now=now)
    given = checkouts.CheckoutInput(email="bench@people.example", address=ADDRESS)
    checkouts.update_checkout(viewer=viewer, checkout_id=checkout.id, given=given)
    _checkout, quote = checkouts.refresh_quote(viewer=viewer, checkout_id=checkout.id, now=now)
    return str(checkout.id), quote.digest


def call(application: Any, environ: dict[str, Any]) -> tuple[int, bytes]:
    """Ask a WSGI application in this process."""
    status: list[str] = []
    answer = application(environ, lambda line, _headers, _error=None: status.append(line))
    try:
        body = b"".join(answer)
    finally:
        answer.close()
    return int(status[0].split()[0]), body

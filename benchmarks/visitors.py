"""People of the benchmarks: passers-by, guests with a cart, customers who are signed in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import cycle
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password

from apps.accounts.models import User
from apps.catalog.models import Offer
from apps.core import clock
from apps.core.viewer import ANONYMOUS, GrantToken, Viewer, viewer_of
from apps.core.web.middleware import CART_COOKIE
from apps.orders.services import carts, checkouts
from benchmarks.wire import next_address

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
EMAIL = "bench@people.example"


@dataclass
class Visitor:
    """`accounts` are session tokens that take turns at the API, where an account has its limit."""

    name: str
    viewer: Viewer
    cookies: dict[str, str] = field(default_factory=dict)
    cart_token: str = ""
    accounts: Iterator[str] | None = None
    address: str = field(default_factory=next_address)

    def headers(self, path: str) -> dict[str, str]:
        found = {"X-Forwarded-For": next_address(), "X-Forwarded-Proto": "https"}
        if not path.startswith("/api/"):
            found["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        elif self.accounts:
            found["X-Session-Token"] = next(self.accounts)
        elif self.cart_token:
            found["X-Cart-Token"] = self.cart_token
        return found


def session_key(user: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def customers(count: int) -> list[Visitor]:
    """Make that many accounts and sign them in; nobody knows their passwords, as there are none."""
    first = User.objects.filter(email__startswith="buyer-").count()
    users = User.objects.bulk_create(
        User(
            email=f"buyer-{first + number}@people.example",
            full_name="Aziza Karimova",
            password=make_password(None),
        )
        for number in range(count)
    )
    return [signed_in(user) for user in users]


def signed_in(user: User, *others: User) -> Visitor:
    """The others lend their sessions for the API's limits."""
    key = session_key(user)
    keys = [key, *(session_key(other) for other in others)]
    cookies = {settings.SESSION_COOKIE_NAME: key, "currency": "UZS"}
    return Visitor("signed in", viewer_of(user), cookies=cookies, accounts=cycle(keys))


def passer_by() -> Visitor:
    return Visitor("anonymous", ANONYMOUS, cookies={"currency": "UZS"})


def guest(offers: Sequence[Offer]) -> Visitor:
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


def fill_cart(viewer: Viewer, offers: Sequence[Offer]) -> None:
    for offer in offers:
        carts.add_line(viewer=viewer, offer_id=offer.id, quantity=1, now=clock.now())


def quoted_checkout(viewer: Viewer) -> tuple[str, str]:
    """Fill in the checkout of the viewer's cart; return its id and the quote's digest."""
    now = clock.now()
    checkout = checkouts.open_checkout(viewer=viewer, language="en", currency="UZS", now=now)
    given = checkouts.CheckoutInput(email=EMAIL, address=ADDRESS)
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
        if hasattr(answer, "close"):
            answer.close()
    return int(status[0].split()[0]), body

"""Many guests who are ready to place an order, and a way to let them do it at once."""

import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import connections

from apps.catalog.models import Offer
from apps.core.viewer import Grant, GrantToken, Viewer
from apps.orders.models import Cart, CartLine, Checkout
from apps.orders.services.carts import grant_of
from marketplace.tests.api_client import ApiClient
from marketplace.tests.world import ADDRESS, NOW

# As many as one machine's web workers and their database connections.
AT_ONCE = 16
_addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))


def at_once(works: Sequence[Callable[[], Any]], threads: int = AT_ONCE) -> list[Any]:
    """Run all works by threads that start together."""
    threads = min(threads, len(works))
    barrier = threading.Barrier(threads)

    def run(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads, initializer=barrier.wait) as pool:
        return list(pool.map(run, works))


@dataclass
class Buyer:
    """A guest with an address of their own and a checkout whose quote they have seen."""

    client: Any
    checkout_id: str
    digest: str

    @property
    def grant(self) -> Grant:
        return GrantToken.read(self.client.headers["X-Cart-Token"], kind="cart")

    @property
    def viewer(self) -> Viewer:
        return Viewer(label="guest", grants=frozenset({self.grant}))

    def place(self) -> Any:
        return self.client.place(self.checkout_id, self.digest, key=uuid.uuid4().hex)


def in_process(address: str) -> ApiClient:
    return ApiClient(address=address)


def ready_buyers(
    number: int, offers: Sequence[Offer], *, client: Callable[[str], Any] = in_process
) -> list[Buyer]:
    """Make guests who want one unit of each offer; every second one put them in from the other end.

    One more asks for the quote over the API: a digest says nothing of whose cart it is.
    """
    asking = ApiClient(address=next(_addresses))
    for offer in offers:
        asking.add(offer.id)
    _checkout_id, quote = asking.quote()
    Cart.objects.get(id=GrantToken.read(asking.headers["X-Cart-Token"], kind="cart").id).delete()
    carts = Cart.objects.bulk_create(Cart() for _ in range(number))
    Checkout.objects.bulk_create(
        Checkout(cart=cart, currency="UZS", language="en", email="g@p.example", address=ADDRESS)
        for cart in carts
    )
    CartLine.objects.bulk_create(
        CartLine(
            cart=cart,
            offer=offer,
            quantity=1,
            seen_price_minor=offer.price_minor,
            seen_currency=offer.currency,
            added_at=NOW + timedelta(seconds=place),
        )
        for index, cart in enumerate(carts)
        for place, offer in enumerate(offers if index % 2 else offers[::-1])
    )
    checkouts = dict(Checkout.objects.filter(cart__in=carts).values_list("cart_id", "id"))
    return [_buyer(client(next(_addresses)), cart, checkouts, quote["digest"]) for cart in carts]


def _buyer(client: Any, cart: Cart, checkouts: dict[Any, Any], digest: str) -> Buyer:
    client.headers["X-Cart-Token"] = GrantToken.write(grant_of(cart))
    return Buyer(client, str(checkouts[cart.id]), digest)

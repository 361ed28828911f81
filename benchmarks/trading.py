"""Adding to carts and whole checkouts: what counts is what the database then holds."""

import time
from collections.abc import Callable, Sequence

from django.db import connections
from django.db.models import Sum

from apps.catalog.models import Offer
from apps.orders.models import CartLine, OrderGroup
from benchmarks import goods
from benchmarks.api import Client, Told, Unexpected, crowd
from benchmarks.browsing import FIRST, SIGNED_IN
from benchmarks.load import Measured, check, drive
from benchmarks.meter import Meter, Run
from benchmarks.visitors import ADDRESS, EMAIL, Visitor
from benchmarks.wire import Request, next_address

OFFERS, UNITS = 200, 20_000
ADDED = 204
STEP = 37
FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
    "HX-Request": "true",
}


def cart(meter: Meter, customers: Sequence[Visitor]) -> None:
    """Customers who have a cart, and passers-by who get one with their first product."""
    offers = goods.stocked_offers(OFFERS)
    # Each round of the customers takes other offers: carts grow by lines as well as by units.
    known = [
        _adding(
            offers[(number + number // len(customers) * STEP) % len(offers)],
            visitor.cookies,
            visitor.address,
        )
        for number, visitor in enumerate(goods.taken_in_turn(customers, meter.size.requests))
    ]
    strangers = [
        _adding(offer, {"currency": "UZS"}, "")
        for offer in goods.taken_in_turn(offers, meter.size.requests)
    ]
    for visitor, requests in ((SIGNED_IN, known), (FIRST, strangers)):
        check(meter.host, requests[:3], ADDED)
        file = meter.shop.var / "cart.requests"
        file.unlink(missing_ok=True)
        meter.measure("add to cart", visitor, _sender(meter, requests), counted=_units_in_carts)


def _sender(meter: Meter, requests: Sequence[Request]) -> Run:
    def run(concurrency: int, seconds: float) -> Measured:
        return drive(
            meter.host,
            requests,
            concurrency=concurrency,
            seconds=seconds,
            first=int(time.monotonic() * 1000),
            file=meter.shop.var / "cart.requests",
        )

    return run


def _adding(offer: Offer, cookies: dict[str, str], address: str) -> Request:
    return Request(
        "/en/cart/add/",
        method="POST",
        cookies=cookies,
        headers=FORM,
        body=f"offer_id={offer.id}&quantity=1".encode(),
        address=address,
    )


def _units_in_carts() -> int:
    return int(CartLine.objects.aggregate(units=Sum("quantity"))["units"] or 0)


def checkout(meter: Meter) -> None:
    """Guests who put in, address, quote and place, as a page asks for it bit by bit or as an app knows it."""
    offers = goods.stocked_offers(OFFERS, UNITS)
    ids = [str(offer.id) for offer in offers]
    for name, quoted in (("checkout", quoted_at_once), ("checkout in steps", quoted_in_steps)):
        meter.measure(name, FIRST, _buying(meter, ids, quoted), counted=OrderGroup.objects.count)


# A client with something in its cart -> id of its checkout, digest of the quote.
Quoting = Callable[[Client], tuple[str, str]]


def _buying(meter: Meter, ids: Sequence[str], quoted: Quoting) -> Run:
    def run(concurrency: int, seconds: float) -> Measured:
        connections.close_all()
        until = time.perf_counter() + seconds

        def visit(number: int, told: Told) -> None:
            bought = number
            while time.perf_counter() < until:
                begun = time.perf_counter()
                told.note(begun, buy(meter.host, ids[bought % len(ids)], quoted))
                bought += concurrency

        told, lasted = crowd(concurrency, visit)
        wrong = sum(count for outcome, count in told.outcomes.items() if outcome != "placed")
        return Measured.of(told.times, lasted, wrong)

    return run


def buy(host: str, offer_id: str, quoted: Quoting) -> str:
    """Buy one unit as a new guest; return "placed", or what went wrong."""
    client = Client(host, next_address())
    try:
        added = client.expect(201, "POST", "cart/lines/", {"offer_id": offer_id, "quantity": 1})
        client.cart_token = added["cart_token"]
        checkout_id, digest = quoted(client)
        placing = {"checkout_id": checkout_id, "quote_digest": digest}
        client.expect(202, "POST", "orders/", placing)
    except (Unexpected, OSError) as fault:
        return str(fault)
    finally:
        client.close()
    return "placed"


LANGUAGE_AND_CURRENCY = {"currency": "UZS", "language": "en"}
WHERE = {"email": EMAIL, "address": ADDRESS}


def quoted_at_once(client: Client) -> tuple[str, str]:
    """One request: the app knows its customer's address."""
    opened = client.expect(201, "POST", "checkout/", LANGUAGE_AND_CURRENCY | WHERE)
    return opened["id"], opened["quote"]["digest"]


def quoted_in_steps(client: Client) -> tuple[str, str]:
    """Three requests: open, fill in, quote."""
    opened = client.expect(201, "POST", "checkout/", LANGUAGE_AND_CURRENCY)
    path = f"checkout/{opened['id']}/"
    client.expect(200, "PATCH", path, WHERE)
    quote = client.expect(200, "POST", f"{path}quote/", {})
    return opened["id"], quote["digest"]

"""The hot SKU: fewer units than buyers, and everybody presses the button at once."""

import time
from collections import Counter
from typing import Any

from django.db import connections
from django.db.models import Sum

from apps.catalog.models import Offer, Reservation, Stock
from benchmarks import goods
from benchmarks.api import Client, Told, crowd
from benchmarks.meter import Meter
from benchmarks.stack import say
from benchmarks.tables import percentile
from benchmarks.visitors import guest, quoted_checkout
from benchmarks.wire import next_address

UNITS_OF_BUYERS = 4  # one unit for every fourth buyer: 50 for 200
PLACED = 202
# What somebody is told who comes too late.
CLEAN = frozenset({"catalog.offer_sold_out", "checkout.line_unavailable", "checkout.quote_changed"})


def hot(meter: Meter) -> None:
    buyers = meter.size.buyers
    units = buyers // UNITS_OF_BUYERS
    rounds: list[dict[str, Any]] = []
    times: list[float] = []
    for offer in goods.stocked_offers(meter.size.rounds):
        one, seen = _round(meter, offer, buyers, units)
        say(f"  hot SKU: {one}")
        rounds.append(one)
        times += seen
    meter.rows.append(
        {
            "journey": "hot SKU",
            "visitor": f"{buyers} at once, {units} units",
            "concurrency": buyers,
            "rounds": rounds,
            "sold": [one["sold"] for one in rounds],
            "oversold": sum(one["oversold"] for one in rounds),
            "refused": [one["refused"] for one in rounds],
            "errors": sum(one["wrong"] for one in rounds),
            **{f"p{point}": percentile(times, point) for point in (50, 95, 99)},
        }
    )


def _round(
    meter: Meter, offer: Offer, buyers: int, units: int
) -> tuple[dict[str, Any], list[float]]:
    """Return what came of it, and how long each buyer waited in milliseconds."""
    _empty_but(offer, units)
    visitors = [guest([offer]) for _ in range(buyers)]
    ready = [(visitor.cart_token, *quoted_checkout(visitor.viewer)) for visitor in visitors]
    meter.calm()
    held = _held(offer)
    connections.close_all()

    def visit(number: int, told: Told) -> None:
        token, checkout_id, digest = ready[number]
        client = Client(meter.host, next_address(), token)
        begun = time.perf_counter()
        body = {"checkout_id": checkout_id, "quote_digest": digest}
        status, content = client.ask("POST", "orders/", body)
        client.close()
        told.note(begun, "placed" if status == PLACED else str((content or {}).get("code", status)))

    told, seconds = crowd(buyers, visit)
    outcome = _outcome(told.outcomes, units, _held(offer) - held)
    return outcome | {"seconds": seconds}, told.times


def _empty_but(offer: Offer, units: int) -> None:
    """Leave exactly so many free units, all in one warehouse."""
    rows = Stock.objects.filter(item_id=offer.components.get().item_id).order_by("-on_hand")
    for place, row in enumerate(rows):
        wanted = units if place == 0 else 0
        if change := wanted - (row.on_hand - row.reserved):
            goods.receive_into(row, change)


def _held(offer: Offer) -> int:
    """Units that orders hold or have bought."""
    rows = Reservation.objects.filter(
        stock__item_id=offer.components.get().item_id,
        state__in=(Reservation.State.ACTIVE, Reservation.State.CONSUMED),
    )
    return int(rows.aggregate(units=Sum("quantity"))["units"] or 0)


def _outcome(outcomes: Counter[str], units: int, held: int) -> dict[str, Any]:
    sold, refused = outcomes["placed"], sum(outcomes[code] for code in CLEAN)
    return {
        "units": units,
        "sold": sold,
        "held": held,
        "oversold": max(0, held - units),
        "refused": refused,
        "wrong": outcomes.total() - sold - refused,
        "outcomes": dict(outcomes),
    }

"""What a page costs: CPU of the web process, queries, bytes; held against the budget.

A page is asked for through the whole WSGI application, in this process, so that process time is
the worker's own (the database's is not in it). Each time it is rendered: the store of public pages keeps none.
Budget (architecture 1): a signed-in listing 8-10 ms, a product 5 ms.
"""

import gc
import statistics
import time
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import RequestFactory, override_settings

from apps.accounts.models import User
from apps.catalog.models import Category, ListingCard, Offer, Product
from apps.core import clock
from apps.orders.services.placing import place_order
from benchmarks.goods import stocked_offers
from benchmarks.tables import percentile, show
from benchmarks.visitors import (
    Visitor,
    call,
    fill_cart,
    guest,
    passer_by,
    quoted_checkout,
    signed_in,
)
from marketplace.wsgi import application

WARM_UP, ROUNDS = 5, 60
# CPU milliseconds of a signed-in visitor.
BUDGET = {"category listing": 10.0, "search": 10.0, "product": 5.0}


@dataclass
class Page:
    kind: str
    path: str
    visitors: list[Visitor]


def environ_of(page: Page, visitor: Visitor) -> dict[str, Any]:
    headers = {"Host": "127.0.0.1"} | visitor.headers(page.path)
    environ: dict[str, Any] = RequestFactory(headers=headers).get(page.path).environ
    return environ


def measure(page: Page, visitor: Visitor) -> list[str | int | float]:
    for _ in range(WARM_UP):
        status, body = call(application, environ_of(page, visitor))
        if status != 200:  # noqa: PLR2004  anything else is not the page
            raise RuntimeError(f"{page.path} answers {status} to {visitor.name}")
    queries = count()
    with connection.execute_wrapper(lambda run, *given: (next(queries), run(*given))[1]):
        call(application, environ_of(page, visitor))
    taken, gone = [], []
    gc.collect()
    for _ in range(ROUNDS):
        environ = environ_of(page, visitor)
        cpu, wall = time.process_time(), time.perf_counter()
        call(application, environ)
        taken.append((time.process_time() - cpu) * 1000)
        gone.append((time.perf_counter() - wall) * 1000)
    median = statistics.median(taken)
    budget = BUDGET.get(page.kind) if visitor.name == "signed in" else None
    verdict = "" if budget is None else f"{budget:.0f} {'ok' if median <= budget else 'OVER'}"
    return [
        page.kind,
        visitor.name,
        median,
        percentile(taken, 95),
        statistics.median(gone),
        next(queries),
        len(body),
        verdict,
    ]


def all_pages() -> list[Page]:
    offers = stocked_offers(3)
    people = User.objects.filter(is_staff=False)
    known = signed_in(people.get(email="olivia@karvon.example"), *people)
    unknown, with_cart = passer_by(), guest(offers)
    group_id = _ordered(known, offers)
    fill_cart(known.viewer, offers)
    quoted_checkout(known.viewer)
    quoted_checkout(with_cart.viewer)
    everybody, own = [unknown, known], [with_cart, known]
    shelf = _largest_category()
    product = Product.objects.get(id=ListingCard.objects.order_by("-sales_count")[0].product_id)
    address = f"/en/p/{product.texts.get(language='en').slug}-{product.short_id}/"
    return [
        Page("home", "/en/", everybody),
        Page("category listing", f"/en/c/{shelf}/", everybody),
        Page("search", "/en/search/?q=cotton+shirt", everybody),
        Page("product", address, everybody),
        Page("cart", "/en/cart/", own),
        Page("checkout", "/en/checkout/", own),
        Page("order", f"/en/orders/{group_id}/", [known]),
        Page("account", "/en/me/", [known]),
        Page("API search", "/api/v1/search/?q=cotton+shirt", everybody),
        Page("API products", f"/api/v1/products/?category={shelf}", everybody),
        Page("API product", f"/api/v1/products/{product.short_id}/", everybody),
    ]


def _ordered(visitor: Visitor, offers: list[Offer]) -> UUID:
    fill_cart(visitor.viewer, offers)
    checkout_id, digest = quoted_checkout(visitor.viewer)
    group = place_order(
        viewer=visitor.viewer,
        checkout_id=UUID(checkout_id),
        quote_digest=digest,
        now=clock.now(),
    )
    return group.id


def _largest_category() -> str:
    """The root branch with the most cards: a full page of them with all its filters."""
    roots = Category.objects.filter(depth=1)
    return str(
        max(
            roots,
            key=lambda root: ListingCard.objects.filter(
                category_path__startswith=root.path
            ).count(),
        ).code
    )


def main() -> None:
    with override_settings(PUBLIC_PAGES_MAX=0):
        rows = [measure(page, visitor) for page in all_pages() for visitor in page.visitors]
    columns = ["page", "visitor", "CPU ms", "CPU p95", "wall ms", "queries", "bytes", "budget"]
    show(f"Pages: median of {ROUNDS}", columns, rows)

"""Pages and search: what visitors ask for most."""

from collections.abc import Sequence

from benchmarks import goods
from benchmarks.meter import Journey, Meter
from benchmarks.visitors import Visitor
from benchmarks.wire import Request

KEPT_PRODUCTS = 100
ANONYMOUS, SIGNED_IN = "anonymous", "signed in"
# Nobody has asked for these pages before: no cache has them.
FIRST, KNOWN_FIRST = "anonymous, first", "signed in, first"


def pages(meter: Meter, customers: Sequence[Visitor]) -> None:
    homes = [f"/{language}/" for language in goods.LANGUAGES]
    popular = goods.product_paths(KEPT_PRODUCTS)
    every = goods.product_paths(meter.size.requests)
    kinds = {
        "home": homes,
        "listing": goods.category_paths(),
        "listing, deep": goods.deep_paths(),
        "listing, filtered": goods.filtered_paths(),
        "product": popular,
    }
    for name, paths in kinds.items():
        meter.journey(anonymous(name, paths, meter.size.requests))
        meter.journey(known(name, paths, customers, meter.size.requests))
    later = [path for page in range(2, goods.MAX_PAGE) for path in goods.category_paths(page=page)]
    for name, paths in (("listing", later), ("product", every)):
        meter.journey(first_time(name, paths[::2], meter.size.requests))
        meter.journey(first_time(name, paths[1::2], meter.size.requests, customers))
    # The personal part of a page that is the same for everybody: name, own cart count.
    headers = [f"{home}me/header/" for home in homes]
    meter.journey(known("header", headers, customers, meter.size.requests))


def search(meter: Meter, customers: Sequence[Visitor]) -> None:
    queries = list(dict.fromkeys(goods.searches(meter.size.requests)))
    meter.journey(first_time("search", queries, meter.size.requests))
    meter.journey(known("search", queries, customers, meter.size.requests))
    beginnings = goods.beginnings(meter.size.requests)
    meter.journey(anonymous("suggest", beginnings, meter.size.requests))


def anonymous(name: str, paths: Sequence[str], count: int) -> Journey:
    """Few pages many times: each is asked for once before, so whatever keeps pages has them."""
    requests = [
        Request(path, cookies={"currency": "UZS"}) for path in goods.taken_in_turn(paths, count)
    ]
    return Journey(name, ANONYMOUS, requests, warmed=min(len(paths), count))


def first_time(
    name: str, paths: Sequence[str], count: int, customers: Sequence[Visitor] = ()
) -> Journey:
    """Pages that are rendered for whoever asks: the customers in turn, where there are any.

    A small catalogue has few: they are asked for again, each time from another address.
    """
    paths = goods.taken_in_turn(paths, max(count, len(paths)))
    strangers = [{"currency": "UZS"}]
    cookies = [visitor.cookies for visitor in customers] or strangers
    requests = [
        Request(path, cookies=own)
        for path, own in zip(paths, goods.taken_in_turn(cookies, len(paths)), strict=True)
    ]
    return Journey(name, KNOWN_FIRST if customers else FIRST, requests, rendered=True)


def known(name: str, paths: Sequence[str], customers: Sequence[Visitor], count: int) -> Journey:
    requests = [
        Request(path, cookies=visitor.cookies)
        for path, visitor in zip(
            goods.taken_in_turn(paths, count), goods.taken_in_turn(customers, count), strict=True
        )
    ]
    return Journey(name, SIGNED_IN, requests)

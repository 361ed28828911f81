"""Measure the running shop part by part and write the result down after each."""

import json
import os
from pathlib import Path

from django.conf import settings

from benchmarks import bare, browsing, goods, hot, importing, trading
from benchmarks.load import client_name
from benchmarks.meter import Meter, Size
from benchmarks.stack import running_web, say
from benchmarks.visitors import customers, fill_cart

PARTS = ("pages", "search", "cart", "checkout", "hot", "import")


def main(*parts: str) -> None:
    """Add the rows to the file that BENCH_RESULT names."""
    result = Path(os.environ["BENCH_RESULT"])
    found = json.loads(result.read_text())
    size = Size.given()
    found["bare view per second"] = round(bare.per_second(Path(os.environ["BENCH_FOLDER"])))
    with running_web() as shop:
        meter = Meter(shop, size)
        visitors = customers(size.customers)
        for visitor, offer in zip(
            visitors, goods.taken_in_turn(goods.stocked_offers(20), len(visitors)), strict=True
        ):
            fill_cart(visitor.viewer, [offer])
        found |= {
            "load by": client_name(),
            "web server": Path(shop.commands()["web"][0]).name,
            "web workers": shop.web_workers,
            "search engine": settings.SEARCH_ENGINE.rpartition(".")[2],
        }
        for part in [name for name in PARTS if name in parts]:
            say(part)
            match part:
                case "pages":
                    browsing.pages(meter, visitors)
                case "search":
                    browsing.search(meter, visitors)
                case "cart":
                    trading.cart(meter, visitors)
                case "checkout":
                    trading.checkout(meter)
                case "hot":
                    hot.hot(meter)
                case "import":
                    importing.imports(meter)
            found |= {"rows": meter.rows, "web memory MB (RSS, PSS)": meter.memory()}
            result.write_text(json.dumps(found, indent=1))

"""Fill an empty, migrated database with a generated catalogue; then index it for search.

Two processes write: one composes while the other's rows are checked by the database.
"""

import time
from datetime import datetime
from functools import partial

from django.db import connections

from apps.catalog.services.images import StoredPicture
from apps.core import clock
from apps.core.services.relay import deliver_all
from apps.sandbox.catalogues import generated, generated_sellers, loading
from apps.sandbox.demo import market, people
from apps.sandbox.demo.compose import Picture
from apps.sandbox.demo.pictures.studio import prepare
from apps.search import services as search
from benchmarks.processes import share
from benchmarks.stack import say

WRITERS = 2
EVERY = 20_000


def main(what: str, size: str) -> None:
    {"products": fill_products, "index": fill_index}[what](int(size))


def fill_products(size: int) -> None:
    now = clock.now()
    people.ensure_people(now=now)
    market.ensure_market(now=now)
    people.ensure_carriers(point_code=market.POINTS[0][0])
    generated_sellers.ensure_sellers(now=now)
    # Told now, while no card waits to be built anew for it.
    deliver_all()
    stored = prepare(generated.pictures(), progress=_progress)
    plan = generated.catalogue(size, now=now, stored=stored)
    loading.load_attributes(plan.attributes)
    loading.load_categories(plan.categories)
    loading.load_brands(generated.brands())
    market.ensure_commissions()
    _write_all(size, now, stored)
    loading.load_reviews(plan.source, plan.reviews)
    deliver_all()
    _vacuum()


def fill_index(_size: int) -> None:
    begun = time.monotonic()
    share(_index_part, WRITERS)
    # The first part counted words while another was still writing.
    search.refresh_words()
    say(f"products indexed in {time.monotonic() - begun:.0f} s")
    _vacuum()


def _index_part(number: int) -> None:
    search.rebuild(part=number + 1, parts=WRITERS)


def _write_all(size: int, now: datetime, stored: dict[Picture, StoredPicture]) -> None:
    begun = time.monotonic()
    share(partial(_write_part, size=size, now=now, stored=stored), WRITERS)
    seconds = time.monotonic() - begun
    say(f"{size} products written in {seconds:.0f} s, {size / seconds:.0f} a second")


def _write_part(
    part: int, *, size: int, now: datetime, stored: dict[Picture, StoredPicture]
) -> None:
    """Write every second chunk."""
    writer = loading.ProductWriter(generated.SOURCE, now)
    for start in range(part * loading.CHUNK, size, WRITERS * loading.CHUNK):
        stop = min(start + loading.CHUNK, size)
        writer.write(list(generated.products(start, stop, now=now, stored=stored)))
        if start % EVERY == 0:
            _progress("products", start, size)
    connections.close_all()


def _vacuum() -> None:
    """Leave what autovacuum would have left after a while."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _progress(step: str, done: int, total: int) -> None:
    say(f"  {step} {done:,} of {total:,}")

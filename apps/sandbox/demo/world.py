"""Seed the demo world step by step; each step may be repeated."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from apps.core import clock
from apps.core.services.relay import deliver_all
from apps.sandbox.catalogues import chosen
from apps.sandbox.catalogues.loading import load
from apps.sandbox.catalogues.plans import Catalogue, LoadReport, PicturePlan
from apps.sandbox.demo import cards, compose, market, orders, payouts, people, reviews, written
from apps.sandbox.demo.pictures.studio import prepare
from apps.sandbox.demo.provider import running_provider
from apps.sandbox.simulation import buyers
from apps.sandbox.simulation.market import simulate
from apps.search import services as search

HISTORY = timedelta(days=21)
Progress = Callable[[str, int, int], None]


class RefusedHere(RuntimeError):
    """The demo's known passwords must never reach a real shop."""


def seed(
    *,
    catalogue: Path | None,
    per_shelf: int | None,
    progress: Progress,
    now: datetime | None = None,
    history: int = 0,
) -> LoadReport:
    """Load people, market, products, reviews and orders; return what came in and what did not.

    `history` is how many baskets other people bought in the weeks before.

    :raises RefusedHere: these are not development or test settings
    """
    if "apps.sandbox" not in settings.INSTALLED_APPS or settings.SESSION_COOKIE_SECURE:
        raise RefusedHere(
            "seed_demo makes accounts with known passwords: it runs with development settings only."
        )
    now = now or clock.now()
    progress("people", 0, 1)
    people.ensure_people(now=now)
    market.ensure_market(now=now)
    people.ensure_carriers(point_code=market.POINTS[0][0])
    progress("people", 1, 1)
    if catalogue is None:
        loaded = own_catalogue(now=now, per_shelf=per_shelf or compose.PER_SHELF, progress=progress)
    else:
        loaded = chosen.read(catalogue, now=now, progress=progress)
    load(loaded, now=now, progress=progress)
    market.ensure_commissions()
    progress("search index", 0, 1)
    search.rebuild()
    progress("search index", 1, 1)
    cards.ensure_cards(now=now)
    with running_provider() as sandbox:
        payouts.ensure_accounts(sandbox=sandbox, now=now)
        # Before the people of the demo: lists show the newest first.
        _ensure_history(history, now, progress)
        orders.ensure_orders(sandbox=sandbox, source=loaded.source, now=now, progress=progress)
        progress("payouts", 0, 1)
        payouts.ensure_payouts(sandbox=sandbox, now=now)
        progress("payouts", 1, 1)
    market.ensure_rates(now=now)
    written.ensure_written(now=now)
    deliver_all()
    return loaded.report


def _ensure_history(baskets: int, now: datetime, progress: Progress) -> None:
    """Let a random market live up to now, once; the same in every demo."""
    if not baskets or buyers.has_bought():
        return
    progress("history", 0, 1)
    simulate(baskets=baskets, seed=1, start=now - HISTORY, until=now)
    progress("history", 1, 1)


def own_catalogue(*, now: datetime, per_shelf: int, progress: Progress) -> Catalogue:
    """The project's own products, with their pictures drawn (or taken from an earlier run)."""
    composed = list(compose.products(now=now, per_shelf=per_shelf))
    wanted = [picture for one in composed for picture, _options in one.pictures]
    stored = prepare(wanted, progress=progress)
    plans = [
        replace(
            one.plan,
            pictures=[
                PicturePlan(
                    stored=stored[picture],
                    options=options,
                    alt={language: text[0] for language, text in one.plan.texts.items()},
                )
                for picture, options in one.pictures
            ],
        )
        for one in composed
    ]
    return Catalogue(
        source=compose.SOURCE,
        attributes=compose.attributes(),
        categories=compose.categories(),
        products=plans,
        reviews=reviews.reviews_of(plans, now=now),
        report=LoadReport(),
    )

"""Let a random market live over the shop's data, then prove its books."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core import clock
from apps.core.invariants import violations
from apps.sandbox.simulation.market import simulate


class Command(BaseCommand):
    help = "Buy, ship, deliver, cancel, refund and pay out at random, under a clock of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=200)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--days", type=int, default=0, help="end so many days after the start, with open orders"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if "apps.sandbox" not in settings.INSTALLED_APPS or settings.SESSION_COOKIE_SECURE:
            raise CommandError("simulate_market invents orders: development settings only.")
        now = clock.now()
        days = options["days"]
        start = now - (timedelta(days=days) if days else timedelta(days=200))
        try:
            tally = simulate(
                baskets=options["orders"],
                seed=options["seed"],
                start=start,
                until=now if days else None,
            )
        except LookupError as error:
            raise CommandError(str(error)) from error
        for name, count in tally.items():
            self.stdout.write(f"{count:>8}  {name}")
        if found := violations():
            raise CommandError("\n".join(str(one) for one in found))
        self.stdout.write("every invariant holds")

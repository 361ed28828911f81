"""Run the payment provider's sandbox: `manage.py sandbox_stripe --port 8420 --webhook-url URL`."""

import os
import signal
from argparse import ArgumentParser
from pathlib import Path
from threading import Thread
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.sandbox.stripe.server import CONNECT_SECRET, DEFAULT_SECRET, Sandbox

PAYOUT_SECONDS = 60


class Command(BaseCommand):
    help = "Serve Stripe's wire protocol and a test payment page on localhost."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8420)
        parser.add_argument("--webhook-url", default="http://127.0.0.1:8000/webhooks/stripe/")
        parser.add_argument("--file", default="", help="where the state is kept")
        parser.add_argument("--in-memory", action="store_true", help="keep no state on disk")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(os.environ.get("VAR_DIR") or settings.BASE_DIR / "var")
        file = Path(options["file"] or folder / "sandbox" / "stripe.json")
        sandbox = Sandbox(
            port=options["port"],
            webhook_url=options["webhook_url"],
            secret=os.environ.get("SANDBOX_WEBHOOK_SECRET") or DEFAULT_SECRET,
            connect_secret=os.environ.get("SANDBOX_CONNECT_SECRET") or CONNECT_SECRET,
            file=None if options["in_memory"] else file,
        )
        # A demo's payouts arrive while one looks on.
        sandbox.engine.connect.payout_seconds = PAYOUT_SECONDS
        for number in (signal.SIGINT, signal.SIGTERM):
            # In a thread of its own: the handler interrupts the very thread that would wait.
            signal.signal(number, lambda *_: Thread(target=sandbox.stop).start())
        sandbox.start()
        self.stdout.write(f"payment sandbox on {sandbox.url}")
        sandbox.wait()

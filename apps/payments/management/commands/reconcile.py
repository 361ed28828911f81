"""Compare a period of a provider's statement with the books. Books nothing."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core import clock
from apps.core.errors import DomainError
from apps.core.http_client import ProviderError
from apps.payments.services.reconciling import reconcile


class Command(BaseCommand):
    help = "Compare a provider's statement with the books; exit with an error on any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", required=True)
        parser.add_argument("--from", dest="start", required=True, help="first day or moment, UTC")
        parser.add_argument("--to", dest="end", required=True, help="the day or moment after, UTC")

    def handle(self, *_args: Any, **options: Any) -> None:
        start, end = moment(options["start"]), moment(options["end"])
        try:
            run = reconcile(provider=options["provider"], start=start, end=end, now=clock.now())
        except (DomainError, ProviderError, LookupError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{run.statement_count} lines on the statement, {run.book_count} in the books,"
            f" {run.difference_count} differences, {run.new_count} of them new"
        )
        for item in run.items.order_by("kind", "id"):
            self.stdout.write(
                f"{item.kind:<10} {item.movement:<15} {item.our_reference or '-'}"
                f" {item.their_reference or '-'}"
            )
        if run.difference_count:
            raise CommandError(f"{run.difference_count} differences")


def moment(text: str) -> datetime:
    """Read 2026-11-24 or 2026-11-24T09:00; without an offset it is UTC.

    :raises CommandError: neither a day nor a moment
    """
    try:
        if len(text) == len("2026-11-24"):
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is neither a day nor a moment") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)

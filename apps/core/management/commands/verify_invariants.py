"""Prove the stored state: stock, reservations, ledger, escrow, orders, outbox, seals."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.invariants import declared, violations
from apps.core.services.seals import AUDIT, first_broken_seal


class Command(BaseCommand):
    help = "Check every declared invariant; exit with an error on any violation."

    def handle(self, *args: Any, **options: Any) -> None:
        found = violations()
        if broken := first_broken_seal(AUDIT):
            self.stderr.write(f"seal broken: {broken.journal} number {broken.number}")
        for violation in found:
            self.stderr.write(f"{violation.invariant}: {violation.row}")
        if found or broken:
            raise CommandError(f"{len(found) + bool(broken)} violations")
        self.stdout.write(f"{len(declared())} invariants hold, audit seals match")

"""Prove the stored state: stock, reservations, ledger, escrow, orders, outbox, seals."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.invariants import declared, violations
from apps.core.services.seals import first_broken_seal, sealed_journals


class Command(BaseCommand):
    help = "Check every declared invariant; exit with an error on any violation."

    def handle(self, *args: Any, **options: Any) -> None:
        found = violations()
        broken = [seal for journal in sealed_journals() if (seal := first_broken_seal(journal))]
        for seal in broken:
            self.stderr.write(
                f"seal of {seal.journal} broken: number {seal.number}, rows {seal.from_id} to {seal.to_id}"
            )
        for violation in found:
            self.stderr.write(f"{violation.invariant}: {violation.row}")
        if found or broken:
            raise CommandError(f"{len(found) + len(broken)} violations")
        self.stdout.write(f"{len(declared())} invariants hold, seals match")

"""A run is written once; a difference changes once, when a person resolves it; none is deleted."""

from importlib import import_module

from django.db import migrations

from apps.core.dbguards import append_only

changes_once = import_module("apps.payments.migrations.0004_settlement_guards").changes_once


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_journal_created")]

    operations = [
        append_only("payments_reconciliationrun"),
        changes_once(
            "payments_reconciliationitem",
            before="OLD.resolved_at IS NULL AND NEW.resolved_at IS NOT NULL",
            changing=("resolved_at", "resolved_by", "resolution"),
        ),
    ]

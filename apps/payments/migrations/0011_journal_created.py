"""Reconciliation reads the entries of a period; built while the shop goes on booking."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0010_reconciliation")]

    operations = [
        AddIndexConcurrently(
            model_name="journalentry",
            index=models.Index(fields=["created_at"], name="journal_created"),
        ),
    ]

"""Stock movements are append-only."""

from django.db import migrations

from apps.core.dbguards import append_only


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("core", "0002_guards")]

    operations = [append_only("catalog_stockmovement")]

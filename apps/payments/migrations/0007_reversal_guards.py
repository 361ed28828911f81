"""What was taken back of a settlement is written once."""

from django.db import migrations

from apps.core.dbguards import append_only


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_reversals")]

    operations = [append_only("payments_reversal")]

"""The relay looks for events that back off; built while the shop goes on publishing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0002_guards")]

    operations = [
        AddIndexConcurrently(
            model_name="outboxevent",
            index=models.Index(
                fields=["aggregate", "aggregate_id", "seq"],
                name="outbox_waiting",
                condition=models.Q(sent_at=None, dead_at=None, attempts__gt=0),
            ),
        ),
    ]

"""A unit may be written differently in each language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="attribute",
            name="units",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]

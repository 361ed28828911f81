"""Indexes of the bands' heads; built while the shop goes on searching."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("search", "0005_bands")]

    operations = [
        AddIndexConcurrently(
            model_name="searchdocument",
            index=GinIndex(
                fields=["head"],
                name=f"search_head_{band}",
                condition=models.Q(band=band),
                gin_pending_list_limit=256,
            ),
        )
        for band in (0, 1)
    ]

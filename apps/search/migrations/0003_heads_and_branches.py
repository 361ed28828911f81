"""What ranks a document moves into its row, what only the indexes need moves out of it."""

from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

STORAGE = """
ALTER TABLE search_searchdocument
  ALTER COLUMN head SET STORAGE PLAIN,
  ALTER COLUMN facets SET STORAGE PLAIN,
  ALTER COLUMN seller_ids SET STORAGE MAIN,
  ALTER COLUMN vector SET STORAGE EXTERNAL,
  SET (toast_tuple_target = 1024)
"""
BEFORE = """
ALTER TABLE search_searchdocument
  ALTER COLUMN facets SET STORAGE EXTENDED,
  ALTER COLUMN seller_ids SET STORAGE EXTENDED,
  ALTER COLUMN vector SET STORAGE EXTENDED,
  RESET (toast_tuple_target)
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0002_words_for_spelling")]

    operations = [
        migrations.CreateModel(
            name="SearchBranch",
            fields=[
                (
                    "category_path",
                    models.CharField(
                        db_collation="C", max_length=255, primary_key=True, serialize=False
                    ),
                ),
                ("document_count", models.PositiveIntegerField()),
                ("counts", models.JSONField()),
            ],
        ),
        migrations.AddField(
            model_name="searchdocument",
            name="head",
            field=SearchVectorField(db_default=""),
        ),
        migrations.AddField(
            model_name="searchdocument",
            name="is_accessory",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="searchdocument",
            name="title_length",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(STORAGE, BEFORE),
    ]

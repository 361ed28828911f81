"""Documents know how well their products sell: frequent words are read from the best sold ones down."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0004_indexes")]

    operations = [
        migrations.AddField(
            model_name="searchdocument",
            name="band",
            field=models.PositiveSmallIntegerField(default=2, db_default=2),
        ),
    ]

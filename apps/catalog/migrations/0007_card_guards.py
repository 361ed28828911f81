"""What moderators said of a card is append-only."""

from django.db import migrations

from apps.core.dbguards import append_only


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_seller_cards"), ("core", "0002_guards")]

    operations = [append_only("catalog_carddecision")]

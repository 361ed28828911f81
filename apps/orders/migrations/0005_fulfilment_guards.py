"""What went into a parcel is append-only."""

from django.db import migrations

from apps.core.dbguards import append_only


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_fulfilment")]

    operations = [append_only("orders_parcelitem")]

"""Numbers of order groups come from a sequence: placing one order never waits for another."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_guards")]

    operations = [
        migrations.RunSQL(
            sql="CREATE SEQUENCE order_group_number START 100001;",
            reverse_sql="DROP SEQUENCE order_group_number;",
        ),
    ]

"""The clocks of orders find what is due; built while the shop goes on selling."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0005_fulfilment_guards")]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("confirm_by__isnull", False)),
                fields=["confirm_by"],
                name="order_confirm_due",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("ship_by__isnull", False)),
                fields=["ship_by"],
                name="order_ship_due",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("release_due_at__isnull", False)),
                fields=["release_due_at"],
                name="order_release_due",
            ),
        ),
    ]

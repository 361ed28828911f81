"""Refunds and releases find an order's part of a payment; built while the shop goes on selling."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0004_settlement_guards")]

    operations = [
        AddIndexConcurrently(
            model_name="paymentallocation",
            index=models.Index(fields=["reference_id"], name="allocation_reference"),
        ),
    ]

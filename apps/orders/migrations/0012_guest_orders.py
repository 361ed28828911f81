"""Guests' purchases are found by their address; built while the shop goes on selling."""

import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0011_dispute_requests")]

    operations = [
        AddIndexConcurrently(
            model_name="ordergroup",
            index=models.Index(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("user", None)),
                name="order_group_of_guest",
            ),
        ),
    ]

"""Terms of returns and escrow by category."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_movement_of_cancelled_sale"),
    ]

    operations = [
        migrations.AddField(
            model_name="category",
            name="escrow_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="category",
            name="return_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]

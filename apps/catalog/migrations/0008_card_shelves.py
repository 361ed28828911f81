"""Indexes in the orders of the front page's shelves."""

from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_card_guards"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="listingcard",
            index=models.Index(
                condition=models.Q(("is_in_stock", True), ("is_visible", True)),
                fields=["-sales_count", "-rating_count", "product"],
                name="card_best_sold",
            ),
        ),
        migrations.AddIndex(
            model_name="listingcard",
            index=models.Index(
                condition=models.Q(("is_in_stock", True), ("is_visible", True)),
                fields=["category_path", "-sales_count", "-rating_count", "product"],
                name="card_best_sold_of_branch",
            ),
        ),
        migrations.AddIndex(
            model_name="listingcard",
            index=models.Index(
                condition=models.Q(("is_in_stock", True), ("is_visible", True)),
                fields=["-published_at", "product"],
                name="card_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="listingcard",
            index=models.Index(
                models.ExpressionWrapper(
                    models.F("price_minor")
                    * models.Value(Decimal("1.0"))
                    / models.F("old_price_minor"),
                    output_field=models.DecimalField(decimal_places=20, max_digits=30),
                ),
                models.F("product_id"),
                condition=models.Q(
                    ("is_in_stock", True),
                    ("is_visible", True),
                    ("old_price_minor__gt", models.F("price_minor")),
                ),
                name="card_deepest_cut",
            ),
        ),
    ]

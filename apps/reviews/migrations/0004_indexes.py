"""Lists of a seller's and an author's reviews, and the queue; built while the shop goes on selling."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reviews", "0003_guards")]

    operations = [
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(fields=["seller", "status", "-id"], name="review_of_seller"),
        ),
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(fields=["author", "-id"], name="review_of_author"),
        ),
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(
                condition=models.Q(("status", "IN_MODERATION")),
                fields=["submitted_at"],
                name="review_waiting",
            ),
        ),
        # What AddConstraint would make, without holding the writers up.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql="CREATE UNIQUE INDEX CONCURRENTLY review_once ON reviews_review"
                    " (product_id, author_id) WHERE author_id IS NOT NULL AND deleted_at IS NULL",
                    reverse_sql="DROP INDEX CONCURRENTLY review_once",
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="review",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("author__isnull", False), ("deleted_at", None)),
                        fields=("product", "author"),
                        name="review_once",
                    ),
                ),
            ],
        ),
    ]

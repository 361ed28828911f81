"""Indexes of heads, sellers, brands and branches; built while the shop goes on searching."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import F, Index, Q
from django.db.models.functions import Left

NEW = [
    GinIndex(fields=["head"], name="search_head", gin_pending_list_limit=256),
    GinIndex(fields=["seller_ids"], name="search_sellers"),
    Index(fields=["brand_id", "-sales_count"], name="search_brand"),
    *(
        Index(
            Left("category_path", level),
            F("sales_count").desc(),
            F("rating_count").desc(),
            F("product_id"),
            name=f"search_level_{level}",
            condition=Q(is_removed=False),
        )
        for level in (4, 8, 12)
    ),
    Index(
        fields=["-sales_count", "-rating_count", "product_id"],
        name="search_popularity",
        condition=Q(is_removed=False),
    ),
]

# The indexes of 0001, changed in place.
CHANGED = [
    GinIndex(fields=["vector"], name="search_vector", gin_pending_list_limit=256),
    GinIndex(fields=["codes"], name="search_codes", gin_pending_list_limit=256),
]


def changed(index: GinIndex) -> migrations.operations.base.Operation:
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"ALTER INDEX {index.name} SET (gin_pending_list_limit = 256)",
                f"ALTER INDEX {index.name} RESET (gin_pending_list_limit)",
            )
        ],
        state_operations=[
            migrations.RemoveIndex(model_name="searchdocument", name=index.name),
            migrations.AddIndex(model_name="searchdocument", index=index),
        ],
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("search", "0003_heads_and_branches")]

    operations = [
        *(AddIndexConcurrently(model_name="searchdocument", index=index) for index in NEW),
        *(changed(index) for index in CHANGED),
        RemoveIndexConcurrently(model_name="searchdocument", name="search_category"),
        RemoveIndexConcurrently(model_name="searchdocument", name="search_popular"),
    ]

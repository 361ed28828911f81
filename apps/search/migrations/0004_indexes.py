"""Indexes of heads, sellers, brands and branches; built while the shop goes on searching."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import F, Index, Q
from django.db.models.functions import Left

NEW = [
    GinIndex(fields=["head"], name="search_head"),
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


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("search", "0003_heads_and_branches")]

    operations = [
        *(AddIndexConcurrently(model_name="searchdocument", index=index) for index in NEW),
        RemoveIndexConcurrently(model_name="searchdocument", name="search_category"),
        RemoveIndexConcurrently(model_name="searchdocument", name="search_popular"),
    ]

"""Tables of the PostgreSQL engine: one document per visible product and the words of the catalogue."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left

# Letters of a category's path up to the levels whose branches are listed by popularity from an index.
LEVELS = (4, 8, 12)
# Products by their sales: the best sold ones, those behind them, and all others (providers/postgres/bands.py).
BANDS = (0, 1, 2)
# Every search reads the entries that an index has not sorted in yet: few, not the usual 4 MB.
PENDING_KILOBYTES = 256


class SearchDocument(models.Model):
    """What is matched, filtered, counted and sorted; the card that is shown stays in catalog.

    `version` is the card's: a write with a lower one loses. A row is narrow: what only the indexes and
    the counting of words need (`vector`, `words`) lies beside it (TOAST).
    """

    product_id = models.UUIDField(primary_key=True)
    version = models.BigIntegerField()
    # Every lexeme, to match.
    vector = SearchVectorField()
    # What names the product, to rank: A title, B brand, C category, D first words of the description.
    head = SearchVectorField(db_default="")
    title_length = models.PositiveSmallIntegerField(default=0, db_default=0)
    is_accessory = models.BooleanField(default=False, db_default=False)
    # Words as written, for spelling and suggestions; those of the title apart.
    words = ArrayField(models.CharField(max_length=60), default=list, db_default=[])
    title_words = ArrayField(models.CharField(max_length=60), default=list, db_default=[])
    # Exact strings: SKUs, model numbers, EANs, in the form of rules.code_key.
    codes = ArrayField(models.CharField(max_length=80), default=list)
    category_path = models.CharField(max_length=255, db_collation="C")
    brand_id = models.BigIntegerField(null=True)
    seller_ids = ArrayField(models.UUIDField(), default=list)
    # "attribute:option" for every filterable value, variants' options included.
    facets = ArrayField(models.CharField(max_length=170), default=list)
    price_base_minor = models.BigIntegerField()
    rating_hundredths = models.PositiveSmallIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    sales_count = models.PositiveIntegerField(default=0)
    band = models.PositiveSmallIntegerField(default=BANDS[-1], db_default=BANDS[-1])
    is_in_stock = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    # Out of the shop: the row stays, so that a late write with a lower version loses here too.
    is_removed = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            GinIndex(
                fields=["vector"], name="search_vector", gin_pending_list_limit=PENDING_KILOBYTES
            ),
            GinIndex(fields=["head"], name="search_head", gin_pending_list_limit=PENDING_KILOBYTES),
            *(
                GinIndex(
                    fields=["head"],
                    name=f"search_head_{band}",
                    condition=Q(band=band),
                    gin_pending_list_limit=PENDING_KILOBYTES,
                )
                for band in BANDS[:-1]
            ),
            GinIndex(fields=["seller_ids"], name="search_sellers"),
            GinIndex(
                fields=["codes"], name="search_codes", gin_pending_list_limit=PENDING_KILOBYTES
            ),
            GinIndex(fields=["facets"], name="search_facets"),
            models.Index(fields=["brand_id", "-sales_count"], name="search_brand"),
            *(
                models.Index(
                    Left("category_path", level),
                    F("sales_count").desc(),
                    F("rating_count").desc(),
                    F("product_id"),
                    name=f"search_level_{level}",
                    condition=Q(is_removed=False),
                )
                for level in LEVELS
            ),
            models.Index(fields=["-published_at"], name="search_newest"),
            models.Index(fields=["price_base_minor"], name="search_price"),
            models.Index(
                fields=["-sales_count", "-rating_count", "product_id"],
                name="search_popularity",
                condition=Q(is_removed=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.product_id)


class SearchTerm(models.Model):
    """A word of the catalogue with the number of documents that have it: idf, spelling, suggestions."""

    word = models.CharField(max_length=60, primary_key=True)
    document_count = models.PositiveIntegerField()
    title_count = models.PositiveIntegerField(default=0, db_default=0)
    stem = models.CharField(max_length=60, default="", db_default="", db_collation="C")
    # The forms of spelling.deletions: a slip finds its word by an exact lookup.
    forms = ArrayField(models.CharField(max_length=60), default=list, db_default=[])

    class Meta:
        indexes = [
            models.Index(fields=["stem"], name="search_term_stem"),
            GinIndex(fields=["forms"], name="search_term_forms"),
        ]

    def __str__(self) -> str:
        return self.word


class SearchBranch(models.Model):
    """The counts of a big branch without words or filters: too many documents to count while one waits.

    `counts` are rows (kind, value, count) as the engine's statement gives them. The root's path is "".
    """

    category_path = models.CharField(max_length=255, primary_key=True, db_collation="C")
    document_count = models.PositiveIntegerField()
    counts = models.JSONField()

    def __str__(self) -> str:
        return self.category_path

"""Listing cards: all that a grid shows of a product, in one row."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.db.models.functions import Now

from apps.core.money import Money

ON_SALE = models.Q(is_visible=True, is_in_stock=True)
# What is left of the old price.
PRICE_SHARE = models.ExpressionWrapper(
    F("price_minor") * models.Value(Decimal("1.0")) / F("old_price_minor"),
    output_field=models.DecimalField(max_digits=30, decimal_places=20),
)


class ListingCard(models.Model):
    """Denormalised from product, texts, offers, stock, pictures; rebuilt by services/cards.py alone."""

    product = models.OneToOneField(
        "catalog.Product", on_delete=models.CASCADE, primary_key=True, related_name="card"
    )
    # Rises with each rebuild: a late index write with a lower version loses.
    version = models.BigIntegerField(default=1)
    is_visible = models.BooleanField(default=False)
    category_path = models.CharField(max_length=255, db_collation="C")
    # {language: {"title": ..., "slug": ...}}
    texts = models.JSONField(default=dict)
    brand_id = models.BigIntegerField(null=True)
    brand_name = models.CharField(max_length=120, blank=True, default="")
    # The buy-box offer of the cheapest variant in stock.
    offer_id = models.UUIDField(null=True)
    variant_id = models.UUIDField(null=True)
    seller_name = models.CharField(max_length=120, blank=True, default="")
    seller_ids = ArrayField(models.UUIDField(), default=list)
    currency = models.CharField(max_length=3, blank=True, default="")
    price_minor = models.BigIntegerField(default=0)
    old_price_minor = models.BigIntegerField(null=True)
    lowest_30_days_minor = models.BigIntegerField(null=True)
    # In settings.BASE_CURRENCY at the rate of the rebuild: for sorting and filtering only.
    price_base_minor = models.BigIntegerField(default=0)
    is_in_stock = models.BooleanField(default=False)
    handling_days = models.PositiveSmallIntegerField(default=1)
    # One variant only: "Add" works on the card, otherwise it leads to the product.
    has_choice = models.BooleanField(default=False)
    # [{"hash", "widths", "preview", "alt": {language: text}}], at most two.
    images = models.JSONField(default=list)
    rating_hundredths = models.PositiveSmallIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    sales_count = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        # The orders of shelves, which name a few of very many; each is written as selectors/cards.py asks.
        indexes = [
            models.Index(
                fields=["-sales_count", "-rating_count", "product"],
                name="card_best_sold",
                condition=ON_SALE,
            ),
            models.Index(
                fields=["category_path", "-sales_count", "-rating_count", "product"],
                name="card_best_sold_of_branch",
                condition=ON_SALE,
            ),
            models.Index(
                fields=["-published_at", "product"], name="card_newest", condition=ON_SALE
            ),
            models.Index(
                PRICE_SHARE,
                F("product_id"),
                name="card_deepest_cut",
                condition=ON_SALE & models.Q(old_price_minor__gt=F("price_minor")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.product_id)

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def old_price(self) -> Money | None:
        return Money(self.old_price_minor, self.currency) if self.old_price_minor else None


class ComparisonRate(models.Model):
    """What one unit of a currency is worth in settings.BASE_CURRENCY; handed down by pricing."""

    currency = models.CharField(max_length=3, primary_key=True)
    base_per_unit = models.DecimalField(max_digits=18, decimal_places=8)

    def __str__(self) -> str:
        return f"{self.currency} {self.base_per_unit}"

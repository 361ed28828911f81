"""Products (cards), their texts, variants, codes and pictures."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.core.ids import UUID7Field, short_id


class Brand(models.Model):
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """The card that several sellers' offers share. Never deleted, but ARCHIVED."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        IN_MODERATION = "IN_MODERATION", _("In moderation")
        PUBLISHED = "PUBLISHED", _("Published")
        REJECTED = "REJECTED", _("Rejected")
        ARCHIVED = "ARCHIVED", _("Archived")

    class TaxClass(models.TextChoices):
        STANDARD = "STANDARD", _("Standard")
        REDUCED = "REDUCED", _("Reduced")
        ZERO = "ZERO", _("Zero")

    id = UUID7Field()
    short_id = models.CharField(max_length=10, unique=True, default=short_id, editable=False)
    # The identity of an imported catalogue; unique within its source.
    source = models.CharField(max_length=40, blank=True, default="")
    source_id = models.CharField(max_length=80, blank=True, default="")
    category = models.ForeignKey("catalog.Category", on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The seller who made the card; null for the marketplace's own.
    created_by_seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    tax_class = models.CharField(max_length=8, choices=TaxClass, default=TaxClass.STANDARD)
    # {attribute code: option code | number | text | bool}, validated against the category.
    attributes = models.JSONField(default=dict, blank=True)
    # Codes of the attributes that tell variants apart, in order.
    variant_axes = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=13, choices=Status, default=Status.DRAFT)
    rating_hundredths = models.PositiveSmallIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    sales_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=~models.Q(source=""),
                name="product_source_once",
            ),
            models.CheckConstraint(
                name="product_published_at",
                condition=~models.Q(status="PUBLISHED") | models.Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="product_rating", condition=models.Q(rating_hundredths__lte=500)
            ),
        ]

    def __str__(self) -> str:
        return self.short_id


class ProductText(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    title = models.CharField(max_length=250)
    description = models.TextField(blank=True, default="")
    slug = models.SlugField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "language"], name="product_text_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Variant(models.Model):
    """One sellable form of a product. `options` maps axis code to option code."""

    id = UUID7Field()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    sku = models.CharField(max_length=80, unique=True)
    options = models.JSONField(default=dict, blank=True)
    weight_grams = models.PositiveIntegerField()
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "options"], name="variant_options_once"),
            models.CheckConstraint(name="variant_weight", condition=models.Q(weight_grams__gt=0)),
        ]

    def __str__(self) -> str:
        return self.sku


class VariantCode(models.Model):
    """A barcode (GTIN) of a variant; it may have several."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="codes")
    gtin = models.CharField(max_length=14)

    class Meta:
        indexes = [models.Index(fields=["gtin"], name="variant_code_gtin")]
        constraints = [
            models.UniqueConstraint(fields=["variant", "gtin"], name="variant_code_once"),
        ]

    def __str__(self) -> str:
        return self.gtin


class ProductImage(models.Model):
    """A picture, stored under the hash of its content in several widths (see services/images.py)."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    # Where set, the picture shows these options: {"color": "red"}.
    options = models.JSONField(default=dict, blank=True)
    content_hash = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    # Widths of the WebP renditions that exist, ascending.
    renditions = models.JSONField(default=list)
    # A tiny data URI shown while the picture loads.
    preview = models.TextField(blank=True, default="")
    alt = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "content_hash"], name="product_image_once"),
        ]

    def __str__(self) -> str:
        return self.content_hash[:12]

    @property
    def stored(self) -> dict[str, Any]:
        """The picture as cards and order lines keep it, and the options that it shows."""
        return {
            "hash": self.content_hash,
            "widths": self.renditions,
            "width": self.width,
            "height": self.height,
            "alt": self.alt,
            "options": self.options,
        }

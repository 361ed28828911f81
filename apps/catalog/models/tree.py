"""The category tree and the attributes that its branches ask for."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node


class Category(MP_Node):  # type: ignore[misc]  # treebeard is untyped
    """A node of the tree. `path` (materialised, 4 characters a level) finds whole branches by prefix."""

    code = models.SlugField(max_length=80, unique=True)
    picture_kind = models.CharField(max_length=40, blank=True, default="")
    is_visible = models.BooleanField(default=True)
    # Null: as the category above, at the top as the marketplace's settings and the contract say.
    return_days = models.PositiveSmallIntegerField(null=True, blank=True)
    escrow_days = models.PositiveSmallIntegerField(null=True, blank=True)

    node_order_by: list[str] = []

    class Meta:
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.code


class CategoryText(models.Model):
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "language"], name="category_text_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Attribute(models.Model):
    """A property of products. `labels` maps language to name; values of a CHOICE are options.

    `unit` stands behind numbers; `units` maps a language to it where languages write it differently.
    """

    class Kind(models.TextChoices):
        CHOICE = "CHOICE", _("One of a list")
        NUMBER = "NUMBER", _("Number")
        TEXT = "TEXT", _("Text")
        FLAG = "FLAG", _("Yes or no")

    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=6, choices=Kind)
    unit = models.CharField(max_length=20, blank=True, default="")
    units = models.JSONField(default=dict, blank=True, db_default={})
    labels = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.code


class AttributeOption(models.Model):
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="options")
    code = models.SlugField(max_length=80)
    labels = models.JSONField(default=dict)
    # "#rrggbb" for colours, shown as a swatch.
    swatch = models.CharField(max_length=7, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["attribute", "code"], name="attribute_option_once"),
        ]

    def __str__(self) -> str:
        return self.code


class CategoryAttribute(models.Model):
    """An attribute asked for in a category and, by inheritance, below it."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="attributes")
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="+")
    is_required = models.BooleanField(default=False)
    is_filter = models.BooleanField(default=True)
    is_variant_axis = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "attribute"], name="category_attribute_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_id}: {self.attribute_id}"

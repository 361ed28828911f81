"""Reads of the catalogue for staff: queues, and forms' first values."""

from apps.catalog.models import Category, Product
from apps.catalog.selectors.texts import in_language
from apps.core.queues import Queue, queue_of


def products_in_moderation() -> Queue:
    return queue_of(Product.objects.filter(status=Product.Status.IN_MODERATION), "created_at")


def product_texts(product: Product) -> dict[str, tuple[str, str]]:
    """Return language to (title, description)."""
    return {text.language: (text.title, text.description) for text in product.texts.all()}


def category_names(category: Category) -> dict[str, str]:
    return {text.language: text.name for text in category.texts.all()}


def category_choices(language: str) -> list[tuple[int, str]]:
    """Return the whole tree, hidden branches too, in its order: (id, name with its depth)."""
    rows = Category.objects.order_by("path").prefetch_related("texts")
    return [
        (row.pk, "— " * (row.depth - 1) + (in_language(category_names(row), language) or row.code))
        for row in rows
    ]


def parent_of(category: Category) -> Category | None:
    found: Category | None = Category.objects.get_parent(category)
    return found

"""Reads of the catalogue for staff: queues, and forms' first values."""

from typing import Any

from django.utils.translation import gettext as _

from apps.catalog.models import CardDraft, Category, Product
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import DraftStatus
from apps.core.queues import Queue, queue_of


def products_in_moderation() -> Queue:
    return queue_of(Product.objects.filter(status=Product.Status.IN_MODERATION), "created_at")


def cards_in_review() -> Queue:
    """Cards of sellers that wait for a moderator."""
    return queue_of(CardDraft.objects.filter(status=DraftStatus.IN_REVIEW), "submitted_at")


def draft_difference(draft: CardDraft) -> list[tuple[str, Any, Any]]:
    """Return what an approval would change of the card in the shop: (what, now, then)."""
    product = draft.product
    if product is None:
        return []
    texts = product_texts(product)
    rows: list[tuple[str, Any, Any]] = []
    for language in sorted({*texts, *draft.texts}):
        new = draft.texts.get(language, {})
        title, description = texts.get(language, ("", ""))
        rows.append((f"{_('Title')} ({language})", title, new.get("title", "")))
        rows.append((f"{_('Description')} ({language})", description, new.get("description", "")))
    rows.append((_("Category"), product.category_id, draft.category_id))
    rows.append((_("Particulars"), product.attributes, draft.attributes))
    hashes = [
        [row.content_hash[:8] for row in owner.all()] for owner in (product.images, draft.pictures)
    ]
    rows.append((_("Pictures"), ", ".join(hashes[0]), ", ".join(hashes[1])))
    return [row for row in rows if row[1] != row[2]]


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

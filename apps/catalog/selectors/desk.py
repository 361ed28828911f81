"""Reads of the catalogue for staff: queues, and forms' first values."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.catalog.models import CardDraft, Category, Product
from apps.catalog.selectors.attributes import (
    attribute_label,
    named_attributes,
    value_in_words,
)
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import DraftStatus
from apps.core.formats import language_name
from apps.core.queues import Queue, queue_of


def products_in_moderation() -> Queue:
    return queue_of(Product.objects.filter(status=Product.Status.IN_MODERATION), "created_at")


def cards_in_review() -> Queue:
    """Cards of sellers that wait for a moderator."""
    return queue_of(CardDraft.objects.filter(status=DraftStatus.IN_REVIEW), "submitted_at")


def draft_difference(draft: CardDraft, language: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what an approval would change of the card in the shop, in words: (now, then)."""
    product = draft.product
    if product is None:
        return {}, {}
    texts = {code: (text["title"], text["description"]) for code, text in draft.texts.items()}
    particulars = _Particulars({*product.attributes, *draft.attributes}, language)
    now = _said(product_texts(product), product.category, product.attributes, particulars)
    then = _said(texts, draft.category, draft.attributes, particulars)
    # In their order: the first stands for the card.
    shown, wanted = (
        [row.content_hash for row in owner.all()] for owner in (product.images, draft.pictures)
    )
    if shown != wanted:
        now[_("Pictures")] = str(len(shown))
        then[_("Pictures")] = _("%(count)d, new of them: %(new)d") % {
            "count": len(wanted),
            "new": len({*wanted} - {*shown}),
        }
    keys = [key for key in {**now, **then} if now.get(key) != then.get(key)]
    return (
        {key: now[key] for key in keys if key in now},
        {key: then[key] for key in keys if key in then},
    )


class _Particulars:
    """What attributes and their values are called; of two with one label each has its code beside it."""

    def __init__(self, codes: Collection[str], language: str) -> None:
        self.language = language
        self._named = named_attributes(codes)
        self._labels = {
            code: attribute_label(self._named.get(code), code, language) for code in codes
        }
        self._count = Counter(self._labels.values())

    def label(self, code: str) -> str:
        label = self._labels[code]
        return label if self._count[label] == 1 else f"{label} ({code})"

    def words(self, code: str, value: Any) -> str:
        return str(value_in_words(self._named.get(code), value, self.language))


def _said(
    texts: Mapping[str, tuple[str, str]],
    category: Category | None,
    attributes: Mapping[str, Any],
    particulars: _Particulars,
) -> dict[str, Any]:
    """What a card says, by what its parts are called."""
    language = particulars.language
    said: dict[str, Any] = {}
    for code, (title, description) in sorted(texts.items()):
        said[f"{_('Title')} ({language_name(code)})"] = title
        said[f"{_('Description')} ({language_name(code)})"] = description
    if category is not None:
        # Branches of one name lie below several others.
        name = in_language(category_names(category), language) or category.code
        said[_("Category")] = f"{name} ({category.code})"
    for code, value in attributes.items():
        said[particulars.label(code)] = particulars.words(code, value)
    return {label: words for label, words in said.items() if words}


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

"""The category tree: add, rename, show and hide branches."""

from collections.abc import Mapping

from django.db import transaction

from apps.catalog.models import Category, CategoryText
from apps.catalog.selectors.tree import forget_tree
from apps.catalog.services.products import slug_of


@transaction.atomic
def add_category(
    *, code: str, names: Mapping[str, str], parent: Category | None = None, picture_kind: str = ""
) -> Category:
    """Add a category at the end of its siblings; `names` maps language to name."""
    values = {"code": code, "picture_kind": picture_kind}
    category: Category
    if parent is None:
        category = Category.objects.add_root(values)
    else:
        category = Category.objects.add_child(Category.objects.get(pk=parent.pk), values)
    CategoryText.objects.bulk_create(
        CategoryText(category=category, language=language, name=name, slug=slug_of(name))
        for language, name in names.items()
    )
    transaction.on_commit(forget_tree)
    return category

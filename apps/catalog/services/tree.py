"""The category tree: add, rename, move, show and hide branches.

Invariant: nothing visible lies below what is hidden. One change of the tree at a time (an advisory lock), because a move rewrites the paths of
a whole branch; the cards of the products below follow by their own events.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.events import CardSourceChanged
from apps.catalog.models import Category, CategoryText, Product
from apps.catalog.selectors.tree import forget_tree
from apps.catalog.services.products import slug_of
from apps.core.errors import DomainError, NotFound
from apps.core.locks import advisory_lock
from apps.core.outbox import emit
from apps.core.page_store import EVERYTHING, forget_pages
from apps.core.services import audit
from apps.core.viewer import SYSTEM, Viewer


class MoveIntoItself(DomainError):
    code = "catalog.move_into_itself"
    message = _("A category cannot be moved into its own branch.")


class ParentHidden(DomainError):
    code = "catalog.parent_hidden"
    message = _("The category above is hidden. Show it first, or choose another place.")


class NoSibling(DomainError):
    code = "catalog.no_sibling"
    message = _("This category is at the end of its row already.")


@transaction.atomic
def add_category(
    *,
    code: str,
    names: Mapping[str, str],
    parent: Category | None = None,
    picture_kind: str = "",
    actor: Viewer = SYSTEM,
    reason: str = "",
) -> Category:
    """Add a category at the end of its siblings; `names` maps language to name."""
    advisory_lock("catalog.tree")
    values = {"code": code, "picture_kind": picture_kind}
    category: Category
    if parent is None:
        category = Category.objects.add_root(values)
    else:
        above = Category.objects.get(pk=parent.pk)
        category = Category.objects.add_child(above, values | {"is_visible": above.is_visible})
    _write_texts(category, names)
    _note(category, "added", actor, reason, after={"code": code, "names": dict(names)})
    return category


@transaction.atomic
def rename_category(
    *, category_id: int, names: Mapping[str, str], picture_kind: str, actor: Viewer, reason: str
) -> Category:
    """Give a category new names (language to name; an empty one is taken away) and a picture."""
    category = _locked(category_id)
    before = dict(category.texts.values_list("language", "name"))
    after = {language: name for language, name in names.items() if name}
    if before == after and category.picture_kind == picture_kind:
        return category
    category.texts.exclude(language__in=after).delete()
    changed = {language: name for language, name in after.items() if before.get(language) != name}
    category.texts.filter(language__in=changed).delete()
    _write_texts(category, changed)
    category.picture_kind = picture_kind
    category.save(update_fields=["picture_kind"])
    _note(category, "renamed", actor, reason, before={"names": before}, after={"names": after})
    return category


@transaction.atomic
def set_category_terms(
    *,
    category_id: int,
    return_days: int | None,
    escrow_days: int | None,
    actor: Viewer,
    reason: str,
) -> Category:
    """Set for how long goods of a branch are taken back and their money is held; None: as above it.

    Orders keep the terms they were placed under.
    """
    category = _locked(category_id)
    before: dict[str, object] = {
        "return_days": category.return_days,
        "escrow_days": category.escrow_days,
    }
    after: dict[str, object] = {"return_days": return_days, "escrow_days": escrow_days}
    if before == after:
        return category
    category.return_days, category.escrow_days = return_days, escrow_days
    category.save(update_fields=list(after))
    _note(category, "terms_set", actor, reason, before=before, after=after)
    return category


@transaction.atomic
def set_category_visible(
    *, category_id: int, is_visible: bool, actor: Viewer, reason: str
) -> Category:
    """Show or hide a whole branch; its products' cards follow.

    :raises ParentHidden: nothing can be shown below a hidden category
    """
    category = _locked(category_id)
    if category.is_visible == is_visible:
        return category
    parent = Category.objects.get_parent(category)
    if is_visible and parent is not None and not parent.is_visible:
        raise ParentHidden
    Category.objects.filter(path__startswith=category.path).update(is_visible=is_visible)
    category.is_visible = is_visible
    _note(category, "shown" if is_visible else "hidden", actor, reason)
    _announce_branch(category)
    return category


@transaction.atomic
def move_category(
    *, category_id: int, parent_id: int | None, actor: Viewer, reason: str
) -> Category:
    """Move a branch to the end of another parent's children, or of the roots.

    :raises MoveIntoItself: the new parent lies in the branch
    :raises ParentHidden: a visible branch would come below a hidden category
    """
    category = _locked(category_id)
    before = category.path
    parent = _found(parent_id) if parent_id is not None else None
    if parent is not None and parent.path.startswith(category.path):
        raise MoveIntoItself
    if parent is not None and category.is_visible and not parent.is_visible:
        raise ParentHidden
    if parent is None:
        Category.objects.move(category, Category.objects.get_last_root_node(), pos="last-sibling")
    else:
        Category.objects.move(category, parent, pos="last-child")
    return _moved(category, before, actor, reason)


@transaction.atomic
def shift_category(*, category_id: int, is_up: bool, actor: Viewer, reason: str) -> Category:
    """Change places with the sibling before or after.

    :raises NoSibling: there is none on that side
    """
    category = _locked(category_id)
    before = category.path
    tree = Category.objects
    sibling = tree.get_prev_sibling(category) if is_up else tree.get_next_sibling(category)
    if sibling is None:
        raise NoSibling
    row = dict(tree.get_siblings(category).values_list("pk", "path"))
    tree.move(category, sibling, pos="left" if is_up else "right")
    for other in Category.objects.filter(pk__in=row).exclude(pk=category.pk):
        if other.path != row[other.pk]:
            _announce_branch(other)
    return _moved(category, before, actor, reason)


def _moved(category: Category, before: str, actor: Viewer, reason: str) -> Category:
    moved = _found(category.pk)
    _note(moved, "moved", actor, reason, before={"path": before}, after={"path": moved.path})
    _announce_branch(moved)
    return moved


def _locked(category_id: int) -> Category:
    advisory_lock("catalog.tree")
    return _found(category_id)


def _found(category_id: int) -> Category:
    found: Category | None = Category.objects.filter(pk=category_id).first()
    if found is None:
        raise NotFound
    return found


def _write_texts(category: Category, names: Mapping[str, str]) -> None:
    CategoryText.objects.bulk_create(
        CategoryText(category=category, language=language, name=name, slug=slug_of(name))
        for language, name in names.items()
        if name
    )


def _announce_branch(category: Category) -> None:
    """Have the cards of all products in a branch rebuilt: they carry its path and whether it shows."""
    below = Product.objects.filter(category__path__startswith=category.path)
    for product_id in below.order_by("id").values_list("id", flat=True):
        emit(CardSourceChanged(product_id=product_id))


def _note(
    category: Category,
    verb: str,
    actor: Viewer,
    reason: str,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"catalog.category_{verb}",
        target_type="category",
        target_id=category.pk,
        before=before,
        after=after,
        reason=reason,
    )
    transaction.on_commit(forget_tree)
    forget_pages(EVERYTHING)

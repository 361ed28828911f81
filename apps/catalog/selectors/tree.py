"""The category tree in one language: small enough to keep in the cache, read once per change.

Invariant: what was read before a change is not answered after it: a kept tree carries the name of the
state that was current before its first row was read.
"""

import uuid

from django.core.cache import cache

from apps.catalog.models import Category
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import STEP, Crumb, TreeNode
from apps.core.errors import NotFound
from apps.core.pauses import pause_point

_KEY = "catalog:tree:{language}"
_STATE_KEY = "catalog:tree-state"
_SECONDS = 300


def tree(language: str) -> list[TreeNode]:
    """Return the visible roots with all that is below them."""
    key = _KEY.format(language=language)
    found = cache.get_many([_STATE_KEY, key]) or {}
    state, kept = found.get(_STATE_KEY, ""), found.get(key)
    if kept is None or kept[0] != state:
        kept = (state, _read(language))
        pause_point("catalog.tree_read")
        cache.set(key, kept, _SECONDS)
    roots: list[TreeNode] = kept[1]
    return roots


def forget_tree() -> None:
    """Let no kept tree be answered any more; called on commit by whoever changed it."""
    cache.set(_STATE_KEY, uuid.uuid4().hex, None)


def _read(language: str) -> list[TreeNode]:
    roots: list[TreeNode] = []
    by_path: dict[str, TreeNode] = {}
    rows = Category.objects.filter(is_visible=True).prefetch_related("texts").order_by("path")
    for row in rows:
        texts = {text.language: text for text in row.texts.all()}
        text = in_language(texts, language)
        node = TreeNode(
            code=row.code,
            name=text.name if text else row.code,
            slug=text.slug if text else row.code,
            path=row.path,
            picture_kind=row.picture_kind,
        )
        parent = by_path.get(row.path[:-STEP])
        if len(row.path) == STEP:
            roots.append(node)
        elif parent is None:
            continue  # below a hidden branch
        else:
            parent.children.append(node)
        by_path[row.path] = node
    return roots


def find(language: str, code: str) -> tuple[TreeNode, list[Crumb]]:
    """Return a node and its ancestors from the root on.

    :raises NotFound: no visible category has this code
    """

    def walk(nodes: list[TreeNode], above: list[Crumb]) -> tuple[TreeNode, list[Crumb]] | None:
        for node in nodes:
            if node.code == code:
                return node, above
            here = [*above, Crumb(node.code, node.name, node.slug)]
            if found := walk(node.children, here):
                return found
        return None

    found = walk(tree(language), [])
    if found is None:
        raise NotFound
    return found


def crumbs_of_path(language: str, path: str) -> list[Crumb]:
    """Return the categories from the root down to the one at `path`."""
    crumbs: list[Crumb] = []
    nodes = tree(language)
    while nodes:
        node = next((node for node in nodes if path.startswith(node.path)), None)
        if node is None:
            break
        crumbs.append(Crumb(node.code, node.name, node.slug))
        nodes = node.children
    return crumbs

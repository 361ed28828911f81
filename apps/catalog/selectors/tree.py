"""The category tree in one language: small enough to keep in the process, read once per change.

Invariant: what was read before a change is not answered after it: a kept tree carries the name of the
state that was current before its first row was read, and the cache, which all processes share, says
which state is current. Without the cache nothing is kept.
"""

import time
import uuid

from django.core.cache import cache

from apps.catalog.models import Category
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import STEP, Crumb, TreeNode
from apps.core.errors import NotFound
from apps.core.pauses import pause_point

_STATE_KEY = "catalog:tree-state"
# What bounds a lie when the cache could not be told of a change.
_SECONDS = 300
# language: state, when it was read, roots.
_kept: dict[str, tuple[str, float, list[TreeNode]]] = {}


def tree(language: str) -> list[TreeNode]:
    """Return the visible roots with all that is below them: everybody's, to be read alone."""
    state = cache.get(_STATE_KEY) or _new_state()
    began = time.monotonic()
    kept = _kept.get(language)
    if kept and kept[0] == state and began - kept[1] < _SECONDS:
        return kept[2]
    roots = _read(language)
    pause_point("catalog.tree_read")
    _kept[language] = (state, began, roots)
    return roots


def _new_state() -> str:
    """Name the state where none has a name: two that do so at once read once more than needed."""
    state = uuid.uuid4().hex
    cache.set(_STATE_KEY, state, None)
    return state


def forget_tree() -> None:
    """Let no kept tree be answered any more; called on commit by whoever changed it."""
    _new_state()


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

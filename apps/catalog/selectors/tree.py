"""The category tree in one language: small enough to keep in the cache, read once per change."""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.cache import cache

from apps.catalog.models import Attribute, Category, CategoryAttribute
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import STEP, Crumb, TreeNode
from apps.core.errors import NotFound

_KEY = "catalog:tree:{language}"
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class FilterView:
    """An attribute to filter by: its options in the language, in their order."""

    code: str
    label: str
    unit: str
    options: tuple[tuple[str, str, str], ...]


def tree(language: str) -> list[TreeNode]:
    """Return the visible roots with all that is below them."""
    key = _KEY.format(language=language)
    roots: list[TreeNode] | None = cache.get(key)
    if roots is None:
        roots = _read(language)
        cache.set(key, roots, _SECONDS)
    return roots


def forget_tree() -> None:
    """Drop the cached tree; called on commit by whoever changed it."""
    from django.conf import settings

    cache.delete_many([_KEY.format(language=code) for code, _name in settings.LANGUAGES])


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


def filters_of(language: str, category_path: str) -> list[FilterView]:
    """Return the filterable attributes of a branch, inherited ones first."""
    prefixes = [category_path[:end] for end in range(STEP, len(category_path) + 1, STEP)]
    rows = (
        CategoryAttribute.objects.filter(
            category__path__in=prefixes, is_filter=True, attribute__kind__in=["CHOICE", "FLAG"]
        )
        .select_related("attribute")
        .prefetch_related("attribute__options")
        .order_by("category__path", "position", "id")
    )
    seen: dict[str, FilterView] = {}
    for row in rows:
        seen.setdefault(row.attribute.code, _filter_view(row.attribute, language))
    return list(seen.values())


def filters_named(language: str, codes: Collection[str]) -> list[FilterView]:
    """Return the filterable attributes with these codes, by label."""
    rows = Attribute.objects.filter(
        code__in=codes, kind__in=[Attribute.Kind.CHOICE, Attribute.Kind.FLAG]
    ).prefetch_related("options")
    return sorted((_filter_view(row, language) for row in rows), key=lambda view: view.label)


def _filter_view(attribute: Attribute, language: str) -> FilterView:
    return FilterView(
        code=attribute.code,
        label=in_language(attribute.labels, language) or attribute.code,
        unit=attribute.unit,
        options=tuple(
            (option.code, in_language(option.labels, language) or option.code, option.swatch)
            for option in attribute.options.all()
        ),
    )

"""Contracts of the house that import-linter cannot see: read from the source trees."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "apps"
EDGES = ("/api/", "/web/", "/admin.py", "/admin/", "/consumers.py", "/views.py")
WRITES = {
    "create",
    "bulk_create",
    "get_or_create",
    "update_or_create",
    "bulk_update",
    "update",
    "delete",
}


def _floors() -> dict[str, int]:
    """Map app to its floor, the kernel lowest, as import-linter's contract has it."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    return {
        name.strip(" ()"): len(layers) - index
        for index, layer in enumerate(layers)
        for name in layer.split("|")
    }


def _sources() -> Iterator[tuple[str, Path, ast.Module]]:
    for path in sorted(APPS.glob("**/*.py")):
        relative = path.relative_to(APPS)
        app = relative.parts[0]
        if app in {"sandbox", "__init__.py"} or {"tests", "migrations"} & set(relative.parts):
            continue
        yield app, path, ast.parse(path.read_text())


def _is_edge(path: Path) -> bool:
    return any(mark in path.as_posix() for mark in EDGES)


def label_breaches(app: str, tree: ast.Module, floors: dict[str, int]) -> list[str]:
    """Relations by string label that point up or sideways."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if (
            node.func.attr not in {"ForeignKey", "OneToOneField", "ManyToManyField"}
            or not node.args
        ):
            continue
        label = node.args[0]
        if isinstance(label, ast.Constant) and isinstance(label.value, str) and "." in label.value:
            target = label.value.partition(".")[0]
            if target in floors and target != app and floors[target] >= floors[app]:
                found.append(label.value)
    return found


def edge_breaches(tree: ast.Module) -> list[str]:
    """Managers and saves reached around selectors and services."""
    return [
        f"line {node.lineno}: .{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "save"}
    ]


def foreign_writes(app: str, tree: ast.Module) -> list[str]:
    """Writes to a model that was imported from another app."""
    foreign = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and re.fullmatch(r"apps\.(\w+)\.models(\..*)?", node.module or "")
        and (node.module or "").split(".")[1] != app
        for alias in node.names
    }
    found = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITES
        ):
            base: ast.expr = node.func.value
            while isinstance(base, ast.Attribute | ast.Call):
                base = base.value if isinstance(base, ast.Attribute) else base.func
            if isinstance(base, ast.Name) and base.id in foreign:
                found.append(f"line {node.lineno}: {base.id}.{node.func.attr}")
    return found


def _signal_breaches(tree: ast.Module) -> list[str]:
    return [
        f"line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("django.db.models.signals", "django.dispatch"))
    ]


def test_relations_by_label_point_down() -> None:
    floors = _floors()
    breaches = {
        str(path): found
        for app, path, tree in _sources()
        if (found := label_breaches(app, tree, floors))
    }
    assert breaches == {}


def test_edges_reach_data_through_selectors_and_services_only() -> None:
    breaches = {
        str(path.relative_to(ROOT)): found
        for _app, path, tree in _sources()
        if _is_edge(path) and (found := edge_breaches(tree))
    }
    assert breaches == {}


def test_no_app_writes_another_apps_models() -> None:
    breaches = {
        str(path.relative_to(ROOT)): found
        for app, path, tree in _sources()
        if (found := foreign_writes(app, tree))
    }
    assert breaches == {}


def test_no_domain_signals() -> None:
    breaches = {str(p): f for _app, p, tree in _sources() if (f := _signal_breaches(tree))}
    assert breaches == {}


@pytest.mark.parametrize(
    ("checker", "source"),
    [
        (
            lambda tree: label_breaches("catalog", tree, _floors()),
            "models.ForeignKey('orders.Order', on_delete=1)",
        ),
        (edge_breaches, "Order.objects.all()"),
        (
            lambda tree: foreign_writes("orders", tree),
            "from apps.catalog.models import Stock\nStock.objects.filter(id=1).update(on_hand=1)",
        ),
        (_signal_breaches, "from django.dispatch import receiver"),
    ],
)
def test_each_contract_can_fail(checker: object, source: str) -> None:
    assert checker(ast.parse(source))  # type: ignore[operator]

"""Rows of other tables, as the back office calls them and leads to them.

Services and the audit name a row by its kind and its key ("order", id); here a kind finds its window.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db import models
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

EMPTY = "—"
SHORT = 12
_NOBODY = str(UUID(int=0))


def window_on(kind: str) -> Any:
    """Return the window on rows of a kind, as services and the audit call it: "order_group"."""
    found = _by_kind(len(admin.site._registry))  # noqa: SLF001  what is registered
    return found.get(kind) or found.get(kind.replace("_", ""))


@lru_cache(maxsize=1)
def _by_kind(_registered: int) -> dict[str, Any]:
    """Each window by the names of its rows' kind; made anew when more are registered."""
    return {kind: one for one in reversed(_windows()) for kind in _kinds_of(one)}


def _windows() -> list[Any]:
    return list(admin.site._registry.values())  # noqa: SLF001  what is registered


def _kinds_of(window: Any) -> set[str]:
    return {str(window.opts.model_name), getattr(window, "audit_target", "")} - {""}


def kind_in_words(kind: str) -> str:
    window = window_on(kind)
    return capfirst(str(window.opts.verbose_name)) if window else ""


def shortened(key: str) -> str:
    return f"…{key[-8:]}" if len(key) > SHORT else key


def linked(kind: str, key: str, text: str = "") -> str:
    """Lead to the row of a kind, where it has a page here; a long key is cut, and whole on hover."""
    if not key:
        return EMPTY
    shown = text or shortened(key)
    window = window_on(kind)
    if window is None:
        return format_html('<code class="code" title="{}">{}</code>', key, shown)
    options = window.opts
    url = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])
    return format_html('<a href="{}" title="{}">{}</a>', url, key, shown)


def _alias(field: str) -> str:
    return f"{field.replace('__', '_')}_name"


def with_references(
    rows: models.QuerySet[Any], references: Mapping[str, str]
) -> models.QuerySet[Any]:
    """Let rows bring what the rows are called whose keys they hold: no query of its own for each."""
    for field, kind in references.items():
        window = window_on(kind)
        if window is not None and window.named_by:
            target = window.model._default_manager.filter(pk=models.OuterRef(field))  # noqa: SLF001  Django's own
            rows = rows.annotate(**{_alias(field): models.Subquery(target.values(window.named_by))})
    return rows


def subject_names(rows: Iterable[Any], kind: str, key: str) -> dict[tuple[str, str], str]:
    """Return what the rows are called that these point to by a kind and a key. One query, whatever the kinds."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        wanted.setdefault(getattr(row, kind), set()).add(str(getattr(row, key)))
    parts = []
    for window in _windows():
        if not getattr(window, "named_by", ""):
            continue
        name = getattr(window, "audit_target", "") or str(window.opts.model_name)
        keys = [_NOBODY, *filter(_is_uuid, wanted.get(name, ()))]
        found = window.model._default_manager.order_by().filter(pk__in=keys)  # noqa: SLF001  Django's own
        parts.append(
            found.values_list(
                models.Value(name, models.CharField()),
                Cast("pk", models.CharField()),
                Cast(window.named_by, models.CharField()),
            )
        )
    if not parts:
        return {}
    return {(kind, key): name for kind, key, name in parts[0].union(*parts[1:], all=True)}


def _is_uuid(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True


@cache
def reference(field: str, kind: str, label: Any, *, is_link: bool = True) -> Callable[[Any], str]:
    """A column of a key that with_references has named: it leads to the row, save where it is a link already."""
    read = attrgetter(field.replace("__", "."))

    def shown(row: Any) -> str:
        key, name = str(read(row) or ""), getattr(row, _alias(field), None) or ""
        return linked(kind, key, name) if is_link else name or shortened(key) or EMPTY

    shown.__name__ = kind
    shown.short_description = label  # type: ignore[attr-defined]
    shown.admin_order_field = field  # type: ignore[attr-defined]
    return shown


def name_of(row: models.Model) -> str:
    """What a row is called here: by its window, else by itself."""
    window = admin.site._registry.get(type(row))  # noqa: SLF001  what is registered
    return str(window.name_of(row)) if hasattr(window, "name_of") else str(row)  # type: ignore[union-attr]  # asked just now

"""Django's compilers; of a query for whole rows of one model the columns are written once a process.

Django walks the fields of a model again for each query that reads it: for a short read that is more work
than all the rest of its SQL. The other compilers are Django's own.
"""

from typing import Any

from django.db.backends.postgresql.compiler import (
    SQLAggregateCompiler,
    SQLDeleteCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)
from django.db.backends.postgresql.compiler import SQLCompiler as Compiler
from django.db.models.sql import Query

__all__ = [
    "SQLAggregateCompiler",
    "SQLCompiler",
    "SQLDeleteCompiler",
    "SQLInsertCompiler",
    "SQLUpdateCompiler",
]

type Select = list[tuple[Any, tuple[str, Any], str | None]]

# By model.
_selects: dict[object, Select] = {}
_converters: dict[object, dict[int, Any]] = {}
NOTHING_DEFERRED = (frozenset[str](), True)


def is_plain(query: Query) -> bool:
    """Whether a query selects all columns of one model's own table, under the table's name, and nothing else."""
    model: Any = query.model
    return bool(
        query.default_cols
        and query.selected is None
        and not query.annotations
        and not query.extra
        and not query.select_related
        and query.deferred_loading == NOTHING_DEFERRED
        and not model._meta.parents  # noqa: SLF001  Django's documented model API
        and model.__module__ != "__fake__"  # of a migration: gone after it
        and query.get_initial_alias() == model._meta.db_table  # noqa: SLF001
    )


class SQLCompiler(Compiler):
    """Select lists are copied for each query, as nobody promises not to change them."""

    _is_plain = False

    def get_select(self, with_col_aliases: bool = False) -> Any:  # noqa: FBT001, FBT002  Django's signature
        self._is_plain = not with_col_aliases and is_plain(self.query)
        if not self._is_plain:
            return super().get_select(with_col_aliases)
        select = _selects.get(self.query.model)
        if select is None:
            select, _info, _annotations = super().get_select()
            _selects[self.query.model] = select
        info = {"model": self.query.model, "select_fields": list(range(len(select)))}
        return list(select), info, {}

    def get_converters(self, expressions: Any) -> dict[int, Any]:
        if not self._is_plain:
            return super().get_converters(expressions)
        model = self.query.model
        found = _converters.get(model)
        if found is None:
            found = _converters[model] = super().get_converters(expressions)
        return found

"""Fields of windows as columns: each kind of field is written in one way on all lists and pages.

What Django writes well (texts, whole numbers, ticks) stays Django's.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import pgettext_lazy

from apps.core.columns import money
from apps.core.formats import format_day
from apps.core.kinds import EMPTY, name_of
from apps.core.readable import (
    BY_ENDING,
    BY_NAME,
    coded,
    described,
    field_of,
    in_words,
    when,
    words_of,
)

_DIGESTS = ("sha256", "_hash", "request_id")

type Column = Callable[[Any], str]


def shown_as(window: Any, name: Any, currency: str, *, is_page: bool) -> Any:
    """Return the column that writes a field, or the name where the window or Django writes it.

    A field goes before a method of the window that has its name, as it does for Django.
    """
    field = field_of(window.model, name) if isinstance(name, str) else None
    if field is None:
        return name
    if name.endswith("_minor"):
        return money(name, currency)
    return _column(field, is_page=is_page)


@cache
def _column(field: Any, *, is_page: bool) -> Any:
    write = _writer(field, is_page=is_page)
    return field.name if write is None else _named(field, write)


def _named(field: Any, write: Callable[[Any], str]) -> Column:
    def shown(row: Any) -> str:
        value = getattr(row, field.name)
        return EMPTY if value in (None, "") else write(value)

    shown.__name__ = field.name
    plain = next(
        (field.name.removesuffix(one) for one in BY_ENDING if field.name.endswith(one)), ""
    )
    shown.short_description = (  # type: ignore[attr-defined]
        pgettext_lazy("field", plain.replace("_", " ")) if plain else field.verbose_name
    )
    shown.admin_order_field = field.name  # type: ignore[attr-defined]
    shown.moment = field.attname if isinstance(field, models.DateTimeField) else ""  # type: ignore[attr-defined]
    return shown


def has_something(column: Any, row: Any) -> bool:
    """Tell whether a page of a row has to show a column: what has not happened yet has no moment."""
    moment = getattr(column, "moment", "")
    return not moment or getattr(row, moment) is not None


def _writer(field: Any, *, is_page: bool) -> Callable[[Any], str] | None:
    if find := words_of(field) or BY_NAME.get(field.name):
        return lambda value: coded(value, find(value))
    if field.name.endswith(_DIGESTS):
        return coded
    if isinstance(field, (models.JSONField, models.BinaryField)):
        return lambda value: described(value, field.model)
    if isinstance(field, models.ForeignKey):
        return _link if is_page else name_of
    endings = (words for ending, words in BY_ENDING.items() if field.name.endswith(ending))
    kinds = (write for kind, write in _BY_KIND if isinstance(field, kind))
    return next(endings, None) or next(kinds, None)


def _moment(value: datetime) -> str:
    return when(value)


def _day(value: date) -> str:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), format_day(value))


def _span(value: Any) -> str:
    ends = (when(one) if one else "…" for one in (value.lower, value.upper))
    return format_html("{} – {}", *ends)


def _link(row: models.Model) -> str:
    options = row._meta  # noqa: SLF001  Django's documented model API
    try:
        url = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return name_of(row)
    return format_html('<a href="{}">{}</a>', url, name_of(row))


def _items(value: Any) -> str:
    return in_words([str(one) for one in value])


# The first that fits: a moment is a day, too.
_BY_KIND: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (models.DateTimeField, _moment),
    (models.DateField, _day),
    (DateTimeRangeField, _span),
    (ArrayField, _items),
)

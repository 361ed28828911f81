"""Columns and fields of the back office: sums, JSON, links to lists, masked addresses."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import pgettext_lazy

from apps.core.formats import format_money
from apps.core.money import Money

COUNT_LIMIT = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs alone
    """Counts to a limit and no further: a list over millions of rows opens as fast as a short one."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        return rows[: COUNT_LIMIT + 1].count()


@cache
def money(name: str, currency: str = "currency", label: Any = "") -> Callable[[Any], str]:
    """A column that writes `<name>` (minor units) as a sum of the row's currency."""

    def shown(row: Any) -> str:
        minor = getattr(row, name)
        code: Any = row
        for step in currency.split("__"):
            code = getattr(code, step)
        if minor is None or not code:
            return "—"
        return format_html('<span class="sum">{}</span>', format_money(Money(minor, code)))

    shown.__name__ = name.replace("_minor", "")
    words = name.replace("_minor", "").replace("_", " ")
    shown.short_description = label or pgettext_lazy("field", words)  # type: ignore[attr-defined]
    shown.admin_order_field = name  # type: ignore[attr-defined]
    return shown


@cache
def pretty(name: str) -> Callable[[Any], str]:
    """A field that writes JSON (or the bytes of a JSON message) over several lines."""

    def shown(row: Any) -> str:
        value = getattr(row, name)
        if isinstance(value, (bytes, memoryview)):
            text = bytes(value).decode("utf-8", "replace")
            try:
                value = json.loads(text)
            except ValueError:
                return format_html('<pre class="json">{}</pre>', text)
        if value in (None, {}, []):
            return "—"
        text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
        return format_html('<pre class="json">{}</pre>', text)

    shown.__name__ = name
    shown.short_description = pgettext_lazy("field", name.replace("_", " "))  # type: ignore[attr-defined]
    return shown


@cache
def link(label: Any, text: Any, target: str, **lookups: str) -> Callable[[Any], str]:
    """A field that leads to the list `target` (app_model), filtered by `lookups` of the row's attributes."""

    def shown(row: Any) -> str:
        query = {name: str(getattr(row, source)) for name, source in lookups.items()}
        url = reverse(f"admin:{target}_changelist", query=query)
        return format_html('<a href="{}">{}</a>', url, text)

    shown.__name__ = f"link_{target}"
    shown.short_description = label  # type: ignore[attr-defined]
    return shown


def masked_email(address: str) -> str:
    """Write an address so that its owner would know it and a passer-by would not: a•••@mail.uz."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}•••{at}{domain}" if at else "•••"


@cache
def email_column(name: str = "email", label: Any = "") -> Callable[[Any], str]:
    """A column of lists, which are opened unaudited: the whole address stands on the row's page."""

    def shown(row: Any) -> str:
        return masked_email(getattr(row, name))

    shown.__name__ = name
    shown.short_description = label or pgettext_lazy("field", name)  # type: ignore[attr-defined]
    return shown

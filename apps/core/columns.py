"""Columns of the back office that a window asks for: sums, links to lists, masked addresses."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import pgettext_lazy

from apps.core.formats import format_money
from apps.core.kinds import EMPTY
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
        words = format_money(Money(minor, code)) if minor is not None and code else EMPTY
        return format_html('<span class="sum">{}</span>', words)

    shown.__name__ = name.replace("_minor", "")
    words = name.replace("_minor", "").replace("_", " ")
    shown.short_description = label or pgettext_lazy("field", words)  # type: ignore[attr-defined]
    shown.admin_order_field = name  # type: ignore[attr-defined]
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


def thumbs(pictures: Iterable[tuple[str, str, Any]]) -> str:
    """Show pictures small: address of the large one, of the small one, what it shows."""
    shown = format_html_join(
        "",
        '<a href="{}"><img class="desk-photo" src="{}" alt="{}" loading="lazy"></a>',
        pictures,
    )
    return format_html('<div class="desk-photos">{}</div>', shown) if shown else EMPTY


def swatch(colour: str) -> str:
    """Show a colour beside its code; the policy forbids styles, so it is drawn."""
    if not colour:
        return EMPTY
    return format_html(
        '<svg class="desk-swatch" width="16" height="16" aria-hidden="true"><rect width="16" height="16" rx="4" fill="{0}"/></svg>'
        ' <code class="code">{0}</code>',
        colour,
    )


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

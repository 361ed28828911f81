"""What was and what is, field by field, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.translation import pgettext

from apps.core.formats import format_money
from apps.core.money import Money
from apps.core.readable import Kind, currency_of_sums, facts, in_words, term


def changes(before: Any, after: Any, model: Kind | None = None) -> str:
    """Write each field that a change touched: what it was, what it became."""
    was, now = before or {}, after or {}
    if not isinstance(was, dict) or not isinstance(now, dict):
        return facts([("", _step(in_words(before), in_words(after)))])
    return facts(_changed(was, now, model))


def _changed(
    before: Mapping[str, Any], after: Mapping[str, Any], model: Kind | None, above: str = ""
) -> Iterator[tuple[str, str]]:
    both = {**before, **after}
    currency = currency_of_sums(both)
    for key in both:
        was, now = before.get(key), after.get(key)
        if key == "currency" and currency:
            continue
        is_sum = bool(currency) and key.endswith("_minor")
        label = above + term(key.removesuffix("_minor") if is_sum else key, model)
        if isinstance(was or {}, dict) and isinstance(now or {}, dict) and (was or now):
            yield from _changed(was or {}, now or {}, model, f"{label} · ")
        elif is_sum:
            yield label, _step(*(_sum(one, currency) for one in (was, now)))
        else:
            yield (
                label,
                _step(
                    in_words(was, key, model) if key in before else "",
                    in_words(now, key, model) if key in after else "",
                ),
            )


def _sum(minor: Any, currency: str) -> str:
    return format_money(Money(minor, currency)) if isinstance(minor, int) else ""


def _step(was: str, now: str) -> str:
    """An empty side: there was nothing, or nothing is left."""
    if not was:
        return format_html("<ins>{}</ins>", now)
    if not now:
        return format_html("<del>{}</del>", was)
    arrow = format_html('<span role="img" aria-label="{}">→</span>', pgettext("change", "becomes"))
    return format_html("<del>{}</del> {} <ins>{}</ins>", was, arrow, now)

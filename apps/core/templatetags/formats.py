"""Filters for sums and dates; built into every template."""

from datetime import date, datetime
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language

from apps.core import formats
from apps.core.money import Money

register = template.Library()


@register.filter
def money(amount: Money | None) -> str:
    return formats.format_money(amount) if amount is not None else ""


@register.filter
def number(amount: Money | None) -> str:
    """A sum without its sign, where the sign stands already."""
    if amount is None:
        return ""
    return formats.format_number(amount.minor, amount.currency, get_language() or "en")


@register.filter
def price(amount: Money | None) -> str | SafeString:
    """A sum for display: tabular figures, the currency sign lighter."""
    return "" if amount is None else price_html(amount, get_language() or "en")


@lru_cache(maxsize=4096)
def price_html(amount: Money, language: str) -> SafeString:
    sign = formats.currency_sign(amount.currency, language)
    text = formats.format_money(amount, language)
    before, _, after = text.partition(sign)
    return format_html(
        '<span class="price">{}<span class="price__sign">{}</span>{}</span>', before, sign, after
    )


@register.filter
def country(code: str) -> str:
    return formats.country_name(code)


@register.filter
def day(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        from django.utils import timezone

        value = timezone.localtime(value).date()
    return formats.format_day(value) if value else ""


@register.filter
def age(since: datetime | None) -> str:
    """How long ago, in the largest unit alone: "4 hours"."""
    return timesince(since, depth=1) if since else ""


@register.filter
def in_sentence(when: str) -> str:
    """`value|moment|in_sentence`: within a line, where a near day begins small."""
    return formats.in_sentence(when)


@register.filter
def moment(value: datetime | None) -> str:
    return formats.format_moment(value) if value else ""

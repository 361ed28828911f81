"""How sums and dates are written in each language."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, gettext_lazy

from apps.core.money import CURRENCIES, Money

DAYS_IN_WEEK = 7
COUNTRY_NAMES = {"UZ": gettext_lazy("Uzbekistan"), "RU": gettext_lazy("Russia")}
_NBSP = "\u00a0"
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "JPY": "¥", "KWD": "KWD"}
# A number and its unit, of whatever language: a word of few letters, or the last one. "22 cm", "280 страниц".
_LOOSE_UNIT = re.compile(r"(?<=\d) (?=[^\W\d_]{1,4}\b|[^\W\d_]{1,9}$)")
_UZS = {"en": "UZS", "ru": "сум", "uz": "soʻm"}
# English writes the sign first for these.
_SIGN_FIRST = {"USD", "EUR", "JPY"}


def country_name(code: str) -> str:
    return str(COUNTRY_NAMES.get(code, code))


def language_name(code: str) -> str:
    return capfirst(str(dict(settings.LANGUAGES).get(code, code)))


def currency_sign(currency: str, language: str) -> str:
    return _UZS.get(language, "UZS") if currency == "UZS" else _SIGNS.get(currency, currency)


def format_number(amount_minor: int, currency: str, language: str) -> str:
    """Write a sum without its sign; decimals are left out where they are zero and the step is whole."""
    exponent = CURRENCIES[currency].exponent
    value = Decimal(abs(amount_minor)).scaleb(-exponent)
    is_whole = value == value.to_integral_value()
    shows_cents = exponent and not (is_whole and CURRENCIES[currency].step_minor > 1)
    if is_whole and language != "en":
        shows_cents = False
    digits = f"{value:,.{exponent if shows_cents else 0}f}"
    if language != "en":
        digits = digits.replace(",", _NBSP).replace(".", ",")
    return ("−" if amount_minor < 0 else "") + digits


def format_money(amount: Money, language: str | None = None) -> str:
    """Write a sum by the language's habit: 1 299,50 ₽; $1,299.50; 12 900 soʻm."""
    language = language or get_language() or "en"
    sign = currency_sign(amount.currency, language)
    number = format_number(amount.minor, amount.currency, language)
    if language == "en" and amount.currency in _SIGN_FIRST:
        return f"−{sign}{number[1:]}" if number.startswith("−") else f"{sign}{number}"
    return f"{number}{_NBSP}{sign}"


@lru_cache(maxsize=8192)
def whole_figures(title: str) -> str:
    """Let no line of a shown title end between a number and its unit."""
    return _LOOSE_UNIT.sub(_NBSP, title)


def format_day(day: date, today: date | None = None) -> str:
    """Write a date by one rule, everywhere on pages and in letters.

    In words when it is next to today; within a week with its weekday ("Thu, 26 Nov"); further away by
    day and month ("12 Dec"); in another year with the year ("2 Jan 2027"). Documents write it in full.
    """
    today = today or timezone.localdate()
    match (day - today).days:
        case 0:
            return gettext("Today")
        case 1:
            return gettext("Tomorrow")
        case -1:
            return gettext("Yesterday")
    if abs((day - today).days) < DAYS_IN_WEEK:
        return date_format(day, "SHORT_DAY_FORMAT")
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "SHORT_DATE_FORMAT")


def format_moment(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{format_day(local.date())}, {local:%H:%M}"


def format_weekdays(days: Iterable[int]) -> str:
    """Write days of the week in short, 1 for Monday: "Mon–Fri, Sun"."""
    found = sorted({day for day in days if 1 <= day <= DAYS_IN_WEEK})
    runs: list[list[int]] = []
    for day in found:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run_of_days(run) for run in runs)


def _run_of_days(run: list[int]) -> str:
    names = [str(WEEKDAYS_ABBR[day - 1]) for day in run]
    return ", ".join(names) if run[-1] - run[0] <= 1 else f"{names[0]}–{names[-1]}"


def in_sentence(when: str) -> str:
    """Write a near day or moment in the middle of a sentence; English keeps the letters of days."""
    return when[:1].lower() + when[1:] if when.startswith(_days_begun(get_language())) else when


@cache
def _days_begun(language: str | None) -> tuple[str, ...]:
    """How a day begins that is written small within a sentence, in the language that is active."""
    near = [gettext("Today"), gettext("Tomorrow"), gettext("Yesterday")]
    return tuple(near if language == "en" else [*near, *map(str, WEEKDAYS_ABBR.values())])

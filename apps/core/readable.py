"""Values of the back office in words: moments, codes with their labels, mappings as lists of terms.

Whatever is kept as JSON is read here, once for all pages: keys become the labels of fields, codes the words of
their choices, ids links. What is stored stands below it, folded.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from apps.core.formats import country_name, format_day, format_moment, format_money, language_name
from apps.core.kinds import EMPTY, linked, window_on
from apps.core.money import CURRENCIES, Money

# Names of fields whose numbers are names of something: written without spaces between thousands.
_NUMBERED = ("id", "year", "serial", "version", "number")

type Kind = type[models.Model]


def when(moment: datetime) -> SafeString:
    """Write a moment in words, its second and zone on hover."""
    exact = f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S %Z}"
    words = format_moment(moment)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, words)


def coded(code: Any, words: Any = "") -> str:
    """Write a code in its words, the code on hover; one without words stands in small print, a sentence as it is."""
    if code in (None, ""):
        return EMPTY
    if not words:
        return str(code) if " " in str(code) else format_html('<code class="code">{}</code>', code)
    return format_html('<span title="{}">{}</span>', code, words)


def percent(bps: int) -> str:
    return f"{number_format(bps / 100, 2)} %"


def hundredths(value: int) -> str:
    return number_format(value / 100, 2)


# What a field of this name holds, wherever it stands.
BY_NAME: Mapping[str, Any] = {
    "country": country_name,
    "from_country": country_name,
    "language": language_name,
}
# Words of fields that hold codes without choices, by "<app>.<Model>.<field>"; the back office fills them in.
CODES: dict[str, Callable[[Any], Any]] = {}
BY_ENDING: Mapping[str, Any] = {"_bps": percent, "_hundredths": hundredths}


def facts(rows: Iterable[tuple[Any, Any]]) -> str:
    """Write (label, value) as a list of terms."""
    lines = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows)
    return format_html('<dl class="facts">{}</dl>', lines) if lines else EMPTY


def stored(value: Any) -> SafeString:
    """What is stored, to the letter, folded."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return format_html(
        '<details class="stored"><summary>{}</summary><pre class="json">{}</pre></details>',
        _("As it is stored"),
        text,
    )


def described(value: Any, model: Kind | None = None) -> str:
    """Write JSON (or the bytes of a JSON message) in words, what is stored below them."""
    if isinstance(value, (bytes, memoryview)):
        text = bytes(value).decode("utf-8", "replace")
        try:
            value = json.loads(text)
        except ValueError:
            return format_html('<pre class="json">{}</pre>', text)
    if value in (None, "", {}, []):
        return EMPTY
    words = in_words(value, model=model)
    return format_html("{}{}", words, stored(value)) if isinstance(value, dict) else words


def in_words(value: Any, key: str = "", model: Kind | None = None, currency: Any = "") -> str:
    """Write one value of a mapping; `key` and `model` say what it is the value of, `currency` of what its sums are."""
    if value in (None, "", [], {}):
        return EMPTY
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case {"minor": int(minor), "currency": str(code)} if code in CURRENCIES:
            return format_money(Money(minor, code))
        case Mapping() if key and _is_in_languages(value):
            return str(value.get(get_language() or "en") or next(iter(value.values())))
        case Mapping():
            return facts(_terms(value, model, currency))
        case list():
            return _several([in_words(one, key, model, currency) for one in value])
        case int() | float():
            return _number(value, key)
    return _text(str(value), key, model)


def _is_in_languages(value: Mapping[str, Any]) -> bool:
    """One text in several languages: within other things it is read in the reader's."""
    return value.keys() <= dict(settings.LANGUAGES).keys() and all(
        isinstance(text, str) for text in value.values()
    )


def _several(items: list[str]) -> str:
    if not any(isinstance(one, SafeString) for one in items):
        return ", ".join(items)
    return format_html(
        '<ul class="facts-several">{}</ul>', format_html_join("", "<li>{}</li>", zip(items))
    )


def _terms(
    mapping: Mapping[str, Any], model: Kind | None, above: Any = ""
) -> Iterator[tuple[str, str]]:
    """Label and words of each value; sums take in the currency of the mapping, or of the one around it."""
    code = currency_of_sums(mapping, above)
    for key, value in mapping.items():
        if key == "currency" and code:
            continue
        if key.endswith("_minor") and code and isinstance(value, int):
            yield term(key.removesuffix("_minor"), model), format_money(Money(value, code))
        else:
            yield term(key, model), in_words(value, key, model, mapping.get("currency") or above)


def currency_of_sums(mapping: Mapping[str, Any], above: Any = "") -> str:
    """Return the currency of a mapping's sums, its own or that of what is around it; empty without sums."""
    code = mapping.get("currency") or above
    return code if code in CURRENCIES and any(key.endswith("_minor") for key in mapping) else ""


def term(key: str, model: Kind | None = None) -> str:
    """What a key is called: as the model's field, a language by its name, else its own words."""
    if key in dict(settings.LANGUAGES):
        return language_name(key)
    field = field_of(model, key)
    if field is not None:
        return capfirst(str(field.verbose_name))
    window = window_on(key.removesuffix("_id")) if key.endswith("_id") else None
    if window is not None:
        return capfirst(str(window.opts.verbose_name))
    return capfirst(pgettext("field", key.replace("_", " ").replace(".", " · ")))


def field_of(model: Kind | None, name: str) -> Any:
    try:
        found = model._meta.get_field(name) if model else None  # noqa: SLF001  Django's documented model API
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None


def _number(value: float, key: str) -> str:
    for ending, words in BY_ENDING.items():
        if key.endswith(ending):
            return str(words(value))
    if key.endswith(_NUMBERED):
        return str(value)
    return number_format(value)


def _text(value: str, key: str, model: Kind | None) -> str:
    if key in BY_NAME:
        return coded(value, BY_NAME[key](value))
    if moment := _moment(value):
        return when(moment)
    if day := _day(value):
        return format_day(day)
    if key.endswith("_id") and _is_id(value) and window_on(key.removesuffix("_id")):
        return linked(key.removesuffix("_id"), value)
    find = words_of(field_of(model, key))
    return coded(value, find(value)) if find else value


def words_of(field: Any) -> Callable[[Any], Any] | None:
    """Return what puts a field's codes into words, where it holds codes."""
    if field is None:
        return None
    if field.flatchoices:
        return lambda code: dict(field.flatchoices).get(code, "")
    return CODES.get(f"{field.model._meta.label}.{field.name}")  # noqa: SLF001  Django's documented model API


def plain(row: models.Model, name: str) -> str:
    """Write a field's code in words alone, for headings."""
    code = getattr(row, name)
    find = words_of(field_of(type(row), name))
    return str((find and find(code)) or code)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text) if "T" in text else None
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return text.isdigit()
    return True

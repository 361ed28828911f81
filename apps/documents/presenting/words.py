"""How documents write days, moments, sums and people: in full, the same on whatever day they are printed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.catalog.selectors.texts import in_language
from apps.core.formats import format_money
from apps.core.money import Money


def day(value: date) -> str:
    """Write a day with its year: a paper knows no "today"."""
    return date_format(value, "DATE_FORMAT")


def moment(iso: str) -> str:
    local = timezone.localtime(datetime.fromisoformat(iso))
    return f"{day(local.date())}, {local:%H:%M}"


def short_moment(iso: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(iso)):%d.%m.%Y %H:%M}"


def money(minor: int, currency: str) -> str:
    return format_money(Money(minor, currency))


def percent(bps: int) -> str:
    """Write basis points as a percentage without needless noughts: 1200 is 12, 550 is 5.5."""
    text = f"{bps / 100:.2f}".rstrip("0").rstrip(".")
    return text if get_language() == "en" else text.replace(".", ",")


def text_of(texts: Mapping[str, str], otherwise: str = "") -> str:
    return in_language(texts, get_language() or "en") or otherwise


def goods(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line's title, options, article and units."""
    return {
        "title": text_of(line["titles"], line["sku"]),
        "options": text_of(line["options"]),
        "sku": line["sku"],
        "quantity": line["quantity"],
    }


def address_lines(to: Mapping[str, str]) -> list[str]:
    """Write an address as on an envelope; parts that are empty are left out."""
    apartment = to.get("apartment", "")
    street = " ".join(filter(None, (to.get("street", ""), to.get("house", ""))))
    flat = _("apt. %(number)s") % {"number": apartment} if apartment else ""
    place = ", ".join(
        filter(None, (to.get("postcode", ""), to.get("city", ""), to.get("region", "")))
    )
    return [line for line in (", ".join(filter(None, (street, flat))), place) if line]


def point_lines(point: Mapping[str, Any]) -> list[str]:
    """Write where a pickup point is; its code stands apart."""
    where = ", ".join(filter(None, (point["city"], point["address"])))
    return [line for line in (text_of(point["names"]), where, point["hours"]) if line]

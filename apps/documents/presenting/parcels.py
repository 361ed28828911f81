"""A parcel's papers: what to pack, and what stands on the box."""

from datetime import date
from decimal import Decimal
from typing import Any

import segno
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.documents.presenting import words


def packing_slip_page(number: str, facts: dict[str, Any]) -> dict[str, Any]:
    units = sum(line["quantity"] for line in facts["lines"])
    return {
        "title": _("Packing slip"),
        "about": [
            (_("Order"), facts["order"]),
            *([(_("Parcel"), facts["parcel"])] if facts["parcel"] else []),
            (_("Seller"), facts["seller"]),
            (_("Promised by"), words.day(date.fromisoformat(facts["promised_to"]))),
        ],
        **_way(facts),
        "lines": [words.goods(line) for line in facts["lines"]],
        "units": _units(units),
    }


def label_page(number: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": _("Label"),
        "qr": qr_of(facts["parcel"]),
        "parcel": facts["parcel"],
        "order": facts["order"],
        "from": [facts["seller"], facts["from_city"]],
        "weight": _weight(facts["weight_grams"]),
        "units": _units(facts["unit_count"]),
        "promised": words.day(date.fromisoformat(facts["promised_to"])),
        **_way(facts),
    }


def _way(facts: dict[str, Any]) -> dict[str, Any]:
    to, point = facts["to"], facts["point"]
    return {
        "way": _("Pickup point") if point else _("Courier to the door"),
        "recipient": to["recipient_name"],
        "phone": to["phone"],
        "address": words.point_lines(point) if point else words.address_lines(to),
        "point_code": point["code"] if point else "",
        "note": "" if point else to.get("note", ""),
    }


def _units(count: int) -> str:
    return ngettext("%(count)d unit", "%(count)d units", count) % {"count": count}


def _weight(grams: int) -> str:
    """Write kilograms to two decimals, rounded up to the next 10 g: what the scales may show at most."""
    kilograms = Decimal(-(-grams // 10)) / 100
    return _("%(weight)s kg") % {"weight": number_format(kilograms, 2)}


def qr_of(text: str) -> SafeString:
    """Draw a parcel's number as a QR code that may lose a quarter of itself and still be read."""
    code = segno.make_qr(text, error="q")
    drawing = code.svg_inline(scale=10, border=2, omitsize=True)
    return mark_safe(drawing)  # noqa: S308  drawn by the library from our own number

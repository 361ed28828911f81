"""What each kind of document shows, in the language that is active: texts and sums, ready to be set."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.documents.presenting import words
from apps.documents.presenting.parcels import label_page, packing_slip_page
from apps.documents.presenting.statements import statement_page
from apps.documents.types import DocumentKind
from apps.orders.types import CancelReason

Page = dict[str, Any]


def page_of(*, kind: str, number: str, facts: dict[str, Any], issued_at: datetime) -> Page:
    issued = words.moment(issued_at.isoformat())
    return {"issued": issued} | _PAGES[DocumentKind(kind)](number, facts)


def _receipt(number: str, facts: dict[str, Any]) -> Page:
    currency = facts["currency"]
    totals = [(_("Delivery"), words.money(facts["delivery_minor"], currency))]
    if facts["lines"]:
        totals.insert(0, (_("Goods"), words.money(facts["items_minor"], currency)))
    inside = [
        (
            _("VAT %(rate)s%% inside the goods") % {"rate": words.percent(tax["rate_bps"])},
            words.money(tax["amount_minor"], currency),
        )
        for tax in facts["taxes"]
        if tax["amount_minor"]
    ]
    return {
        "title": _("Receipt"),
        "about": [
            (_("Order"), facts["order"]),
            (_("Purchase"), facts["purchase"]),
            (_("Paid on"), words.moment(facts["paid_at"])),
        ],
        "seller": _seller(facts["seller"]),
        "lines": [
            words.goods(line)
            | {
                "unit": words.money(line["unit_minor"], currency),
                "total": words.money(line["total_minor"], currency),
            }
            for line in facts["lines"]
        ],
        "totals": totals,
        "inside": inside,
        "total": words.money(facts["total_minor"], currency),
    }


def _refund_receipt(number: str, facts: dict[str, Any]) -> Page:
    currency, reason = facts["currency"], facts["reason"]
    return {
        "title": _("Refund receipt"),
        "about": [
            (_("Order"), facts["order"]),
            (_("Purchase"), facts["purchase"]),
            (_("Receipt"), facts["receipt"]),
            (_("Paid back on"), words.moment(facts["refunded_at"])),
        ],
        "seller": _seller(facts["seller"]),
        "reason": str(CancelReason(reason).label) if reason in CancelReason.values else "",
        "paid": words.money(facts["paid_minor"], currency),
        "total": words.money(facts["amount_minor"], currency),
    }


def _seller(seller: dict[str, Any]) -> list[str]:
    """Who sold it, as on a paper: shop, legal name, tax number, place."""
    lines = [seller["name"], seller["legal_name"]]
    if seller["tax_id"]:
        lines.append(_("Tax number %(number)s") % {"number": seller["tax_id"]})
    lines.append(seller["city"])
    lines.append(_("VAT payer") if seller["is_vat_payer"] else "")
    return [line for line in dict.fromkeys(lines) if line]


_PAGES: dict[DocumentKind, Callable[[str, dict[str, Any]], Page]] = {
    DocumentKind.RECEIPT: _receipt,
    DocumentKind.REFUND_RECEIPT: _refund_receipt,
    DocumentKind.STATEMENT: statement_page,
    DocumentKind.PACKING_SLIP: packing_slip_page,
    DocumentKind.LABEL: label_page,
}

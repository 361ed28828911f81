"""A statement: the balance before, every entry, the balance after."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.documents.presenting import words
from apps.payments.models import LedgerAccount


def statement_page(number: str, facts: dict[str, Any]) -> dict[str, Any]:
    currency, rows = facts["currency"], facts["rows"]
    starts = timezone.localtime(datetime.fromisoformat(facts["starts_at"]))
    last = timezone.localtime(datetime.fromisoformat(facts["ends_at"])) - timedelta(seconds=1)
    credited = sum(row["amount_minor"] for row in rows if row["amount_minor"] > 0)
    debited = sum(row["amount_minor"] for row in rows if row["amount_minor"] < 0)
    seller = facts["seller"]
    return {
        "title": _("Statement"),
        "about": [
            (
                _("Period"),
                _("%(first)s to %(last)s")
                % {"first": words.day(starts.date()), "last": words.day(last.date())},
            ),
            (_("Currency"), currency),
            (_("Seller"), seller["legal_name"] or seller["name"]),
            (_("Tax number"), seller["tax_id"]),
        ],
        "opening": words.money(facts["opening_minor"], currency),
        "credited": words.money(credited, currency),
        "debited": words.money(debited, currency),
        "closing": words.money(facts["closing_minor"], currency),
        "closing_parts": [
            (_kind_label(kind), words.money(minor, currency))
            for kind, minor in sorted(facts["closing"].items())
            if minor
        ],
        "rows": [_row(row, currency) for row in rows],
    }


def _row(row: dict[str, Any], currency: str) -> dict[str, Any]:
    shown = {
        "at": words.short_moment(row["at"]),
        "title": _title(row["kind"]),
        "order": row.get("order", ""),
        "amount": words.money(row["amount_minor"], currency),
        "is_out": row["amount_minor"] < 0,
    }
    charge = row.get("charge_currency")
    if not charge:
        return shown
    signs = {"goods": 1, "commission": -1, "commission_vat": -1, "delivery": 1, "refunded": 1}
    return shown | {
        name: words.money(sign * row[f"{name}_minor"], charge) if row[f"{name}_minor"] else "–"
        for name, sign in signs.items()
    }


def _title(kind: str) -> str:
    """What an entry is called; one that nobody has named here keeps the ledger's word."""
    titles = {
        "RELEASE": _("Order settled"),
        "DECISION": _("Order settled by a decision"),
        "LOSS": _("Lost parcel made good"),
        "REFUND_REQUEST": _("Taken back for a refund"),
        "CHARGEBACK_LOST": _("Taken back by the buyer's bank"),
        "PAYOUT_REQUEST": _("Payout to the bank"),
        "PAYOUT_RETURNED": _("Payout came back"),
        "ADJUSTMENT": _("Correction"),
    }
    return titles.get(kind, kind.replace("_", " ").capitalize())


def _kind_label(kind: str) -> str:
    return str(LedgerAccount.Kind(kind).label) if kind in LedgerAccount.Kind.values else kind

"""How an order's money is told: from what the buyer paid down to each posting of the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.core.formats import format_day, format_moment, format_money
from apps.core.money import Money
from apps.documents.types import DocumentView
from apps.orders.models import OrderLine
from apps.orders.rules import rate_told
from apps.orders.selectors_chargebacks import OrderChargeback
from apps.payments.models import JournalEntry, Reversal, Settlement
from apps.payments.types_chargebacks import reason_words


@dataclass(frozen=True, slots=True)
class ShownPosting:
    """`is_own`: on an account of this seller."""

    account: str
    amount: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class ShownEntry:
    number: int
    key: str
    title: str
    at: str
    postings: tuple[ShownPosting, ...]


def economics_rows(split: Any) -> list[dict[str, Any]]:
    """Return the rows of components/summary.html: from the buyer's sum to the seller's.

    `split` is a settlement or a Split: five parts in one currency, and the payout.
    """
    goods = split.seller + split.commission + split.commission_vat
    rows = [(_("Goods, as the buyer paid"), goods, False)]
    rows += [(_("Commission"), -split.commission, False)]
    rows += [(_("VAT on the commission"), -split.commission_vat, False)]
    shown = [row for row in rows if row[1] or row is rows[0]]
    is_exchanged = split.payout.currency != split.seller.currency
    if is_exchanged:
        shown.append((_("Your part in the buyer's currency"), split.seller, False))
    shown.append((pgettext("money", "Yours"), split.payout, True))
    return [
        {"label": label, "amount": format_money(amount), "is_total": is_total}
        for label, amount, is_total in shown
    ]


def exchange_words(lines: Iterable[OrderLine]) -> list[str]:
    """Tell the rate that the lines were exchanged at when they were ordered; nothing in one currency."""
    kept = dict.fromkeys(
        (line.offer_currency, line.currency, line.fx_rate, line.fx_on)
        for line in lines
        if line.offer_currency != line.currency
    )
    return [_rate_words(*one) for one in kept]


def _rate_words(source: str, target: str, rate: Decimal, on: date) -> str:
    one, worth = rate_told(rate, source=source, target=target)
    return _("At the rate of %(day)s: %(rate)s.") % {
        "day": date_format(on, "DATE_FORMAT"),
        "rate": f"{format_money(one)}\u00a0=\u00a0{format_money(worth)}",
    }


def taken_back_rows(settlement: Settlement) -> list[dict[str, Any]]:
    """Return rows for what refunds took back of a settlement, and what is left; none without them."""
    reversals = list(settlement.reversals.all())
    if not reversals:
        return []
    rows = [
        {
            "label": _taken_label(reversal) % {"day": format_day(reversal.reversed_at.date())},
            "amount": format_money(-reversal.split.payout),
        }
        for reversal in reversals
    ]
    left = {"label": _("Left of it"), "amount": format_money(settlement.left.payout)}
    return [*rows, left | {"is_total": True}]


def _taken_label(reversal: Reversal) -> str:
    if reversal.refund.chargeback_id is not None:
        return _("%(day)s: your part of a chargeback")
    return _("%(day)s: your part of a refund")


def chargeback_words(row: OrderChargeback) -> str:
    """Say what a chargeback does to the order's money, now or for good."""
    values = {"sum": format_money(row.part), "why": reason_words(row.chargeback.reason)}
    if not row.is_open:
        if row.is_won:
            return _("The buyer's bank gave %(sum)s back. The money goes on as usual.") % values
        if row.is_sellers:
            return _("The buyer's bank keeps %(sum)s: your part of it was taken.") % values
        return _("The buyer's bank keeps %(sum)s. The marketplace bears it.") % values
    if row.is_sellers:
        return (
            _(
                "The buyer's bank takes %(sum)s back (%(why)s). The money of this order is frozen until"
                " the bank has decided. If it keeps it, your part is taken."
            )
            % values
        )
    return (
        _(
            "The buyer's bank takes %(sum)s back (%(why)s). The money of this order is frozen until the"
            " bank has decided. The marketplace bears it: yours is paid then as usual."
        )
        % values
    )


def shown_entries(entries: Sequence[JournalEntry], seller_id: UUID) -> list[ShownEntry]:
    """Dress entries whose postings and accounts are loaded. No query is made here."""
    return [
        ShownEntry(
            number=entry.id,
            key=entry.key,
            title=_title(entry.kind),
            at=format_moment(entry.created_at),
            postings=tuple(
                ShownPosting(
                    account=str(posting.account.get_kind_display()),
                    amount=format_money(Money(posting.amount_minor, posting.currency)),
                    is_own=(posting.account.owner_type, posting.account.owner_id)
                    == ("seller", str(seller_id)),
                )
                for posting in entry.postings.all()
            ),
        )
        for entry in entries
    ]


def _title(kind: str) -> str:
    if kind == "RELEASE":
        return _("The order's money is divided")
    if kind == "LOSS":
        return _("A lost parcel is made good")
    if kind == "AVAILABLE":
        return _("Your part becomes available")
    if kind == "REFUND_REQUEST":
        return _("A refund takes back its part")
    if kind == "CHARGEBACK_LOST":
        return _("The buyer's bank keeps its part")
    if kind == "PAYOUT_REQUEST":
        return _("The sum leaves your balance")
    if kind == "PAYOUT":
        return _("The sum is paid to the bank")
    if kind == "PAYOUT_BOUNCED":
        return _("The bank sent the sum back")
    if kind == "PAYOUT_RETURNED":
        return _("The sum is on your balance again")
    return kind


@dataclass(frozen=True, slots=True)
class ShownChargeback:
    row: OrderChargeback
    words: str


def shown_chargebacks(rows: Sequence[OrderChargeback]) -> list[ShownChargeback]:
    return [ShownChargeback(row, chargeback_words(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """A statement with its month in words."""

    paper: DocumentView
    month: str


def shown_statements(papers: Sequence[DocumentView]) -> list[ShownStatement]:
    return [ShownStatement(paper, month_words(paper.period_on)) for paper in papers]


def month_words(month: date | None) -> str:
    """Write a month by its name: October 2026."""
    return capfirst(date_format(month, "F Y")) if month else ""

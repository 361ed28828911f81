"""Stripe's statement: the transactions of our balance, with their fees.

Source: Stripe API 2026-10-28.endive, GET /v1/balance_transactions: newest first, at most 100 a page,
`starting_after` for the next; `created` bounds the time; `expand[]=data.source` brings the object
that moved the money, which names our ids. `amount` is gross, `net` is `amount` less `fee`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import stripe

from apps.payments.types_reconciling import StatementKind, StatementLine

PAGE_LIMIT = 100

_KINDS = {
    "charge": StatementKind.CHARGE,
    "payment": StatementKind.CHARGE,
    "refund": StatementKind.REFUND,
    "payment_refund": StatementKind.REFUND,
    "refund_failure": StatementKind.REFUND_FAILURE,
    "payment_failure_refund": StatementKind.REFUND_FAILURE,
    "transfer": StatementKind.TRANSFER,
    "transfer_refund": StatementKind.TRANSFER_REVERSAL,
    "transfer_cancel": StatementKind.TRANSFER_REVERSAL,
    "transfer_failure": StatementKind.TRANSFER_REVERSAL,
    "payout": StatementKind.PAYOUT,
    "payout_cancel": StatementKind.PAYOUT,
    "payout_failure": StatementKind.PAYOUT,
    "stripe_fee": StatementKind.FEE,
    "stripe_fx_fee": StatementKind.FEE,
    "tax_fee": StatementKind.FEE,
    "adjustment": StatementKind.ADJUSTMENT,
}
# Adjustments say in their category alone what they are of.
_ADJUSTMENTS = {
    "dispute": StatementKind.CHARGEBACK,
    "dispute_reversal": StatementKind.CHARGEBACK_WON,
}
# Where the object that moved the money names ours.
_NAMED_BY = {
    StatementKind.REFUND: "refund_id",
    StatementKind.REFUND_FAILURE: "refund_id",
    StatementKind.TRANSFER: "payout_id",
    StatementKind.TRANSFER_REVERSAL: "payout_id",
}


class StripeStatement:
    """The half of the Stripe client that reads statements; `_client` and `_call` are the other half's."""

    _client: stripe.StripeClient
    _call: Callable[..., Any]

    def read_statement(self, *, start: datetime, end: datetime) -> list[StatementLine]:
        """Read every page; Stripe's times are whole seconds, so the bounds are too."""
        lines: list[StatementLine] = []
        after = ""
        while True:
            page = self._call(lambda after=after: self._page(start, end, after))
            lines += [line_of(transaction) for transaction in page.data]
            if not page.has_more or not page.data:
                return lines
            after = page.data[-1].id

    def _page(self, start: datetime, end: datetime, after: str) -> Any:
        given: Any = {
            "created": {"gte": int(start.timestamp()), "lt": int(end.timestamp())},
            "limit": PAGE_LIMIT,
            "expand": ["data.source"],
        }
        if after:
            given["starting_after"] = after
        return self._client.v1.balance_transactions.list(given)


def line_of(transaction: Any) -> StatementLine:
    kind = _KINDS.get(str(transaction.type), StatementKind.OTHER)
    if kind == StatementKind.ADJUSTMENT:
        kind = _ADJUSTMENTS.get(str(transaction.reporting_category), kind)
    is_net = kind in _ADJUSTMENTS.values()
    return StatementLine(
        transaction_id=str(transaction.id),
        kind=kind,
        reference=_reference(kind, transaction),
        amount_minor=int(transaction.net if is_net else transaction.amount),
        fee_minor=0 if is_net else int(transaction.fee),
        currency=str(transaction.currency).upper(),
        at=datetime.fromtimestamp(int(transaction.created), UTC),
    )


def _reference(kind: StatementKind, transaction: Any) -> str:
    """Our id, where the source names it; else the source's own, else the transaction's."""
    source = transaction.source
    if source is None or isinstance(source, str):
        return str(source or transaction.id)
    if kind == StatementKind.CHARGE:
        intent = getattr(source, "payment_intent", None)
        return str(getattr(intent, "id", intent) or source.id)
    if kind not in _NAMED_BY:
        return str(source.id)
    named = getattr(getattr(source, "metadata", None), _NAMED_BY[kind], None)
    return str(named or source.id)

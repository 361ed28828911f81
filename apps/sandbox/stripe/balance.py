"""The balance's transactions: written when money moves, listed as Stripe lists them, spoiled on demand.

Invariant: a transaction is written in the same breath as its charge, refund or transfer; only `spoil` makes the
statement say anything else.
"""

import copy
from typing import Any

from apps.sandbox.stripe.store import Store, new_id
from apps.sandbox.stripe.wire import invalid, only

Row = dict[str, Any]

FEE_BPS = 290
FIXED_FEE = {"usd": 30, "eur": 30, "rub": 15_00, "uzs": 1_000_00}
DAYS_TO_AVAILABLE = 2
DAY = 24 * 60 * 60
MOST_ROWS = 100
SOURCES = ("charges", "refunds", "transfers", "reversals", "disputes")
FAULTS = ("missing", "extra", "amount", "currency", "fee", "duplicate", "date")


def charged(store: Store, charge: Row) -> None:
    amount = charge["amount_captured"]
    fee = round(amount * FEE_BPS / 10_000) + FIXED_FEE.get(charge["currency"], 0)
    _write(store, charge, "charge", amount, fee)


def refunded(store: Store, refund: Row) -> None:
    """The fee of the charge is not given back."""
    _write(store, refund, "refund", -refund["amount"], 0)


def refund_failed(store: Store, refund: Row) -> None:
    _write(store, refund, "refund_failure", refund["amount"], 0)


def transferred(store: Store, transfer: Row) -> None:
    _write(store, transfer, "transfer", -transfer["amount"], 0)


def transfer_reversed(store: Store, reversal: Row) -> None:
    _write(store, reversal, "transfer_refund", reversal["amount"], 0)


def disputed(store: Store, dispute: Row, fee: int) -> Row:
    """A bank takes the sum back, and the dispute costs a fee."""
    return _write(store, dispute, "adjustment", -dispute["amount"], fee, "dispute")


def dispute_reinstated(store: Store, dispute: Row) -> Row:
    """The sum is back; the fee is not."""
    return _write(store, dispute, "adjustment", dispute["amount"], 0, "dispute_reversal")


def _write(store: Store, source: Row, kind: str, amount: int, fee: int, category: str = "") -> Row:
    now, currency = store.now(), source["currency"]
    details = {"amount": fee, "application": None, "currency": currency, "type": "stripe_fee"}
    row = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + DAYS_TO_AVAILABLE * DAY,
        "created": now,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [details] if fee else [],
        "net": amount - fee,
        "reporting_category": category or kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
    store.transactions[row["id"]] = row
    return row


def listed(store: Store, params: Row) -> Row:
    """Answer GET /v1/balance_transactions: newest first.

    :raises ApiError: a parameter that is not simulated, or a page that does not exist
    """
    only(params, "created", "currency", "limit", "source", "starting_after", "type")
    rows = sorted(store.transactions.values(), key=lambda row: row["created"], reverse=True)
    rows = [row for row in rows if _is_asked_for(row, params)]
    if after := params.get("starting_after"):
        ids = [row["id"] for row in rows]
        if after not in ids:
            raise invalid(f"No such balance transaction: '{after}'", param="starting_after")
        rows = rows[ids.index(after) + 1 :]
    limit = int(params.get("limit", 10))
    if not 1 <= limit <= MOST_ROWS:
        raise invalid("Invalid integer: must be from 1 to 100.", param="limit")
    is_expanded = "data.source" in params.get("expand", [])
    return {
        "object": "list",
        "data": [_shown(store, row) if is_expanded else row for row in rows[:limit]],
        "has_more": len(rows) > limit,
        "url": "/v1/balance_transactions",
    }


def _is_asked_for(row: Row, params: Row) -> bool:
    bounds = _bounds(params)
    named = all(
        row[name] == params[name] for name in ("currency", "source", "type") if name in params
    )
    at: int = row["created"]
    return (
        named
        and at >= int(bounds.get("gte", at))
        and at > int(bounds.get("gt", at - 1))
        and at <= int(bounds.get("lte", at))
        and at < int(bounds.get("lt", at + 1))
    )


def _bounds(params: Row) -> dict[str, str]:
    given: dict[str, str] = params.get("created") or {}
    return given


def _shown(store: Store, row: Row) -> Row:
    tables = (store.tables[name] for name in SOURCES)
    found = next(
        (table[row["source"]] for table in tables if row["source"] in table), row["source"]
    )
    return row | {"source": found}


def spoil(store: Store, given: Row) -> Row:
    """Make the statement lie about the transaction of `source` (a charge, a refund or an intent).

    `fault` is one of FAULTS; an extra transaction needs no source.

    :raises ValueError: unknown fault, or nothing of that source
    """
    fault = str(given["fault"])
    if fault not in FAULTS:
        raise ValueError(f"unknown fault {fault!r}")
    if fault == "extra":
        stranger = {"id": new_id("ch"), "currency": "uzs"}
        return _write(store, stranger, "charge", 77_700, 0)
    row = _of(store, str(given["source"]))
    match fault:
        case "missing":
            del store.transactions[row["id"]]
        case "duplicate":
            twin = copy.deepcopy(row) | {"id": new_id("txn")}
            store.transactions[twin["id"]] = twin
        case "amount":
            row["amount"] += 1
            row["net"] += 1
        case "currency":
            row["currency"] = "kzt" if row["currency"] != "kzt" else "uzs"
        case "fee":
            row["fee"] += 500
            row["net"] -= 500
        case "date":
            row["created"] -= 3 * DAY
    return row


def _of(store: Store, source: str) -> Row:
    intent = store.intents.get(source)
    wanted = intent["latest_charge"] if intent else source
    for row in store.transactions.values():
        if row["source"] == wanted:
            return row
    raise ValueError(f"no transaction of {source!r}")

"""What of the ledger is sealed (core.services.seals) and which statements must find nothing."""

from apps.core.invariants import Invariant, declare
from apps.core.services.seals import Journal, sealed

LEDGER_JOURNAL = sealed(
    Journal(
        name="ledger",
        table="payments_posting",
        rows_sql=(
            "SELECT posting.id, row_to_json(posting)::text || row_to_json(entry)::text"
            " FROM payments_posting AS posting"
            " JOIN payments_journalentry AS entry ON entry.id = posting.entry_id"
            " WHERE posting.id > %s AND posting.id <= %s ORDER BY posting.id"
        ),
    )
)

SETTLED = (
    "(s.commission_minor + s.commission_vat_minor + s.delivery_minor + s.delivery_vat_minor"
    " + s.seller_minor)"
)

REVERSED = (
    "coalesce((SELECT sum(r.commission_minor + r.commission_vat_minor + r.delivery_minor"
    " + r.delivery_vat_minor + r.seller_minor) FROM payments_reversal r"
    " WHERE r.settlement_id = s.id), 0)"
)
TAKEN_PAYOUT = (
    "coalesce((SELECT sum(r.payout_minor) FROM payments_reversal r"
    " WHERE r.settlement_id = s.id{only}), 0)"
)


def _booked(kind: str, currency: str = "s.currency") -> str:
    """SQL: what entry `e` of settlement `s` put on accounts of a kind."""
    return (
        "coalesce((SELECT sum(p.amount_minor) FROM payments_posting p"  # noqa: S608  our own constants
        " JOIN payments_ledgeraccount a ON a.id = p.account_id"
        f" WHERE p.entry_id = e.id AND a.kind = '{kind}' AND p.currency = {currency}), 0)"
    )


# What of the settlements left the available balance again: a payout that failed or was stopped gave back.
PAID_OUT = (
    " UNION ALL SELECT payee_id::text, currency, -amount_minor FROM payments_payout"
    " WHERE state NOT IN ('FAILED', 'STOPPED')"
)


def _balance_is_settlements(kinds: tuple[str, ...], state: str, less: str = "") -> str:
    """SQL: sellers whose balance of some kinds is not what is left of their settlements and of `less`."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return (
        "SELECT coalesce(a.owner_id, s.owner_id), coalesce(a.currency, s.currency),"  # noqa: S608  our own constants
        " a.minor, s.minor FROM (SELECT a.owner_id, a.currency, sum(p.amount_minor) AS minor"
        " FROM payments_ledgeraccount a JOIN payments_posting p ON p.account_id = a.id"
        f" WHERE a.owner_type = 'seller' AND a.kind IN ({listed}) GROUP BY 1, 2) a"
        " FULL JOIN (SELECT owner_id, currency, sum(minor) AS minor FROM"
        " (SELECT payee_id::text AS owner_id, payout_currency AS currency,"
        f" payout_minor - {TAKEN_PAYOUT.format(only='')} AS minor"
        f" FROM payments_settlement s WHERE state = '{state}'{less}) AS moved"
        " GROUP BY 1, 2) s USING (owner_id, currency)"
        " WHERE coalesce(a.minor, 0) <> coalesce(s.minor, 0)"
    )


declare(
    Invariant(
        "ledger.entries_sum_to_zero",
        "SELECT entry_id, currency, sum(amount_minor) FROM payments_posting"
        " GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0",
    ),
    Invariant(
        "ledger.entries_have_two_postings",
        "SELECT e.id, e.key FROM payments_journalentry e"
        " LEFT JOIN payments_posting p ON p.entry_id = e.id GROUP BY e.id HAVING count(p.id) < 2",
    ),
    Invariant(
        "ledger.stored_balance_is_sum_of_postings",
        "SELECT a.id, a.balance_minor, coalesce(sum(p.amount_minor), 0)"
        " FROM payments_ledgeraccount a LEFT JOIN payments_posting p ON p.account_id = a.id"
        " WHERE a.min_balance_minor IS NOT NULL"
        " GROUP BY a.id HAVING a.balance_minor <> coalesce(sum(p.amount_minor), 0)",
    ),
    Invariant(
        "ledger.no_account_below_floor",
        "SELECT id, balance_minor FROM payments_ledgeraccount"
        " WHERE balance_minor < min_balance_minor",
    ),
    Invariant(
        "payments.allocations_sum_to_amount",
        "SELECT p.id, p.amount_minor, sum(a.amount_minor) FROM payments_payment p"
        " JOIN payments_paymentallocation a ON a.payment_id = p.id"
        " GROUP BY p.id HAVING p.amount_minor <> sum(a.amount_minor)",
    ),
    Invariant(
        "payments.escrow_is_captured_minus_refunded",
        # What was released is gone; what a refund that failed later brings back is there.
        "SELECT a.reference_id, acc.balance_minor, a.amount_minor, a.refunded_minor,"  # noqa: S608  our own constants
        f" {SETTLED}"
        " FROM (SELECT a.reference_id, p.currency, sum(a.amount_minor) AS amount_minor,"
        " sum(a.refunded_minor) AS refunded_minor FROM payments_paymentallocation a"
        " JOIN payments_payment p ON p.id = a.payment_id"
        " WHERE p.state = 'CAPTURED' AND a.amount_minor > 0 GROUP BY 1, 2) a"
        " LEFT JOIN payments_settlement s ON s.reference_id = a.reference_id"
        " LEFT JOIN payments_ledgeraccount acc ON acc.kind = 'ESCROW'"
        " AND acc.owner_type = 'order' AND acc.owner_id = a.reference_id::text"
        " AND acc.currency = a.currency"
        " WHERE coalesce(acc.balance_minor, 0) <> a.amount_minor - a.refunded_minor"
        f" - coalesce({SETTLED}, 0) + {REVERSED}",
    ),
    Invariant(
        "payments.captured_payment_has_its_entry",
        "SELECT p.id FROM payments_payment p WHERE p.state = 'CAPTURED' AND NOT EXISTS"
        " (SELECT FROM payments_journalentry e WHERE e.key = 'payment:' || p.id || ':capture')",
    ),
    Invariant(
        "payments.settlement_equals_its_entry",
        # A release without its settlement, a settlement without its release, or other amounts.
        "SELECT coalesce(s.reference_id::text, e.reference_id), s.id, e.id"  # noqa: S608  our own constants
        " FROM payments_settlement s FULL JOIN"
        # A decision of a dispute takes the buyer's part out of escrow by the same entry (what the buyer
        # has from its bank, to make that loss good); a loss is paid for by the marketplace.
        " (SELECT * FROM payments_journalentry WHERE kind IN ('RELEASE', 'DECISION', 'LOSS')) e"
        " ON e.key = 'order:' || s.reference_id || ':release'"
        " WHERE s.id IS NULL OR e.id IS NULL"
        f" OR {_booked('ESCROW')} + {_booked('REFUNDS_IN_TRANSIT')} + {_booked('CARRIER_LOSS')}"
        f" + {_booked('CHARGEBACK_LOSS')} <> -{SETTLED}"
        f" OR {_booked('COMMISSION')} <> s.commission_minor"
        f" OR {_booked('DELIVERY')} <> s.delivery_minor"
        f" OR {_booked('VAT_PAYABLE')} <> s.commission_vat_minor + s.delivery_vat_minor"
        f" OR {_booked('SELLER_PENDING', 's.payout_currency')} <> s.payout_minor",
    ),
    Invariant(
        "payments.available_settlement_has_its_entry",
        "SELECT s.id, s.state FROM payments_settlement s"  # noqa: S608  our own constants
        f" WHERE s.payout_minor > {TAKEN_PAYOUT.format(only=' AND r.is_from_pending')}"
        " AND (s.state = 'AVAILABLE') <> EXISTS (SELECT FROM payments_journalentry e"
        " WHERE e.key = 'settlement:' || s.id || ':available')",
    ),
    Invariant(
        "payments.pending_is_sum_of_pending_settlements",
        _balance_is_settlements(("SELLER_PENDING",), "PENDING"),
    ),
    Invariant(
        "payments.available_is_sum_of_available_settlements",
        _balance_is_settlements(
            ("SELLER_AVAILABLE", "SELLER_RECEIVABLE"), "AVAILABLE", less=PAID_OUT
        ),
    ),
    Invariant(
        "payments.reversal_equals_its_entry",
        "SELECT r.id, e.id FROM payments_reversal r"  # noqa: S608  our own constants
        " JOIN payments_settlement s ON s.id = r.settlement_id"
        " LEFT JOIN payments_journalentry e ON e.key = 'refund:' || r.refund_id || ':request'"
        f" WHERE e.id IS NULL OR {_booked('COMMISSION')} <> -r.commission_minor"
        f" OR {_booked('DELIVERY')} <> -r.delivery_minor"
        f" OR {_booked('VAT_PAYABLE')} <> -(r.commission_vat_minor + r.delivery_vat_minor)"
        f" OR {_booked('SELLER_RECEIVABLE', 's.payout_currency')} <> -r.owed_minor"
        f" OR {_booked('SELLER_PENDING', 's.payout_currency')}"
        f" + {_booked('SELLER_AVAILABLE', 's.payout_currency')} <> r.owed_minor - r.payout_minor",
    ),
    Invariant(
        "payments.settlement_not_taken_back_twice",
        f"SELECT s.id FROM payments_settlement s WHERE {REVERSED} > {SETTLED}"  # noqa: S608  our own constants
        f" OR {TAKEN_PAYOUT.format(only='')} > s.payout_minor",
    ),
    Invariant(
        "payments.nobody_is_owed_by_a_receivable",
        "SELECT a.id, sum(p.amount_minor) FROM payments_ledgeraccount a"
        " JOIN payments_posting p ON p.account_id = a.id WHERE a.kind = 'SELLER_RECEIVABLE'"
        " GROUP BY a.id HAVING sum(p.amount_minor) > 0",
    ),
    Invariant(
        "payments.in_transit_is_the_open_payouts",
        "SELECT coalesce(a.owner_id, p.owner_id), a.balance_minor, p.minor FROM"
        " (SELECT owner_id, currency, balance_minor FROM payments_ledgeraccount"
        " WHERE kind = 'PAYOUTS_IN_TRANSIT') a"
        " FULL JOIN (SELECT id::text AS owner_id, currency, amount_minor AS minor"
        " FROM payments_payout WHERE state NOT IN ('PAID', 'FAILED', 'STOPPED')) p"
        " USING (owner_id, currency)"
        " WHERE coalesce(a.balance_minor, 0) <> coalesce(p.minor, 0)",
    ),
    Invariant(
        "payments.paid_payout_has_its_entry",
        # It left the provider once, and did not come back.
        "SELECT p.id, p.state FROM payments_payout p"
        " WHERE (p.state = 'PAID') <> (coalesce((SELECT sum(o.amount_minor)"
        " FROM payments_posting o JOIN payments_journalentry e ON e.id = o.entry_id"
        " JOIN payments_ledgeraccount a ON a.id = o.account_id"
        " WHERE a.kind = 'PROVIDER_CLEARING' AND e.key IN"
        " ('payout:' || p.id || ':paid', 'payout:' || p.id || ':bounced')), 0) = p.amount_minor)",
    ),
    Invariant(
        "payments.ended_payout_gave_back",
        "SELECT p.id, p.state FROM payments_payout p"
        " WHERE (p.state IN ('FAILED', 'STOPPED')) <> EXISTS (SELECT FROM payments_journalentry e"
        " WHERE e.key = 'payout:' || p.id || ':returned')",
    ),
    Invariant(
        "payments.reconciliation_run_has_its_items",
        "SELECT r.id, r.new_count, count(i.id) FROM payments_reconciliationrun r"
        " LEFT JOIN payments_reconciliationitem i ON i.run_id = r.id AND i.provider = r.provider"
        " GROUP BY r.id HAVING r.new_count <> count(i.id)",
    ),
    Invariant(
        "payments.refunded_is_sum_of_refunds",
        "SELECT p.id, p.refunded_minor, coalesce(sum(r.amount_minor), 0) FROM payments_payment p"
        " LEFT JOIN payments_refund r ON r.payment_id = p.id AND r.state <> 'FAILED'"
        " GROUP BY p.id HAVING p.refunded_minor <> coalesce(sum(r.amount_minor), 0)",
    ),
)

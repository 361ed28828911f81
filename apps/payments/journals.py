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
        "SELECT a.reference_id, acc.balance_minor, a.amount_minor - a.refunded_minor"
        " FROM payments_paymentallocation a JOIN payments_payment p ON p.id = a.payment_id"
        " LEFT JOIN payments_ledgeraccount acc ON acc.kind = 'ESCROW'"
        " AND acc.owner_type = 'order' AND acc.owner_id = a.reference_id::text"
        " AND acc.currency = p.currency"
        " WHERE p.state = 'CAPTURED' AND a.amount_minor > 0"
        " AND coalesce(acc.balance_minor, 0) <> a.amount_minor - a.refunded_minor",
    ),
    Invariant(
        "payments.captured_payment_has_its_entry",
        "SELECT p.id FROM payments_payment p WHERE p.state = 'CAPTURED' AND NOT EXISTS"
        " (SELECT FROM payments_journalentry e WHERE e.key = 'payment:' || p.id || ':capture')",
    ),
    Invariant(
        "payments.refunded_is_sum_of_refunds",
        "SELECT p.id, p.refunded_minor, coalesce(sum(r.amount_minor), 0) FROM payments_payment p"
        " LEFT JOIN payments_refund r ON r.payment_id = p.id AND r.state <> 'FAILED'"
        " GROUP BY p.id HAVING p.refunded_minor <> coalesce(sum(r.amount_minor), 0)",
    ),
)

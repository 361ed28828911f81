"""Statements about documents that must find nothing (manage.py verify_invariants)."""

from apps.core.invariants import Invariant, declare

# What the ledger holds of a statement's seller and currency before a moment of its facts.
_LEDGER = (
    "(SELECT coalesce(sum(p.amount_minor), 0) FROM payments_posting p"
    " JOIN payments_ledgeraccount a ON a.id = p.account_id"
    " JOIN payments_journalentry e ON e.id = p.entry_id"
    " WHERE a.owner_type = 'seller' AND a.owner_id = d.seller_id::text"
    " AND a.kind <> 'PAYOUTS_IN_TRANSIT' AND p.currency = d.currency"
    " AND e.created_at < (d.facts->>'{at}')::timestamptz)"
)

declare(
    Invariant(
        "documents.numbers_have_no_gaps",
        "SELECT d.kind, d.year, count(*), min(d.serial), max(d.serial) FROM documents_document d"
        " WHERE d.serial IS NOT NULL GROUP BY d.kind, d.year"
        " HAVING min(d.serial) <> 1 OR max(d.serial) <> count(*)"
        " OR max(d.serial) IS DISTINCT FROM (SELECT n.last_value FROM core_numberseries n"
        " WHERE n.name = 'documents:' || d.kind || ':' || d.year)",
    ),
    Invariant(
        "documents.captured_order_has_one_receipt",
        # The handler has an hour; the sweeper has been by since then.
        "SELECT o.id, p.captured_at, count(d.id) FROM payments_payment p"
        " JOIN payments_paymentallocation a ON a.payment_id = p.id"
        " JOIN orders_order o ON o.id = a.reference_id"
        " LEFT JOIN documents_document d ON d.kind = 'RECEIPT' AND d.order_id = o.id"
        " AND d.subject_id = CASE p.reference_type WHEN 'order_group' THEN o.id ELSE p.id END"
        " WHERE p.state = 'CAPTURED' AND p.captured_at < now() - interval '1 hour'"
        " GROUP BY o.id, p.id HAVING count(d.id) <> 1",
    ),
    Invariant(
        "documents.receipt_says_what_was_paid",
        "SELECT d.id, d.number, a.amount_minor FROM documents_document d"
        " JOIN payments_paymentallocation a ON a.reference_id = d.order_id"
        " JOIN payments_payment p ON p.id = a.payment_id"
        " AND d.subject_id = CASE p.reference_type WHEN 'order_group' THEN d.order_id ELSE p.id END"
        " WHERE d.kind = 'RECEIPT' AND ((d.facts->>'total_minor')::bigint <> a.amount_minor"
        " OR (d.facts->>'total_minor')::bigint <> (d.facts->>'items_minor')::bigint"
        " + (d.facts->>'delivery_minor')::bigint)",
    ),
    Invariant(
        "documents.statement_is_the_ledgers",
        "SELECT d.id, d.number FROM documents_document d WHERE d.kind = 'STATEMENT' AND ("  # noqa: S608  our own constants
        "(d.facts->>'opening_minor')::bigint + (SELECT coalesce(sum((r->>'amount_minor')::bigint), 0)"
        " FROM jsonb_array_elements(d.facts->'rows') r) <> (d.facts->>'closing_minor')::bigint"
        f" OR (d.facts->>'opening_minor')::bigint <> {_LEDGER.format(at='starts_at')}"
        f" OR (d.facts->>'closing_minor')::bigint <> {_LEDGER.format(at='ends_at')})",
    ),
)

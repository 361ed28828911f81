"""Which statements about chargebacks must find nothing (manage.py verify_invariants)."""

from apps.core.invariants import Invariant, declare

# What the entries of chargeback `c` put on the marketplace's accounts of a kind.
_BOOKED = (
    "coalesce((SELECT sum(p.amount_minor) FROM payments_posting p"
    " JOIN payments_journalentry e ON e.id = p.entry_id"
    " JOIN payments_ledgeraccount a ON a.id = p.account_id"
    " WHERE e.reference_type = 'chargeback' AND e.reference_id = c.id::text"
    " AND a.kind = '{kind}' AND p.currency = c.currency), 0)"
)
_FROZEN = "c.withdrawn_at IS NOT NULL AND c.settled_at IS NULL"

declare(
    Invariant(
        "payments.claims_are_the_open_chargebacks",
        "SELECT coalesce(a.currency, c.currency), a.minor, c.minor FROM"  # noqa: S608  our own constants
        " (SELECT p.currency, -sum(p.amount_minor) AS minor FROM payments_posting p"
        " JOIN payments_ledgeraccount a ON a.id = p.account_id AND a.kind = 'CHARGEBACKS_OPEN'"
        " GROUP BY 1) a FULL JOIN (SELECT c.currency, sum(c.amount_minor) AS minor"
        f" FROM payments_chargeback c WHERE {_FROZEN} GROUP BY 1) c USING (currency)"
        " WHERE coalesce(a.minor, 0) <> coalesce(c.minor, 0)",
    ),
    Invariant(
        "payments.chargeback_is_a_claim_while_it_is_open",
        "SELECT c.id, c.state FROM payments_chargeback c"  # noqa: S608  our own constants
        f" WHERE {_BOOKED.format(kind='CHARGEBACKS_OPEN')}"
        f" <> CASE WHEN {_FROZEN} THEN -c.amount_minor ELSE 0 END"
        f" OR {_BOOKED.format(kind='CHARGEBACK_FEES')} <> -c.fee_minor"
        " OR (c.withdrawn_at IS NOT NULL) <> EXISTS (SELECT FROM payments_journalentry e"
        " WHERE e.key = 'chargeback:' || c.id || ':withdrawn')",
    ),
    Invariant(
        "payments.chargeback_parts_are_within_it",
        "SELECT c.id, c.amount_minor, sum(p.amount_minor) FROM payments_chargeback c"
        " JOIN payments_chargebackpart p ON p.chargeback_id = c.id"
        " JOIN payments_paymentallocation a ON a.id = p.allocation_id GROUP BY c.id"
        " HAVING sum(p.amount_minor) > c.amount_minor OR c.withdrawn_at IS NULL"
        " OR bool_or(a.payment_id <> c.payment_id)",
    ),
    Invariant(
        "payments.chargeback_makes_good_no_more_than_it_took",
        # Refunds whose sum the payer has from its bank: of a chargeback that was lost, of its payment.
        "SELECT c.id, c.amount_minor, sum(r.amount_minor) FROM payments_refund r"
        " JOIN payments_chargeback c ON c.id = r.chargeback_id GROUP BY c.id"
        " HAVING sum(r.amount_minor) > c.amount_minor OR c.state <> 'LOST'"
        " OR bool_or(r.payment_id <> c.payment_id OR r.state <> 'SUCCEEDED')",
    ),
    Invariant(
        "payments.open_chargeback_freezes_escrow",
        "SELECT c.id, s.id, s.released_at FROM payments_chargeback c"  # noqa: S608  our own constants
        " JOIN payments_paymentallocation a ON a.payment_id = c.payment_id"
        " JOIN payments_settlement s ON s.reference_id = a.reference_id"
        f" WHERE {_FROZEN} AND s.released_at > c.withdrawn_at",
    ),
)

"""Statements about orders that must find nothing (manage.py verify_invariants)."""

from apps.core.invariants import Invariant, declare

declare(
    Invariant(
        "orders.group_total_is_sum_of_orders",
        "SELECT g.id, g.total_minor, sum(o.total_minor) FROM orders_ordergroup g"
        " JOIN orders_order o ON o.group_id = g.id"
        " GROUP BY g.id HAVING g.total_minor <> sum(o.total_minor)",
    ),
    Invariant(
        "orders.order_items_are_sum_of_lines",
        "SELECT o.id, o.items_minor, sum(l.total_minor) FROM orders_order o"
        " JOIN orders_orderline l ON l.order_id = o.id GROUP BY o.id"
        " HAVING o.items_minor <> sum(l.total_minor)"
        " OR o.commission_minor <> sum(l.commission_minor)",
    ),
    Invariant(
        "orders.group_is_paid_exactly_when_its_orders_are",
        "SELECT g.id, g.status, o.status FROM orders_ordergroup g"
        " JOIN orders_order o ON o.group_id = g.id"
        " WHERE (g.status = 'PAID') <> (o.paid_at IS NOT NULL)",
    ),
    Invariant(
        "orders.paid_group_has_captured_payment",
        "SELECT g.id FROM orders_ordergroup g WHERE g.status = 'PAID' AND NOT EXISTS"
        " (SELECT FROM payments_payment p WHERE p.reference_type = 'order_group'"
        " AND p.reference_id = g.id AND p.state = 'CAPTURED')",
    ),
    Invariant(
        "orders.paid_units_are_sold_units",
        "SELECT l.id, l.quantity FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id"
        " JOIN orders_ordergroup g ON g.id = o.group_id WHERE g.status = 'PAID' AND NOT EXISTS"
        " (SELECT FROM catalog_reservation r WHERE r.line_id = l.id AND r.state = 'CONSUMED')",
    ),
    Invariant(
        "orders.no_hold_after_the_end",
        "SELECT g.id, g.status FROM orders_ordergroup g JOIN catalog_reservation r"
        " ON r.group_id = g.id AND r.state = 'ACTIVE' WHERE g.status <> 'AWAITING_PAYMENT'",
    ),
    Invariant(
        "orders.status_is_the_last_event",
        "SELECT o.id, o.status, e.status FROM orders_order o JOIN LATERAL"
        " (SELECT status FROM orders_orderevent WHERE order_id = o.id ORDER BY seq DESC LIMIT 1) e"
        " ON true WHERE e.status <> o.status",
    ),
    Invariant(
        "orders.line_units_are_those_of_its_parcels",
        "SELECT l.id, l.shipped_quantity, l.delivered_quantity, l.returned_quantity"
        " FROM orders_orderline l LEFT JOIN orders_parcelitem i ON i.line_id = l.id"
        " LEFT JOIN orders_parcel p ON p.id = i.parcel_id GROUP BY l.id"
        " HAVING l.shipped_quantity <> coalesce(sum(i.quantity), 0)"
        " OR l.delivered_quantity <> coalesce(sum(i.quantity) FILTER"
        " (WHERE p.delivered_at IS NOT NULL), 0)"
        " OR l.returned_quantity <> coalesce(sum(i.quantity) FILTER"
        " (WHERE p.returned_at IS NOT NULL OR p.lost_at IS NOT NULL), 0)",
    ),
    Invariant(
        "orders.cancelled_order_has_no_unit_left",
        "SELECT o.id, l.id, l.quantity FROM orders_order o JOIN orders_orderline l"
        " ON l.order_id = o.id WHERE o.status = 'CANCELLED' AND o.paid_at IS NOT NULL"
        " AND l.cancelled_quantity <> l.quantity",
    ),
    Invariant(
        "orders.ended_order_holds_no_money",
        "SELECT o.id, o.status, a.balance_minor FROM orders_order o"
        " JOIN payments_ledgeraccount a ON a.kind = 'ESCROW' AND a.owner_type = 'order'"
        " AND a.owner_id = o.id::text WHERE a.balance_minor <> 0"
        " AND (o.status IN ('CANCELLED', 'RETURNED') OR o.released_at IS NOT NULL)"
        # A refund that failed put its money back; an incident waits for a person.
        " AND NOT EXISTS (SELECT FROM payments_refund r JOIN payments_paymentallocation p"
        " ON p.id = r.allocation_id WHERE p.reference_id = o.id AND r.state = 'FAILED')",
    ),
    Invariant(
        "orders.released_order_is_the_settled_one",
        "SELECT o.id, o.released_at, s.id FROM orders_order o"
        " JOIN payments_paymentallocation p ON p.reference_id = o.id"
        " JOIN payments_payment paid ON paid.id = p.payment_id AND paid.state = 'CAPTURED'"
        " LEFT JOIN payments_settlement s ON s.reference_id = o.id"
        " WHERE (s.id IS NOT NULL AND o.released_at IS NULL)"
        # Where a decision gave all back there is none, whether or not the refund has failed since.
        " OR (s.id IS NULL AND o.released_at IS NOT NULL AND p.refunded_minor +"
        " (SELECT coalesce(sum(r.amount_minor), 0) FROM payments_refund r"
        " WHERE r.allocation_id = p.id AND r.state = 'FAILED') < p.amount_minor)",
    ),
    Invariant(
        "orders.clock_runs_in_its_state_alone",
        "SELECT id, status FROM orders_order WHERE (confirm_by IS NOT NULL AND status <> 'PAID')"
        " OR (ship_by IS NOT NULL AND status <> 'PROCESSING') OR (release_due_at IS NOT NULL"
        " AND (status <> 'DELIVERED' OR released_at IS NOT NULL))",
    ),
    Invariant(
        "orders.sent_back_units_are_those_accepted",
        "SELECT l.id, l.sent_back_quantity, coalesce(sum(i.accepted_quantity), 0)"
        " FROM orders_orderline l LEFT JOIN (orders_returnline i JOIN orders_return r"
        " ON r.id = i.return_case_id AND r.state = 'REFUNDED') ON i.line_id = l.id"
        " GROUP BY l.id HAVING l.sent_back_quantity <> coalesce(sum(i.accepted_quantity), 0)",
    ),
    Invariant(
        "orders.unit_is_in_one_return",
        "SELECT l.id, l.delivered_quantity, l.sent_back_quantity, sum(i.quantity)"
        " FROM orders_orderline l JOIN orders_returnline i ON i.line_id = l.id"
        " JOIN orders_return r ON r.id = i.return_case_id"
        " AND r.state IN ('REQUESTED', 'APPROVED', 'IN_TRANSIT', 'RECEIVED') GROUP BY l.id"
        " HAVING sum(i.quantity) + l.sent_back_quantity > l.delivered_quantity",
    ),
    Invariant(
        "orders.open_dispute_freezes_escrow",
        "SELECT d.id, d.state, a.balance_minor FROM orders_dispute d"
        " JOIN payments_ledgeraccount a ON a.kind = 'ESCROW' AND a.owner_type = 'order'"
        " AND a.owner_id = d.order_id::text AND a.balance_minor > 0"
        " WHERE d.state IN ('OPEN', 'SELLER_ANSWERED', 'IN_ARBITRATION')"
        " AND d.hold_id IS NOT NULL AND NOT EXISTS (SELECT FROM payments_escrowhold h"
        " WHERE h.reference_id = d.order_id AND h.lifted_at IS NULL)",
    ),
    Invariant(
        "orders.refunded_return_has_its_refund",
        # What several payments bring back is a refund of each, named after the first.
        "SELECT r.id, r.number, r.refund_minor FROM orders_return r"
        " WHERE r.state = 'REFUNDED' AND r.refund_minor > 0 AND r.refund_minor <>"
        " coalesce((SELECT sum(p.amount_minor) FROM payments_refund p"
        " WHERE p.key = 'order:' || r.order_id || ':refund:return:' || r.number OR p.key"
        " LIKE 'order:' || r.order_id || ':refund:return:' || r.number || ':part%'), 0)",
    ),
    Invariant(
        "orders.total_is_what_was_paid_and_changed",
        "SELECT o.id, o.total_minor, a.amount_minor FROM orders_order o"
        " JOIN payments_paymentallocation a ON a.reference_id = o.id"
        " JOIN payments_payment p ON p.id = a.payment_id AND p.reference_type = 'order_group'"
        " WHERE o.total_minor <> a.amount_minor + coalesce((SELECT"
        " sum(c.delivery_minor - c.delivery_before_minor) FROM orders_addresschange c"
        " WHERE c.order_id = o.id AND c.state = 'APPLIED'), 0)",
    ),
    Invariant(
        "orders.dearer_address_is_paid_for",
        # Applied without its money; or money that came too late and did not go back within an hour.
        "SELECT c.id, c.state, a.amount_minor, a.refunded_minor FROM orders_addresschange c"
        " LEFT JOIN payments_payment p ON p.reference_type = 'address_change'"
        " AND p.reference_id = c.id AND p.state = 'CAPTURED'"
        " LEFT JOIN payments_paymentallocation a ON a.payment_id = p.id"
        " WHERE (c.state = 'APPLIED' AND c.delivery_minor > c.delivery_before_minor"
        " AND a.amount_minor IS DISTINCT FROM c.delivery_minor - c.delivery_before_minor)"
        " OR (c.state <> 'APPLIED' AND a.refunded_minor < a.amount_minor"
        " AND p.captured_at < now() - interval '1 hour')",
    ),
    Invariant(
        "orders.waiting_address_is_of_an_order_that_stays",
        "SELECT c.id, o.status FROM orders_addresschange c JOIN orders_order o"
        " ON o.id = c.order_id WHERE c.state = 'WAITING' AND (o.status NOT IN ('PAID', 'PROCESSING')"
        " OR EXISTS (SELECT FROM orders_orderline l WHERE l.order_id = o.id"
        " AND l.shipped_quantity > 0))",
    ),
)

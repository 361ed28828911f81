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
)

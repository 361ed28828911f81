"""Statements about stock, offers and cards that must find nothing (manage.py verify_invariants)."""

from apps.core.invariants import Invariant, declare

declare(
    Invariant(
        "stock.reserved_is_sum_of_active_reservations",
        "SELECT s.id, s.reserved, coalesce(sum(r.quantity), 0) FROM catalog_stock s"
        " LEFT JOIN catalog_reservation r ON r.stock_id = s.id AND r.state = 'ACTIVE'"
        " GROUP BY s.id HAVING s.reserved <> coalesce(sum(r.quantity), 0)",
    ),
    Invariant(
        "stock.on_hand_is_sum_of_movements",
        "SELECT s.id, s.on_hand, coalesce(sum(m.quantity), 0) FROM catalog_stock s"
        " LEFT JOIN catalog_stockmovement m ON m.stock_id = s.id"
        " GROUP BY s.id HAVING s.on_hand <> coalesce(sum(m.quantity), 0)",
    ),
    Invariant(
        "stock.never_oversold",
        "SELECT id, on_hand, reserved FROM catalog_stock WHERE reserved > on_hand OR on_hand < 0",
    ),
    Invariant(
        "stock.consumed_reservation_has_its_sale",
        "SELECT r.id FROM catalog_reservation r WHERE r.state = 'CONSUMED' AND NOT EXISTS"
        " (SELECT FROM catalog_stockmovement m WHERE m.key = 'reservation:' || r.id || ':sale')",
    ),
    Invariant(
        "cards.draft_is_of_the_seller_who_made_the_card",
        "SELECT d.id FROM catalog_carddraft d JOIN catalog_product p ON p.id = d.product_id"
        " WHERE p.created_by_seller_id IS DISTINCT FROM d.seller_id",
    ),
    Invariant(
        "offers.price_is_the_valid_row",
        "SELECT o.id, o.price_minor, p.price_minor FROM catalog_offer o"
        " LEFT JOIN catalog_offerprice p ON p.offer_id = o.id AND p.min_quantity = 1"
        " AND upper_inf(p.valid) WHERE p.id IS NULL OR p.price_minor <> o.price_minor",
    ),
)

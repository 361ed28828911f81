"""Statements about reviews that must find nothing (manage.py verify_invariants)."""

from apps.core.invariants import Invariant, declare

declare(
    Invariant(
        "reviews.rating_is_that_of_the_published",
        "SELECT p.id, p.rating_count, p.rating_hundredths, count(r.id) FROM catalog_product p"
        " LEFT JOIN reviews_review r ON r.product_id = p.id AND r.status = 'PUBLISHED'"
        " GROUP BY p.id HAVING p.rating_count <> count(r.id)"
        " OR p.rating_hundredths <> floor(coalesce(avg(r.rating), 0) * 100 + 0.5)",
    ),
    Invariant(
        "reviews.verified_mark_is_a_purchase_of_the_author",
        "SELECT r.id, r.line_id FROM reviews_review r"
        " LEFT JOIN orders_orderline l ON l.id = r.line_id LEFT JOIN orders_order o ON o.id = l.order_id"
        " LEFT JOIN orders_ordergroup g ON g.id = o.group_id"
        " WHERE r.is_verified_purchase AND (l.product_id, o.seller_id, g.user_id)"
        " IS DISTINCT FROM (r.product_id, r.seller_id, r.author_id)",
    ),
    Invariant(
        "reviews.helpful_count_is_the_number_of_votes",
        "SELECT r.id, r.helpful_count, count(v.id) FROM reviews_review r"
        " LEFT JOIN reviews_helpfulvote v ON v.review_id = r.id"
        " GROUP BY r.id HAVING r.helpful_count <> count(v.id)",
    ),
    Invariant(
        "reviews.answer_is_of_the_seller_of_the_purchase",
        "SELECT a.review_id, a.seller_id FROM reviews_reviewanswer a"
        " JOIN reviews_review r ON r.id = a.review_id WHERE a.seller_id IS DISTINCT FROM r.seller_id",
    ),
)
